"""Cells with prompts in real front ends: how they look, what the keys do, when it ends."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab

LOAD = "%load_ext groq_magic\nnorthern_sales = 1"
PROMPT = """%%groq -m fast
# Why
It *fails* for {{df.price["a"][1]}}, `{{x:.2f}}`, ${{ github.sha }} and {{ 1 }}, a long line that
goes on and on and on, as people write their prompts, with no break in it until the end is there.

```python
for row in {{df.rows[1]}}:  # {{name}}
    pass
```
"""
VALUES = 4  # in the prompt
PROSE = "text/x-groq-prompt"
CODE = "text/x-ipython"
TYPES = "panel.content.widgets.map((cell) => cell.model.mimeType)"
# A bundler's runtime is reached by its chunks' name on the window.
HIDE = """(hidden) => {
  for (const name of Object.getOwnPropertyNames(window).filter((n) => /packChunk/.test(n)))
    Object.defineProperty(window, name, { enumerable: !hidden });
}"""


def wait_for_types(notebook: Any, *types: str) -> None:
    notebook.page.wait_for_function(
        "(wanted) => JSON.stringify(window.jupyterapp.shell.currentWidget.content.widgets.map("
        "(cell) => cell.model.mimeType)) === JSON.stringify(wanted)",
        arg=list(types),
    )


def source(notebook: Any, index: int) -> str:
    return str(notebook.panel(f"panel.content.widgets[{index}].model.sharedModel.getSource()"))


def editor(notebook: Any, index: int) -> Any:
    return notebook.cell(index).locator(".cm-content")


STYLE = """(node, [text, property]) => {
  const nodes = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode())
    if (nodes.currentNode.data.includes(text))
      return getComputedStyle(nodes.currentNode.parentNode)[property];
}"""


def style(notebook: Any, index: int, text: str, name: str) -> Any:
    """Return a property of the first piece of a cell's text that has these characters."""
    return editor(notebook, index).evaluate(STYLE, [text, name])


def test_a_prompt_looks_like_prose_until_its_magic_or_the_extension_goes(jupyter: Any) -> None:
    other = ["%%groq_system\nBe *brief*.", "%%time\n# {{a}}", "%%groq_map df\nIs {{text}} rude?"]
    notebook = jupyter.open([LOAD, PROMPT, *other])
    notebook.run_cell(0)
    wait_for_types(notebook, CODE, PROSE, PROSE, CODE, PROSE)

    prompt = editor(notebook, 1)
    values = ['{{df.price["a"][1]}}', "{{x:.2f}}", "{{df.rows[1]}}", "{{name}}"]
    # The nested code's parser is loaded later.
    expect(prompt.get_by_text("pass", exact=True)).to_have_css("font-weight", "700")
    bold = [style(notebook, 1, text, "fontWeight") for text in ("%%groq", "Why", "pass", "It ")]
    assert bold == ["700", "700", "700", "400"]
    # In one piece, in colours of other languages too, which come a little later.
    expect(prompt.locator(".groq-value")).to_have_text(values)
    assert style(notebook, 1, "fails", "fontStyle") == "italic"
    assert prompt.evaluate("(node) => node.scrollWidth <= node.parentNode.clientWidth")
    assert "groq-prompt" not in str(notebook.save())

    editor(notebook, 1).click()
    notebook.page.keyboard.press("Control+Home")
    notebook.page.keyboard.press("Delete")
    wait_for_types(notebook, CODE, CODE, PROSE, CODE, PROSE)
    expect(prompt.locator(".groq-value")).to_have_count(0)
    notebook.page.keyboard.type("%")
    wait_for_types(notebook, CODE, PROSE, PROSE, CODE, PROSE)

    notebook.panel("panel.content.widgets[0].model.sharedModel.setSource('%unload_ext groq_magic')")
    notebook.run_cell(0)
    wait_for_types(notebook, CODE, CODE, CODE, CODE, CODE)
    assert notebook.panel(f"{TYPES}.length") == 5
    expect(notebook.page.locator(".groq-value")).to_have_count(0)


@mostly_in_lab
def test_the_prompt_of_a_map_is_prose_too(jupyter: Any) -> None:
    notebook = jupyter.open([LOAD, "%%groq_map df --limit 3\nIs *{{text}}* praise?", "%%groq_maps"])
    notebook.run_cell(0)
    wait_for_types(notebook, CODE, PROSE, CODE)
    expect(editor(notebook, 1).locator(".groq-value")).to_have_text(["{{text}}"])
    assert style(notebook, 1, "%%groq_map", "fontWeight") == "700"


@mostly_in_lab
def test_keys_in_a_prompt_are_those_of_a_code_cell(jupyter: Any) -> None:
    notebook = jupyter.open([LOAD, "", "%%groq\nlen"])
    page, keys = notebook.page, notebook.page.keyboard
    completer = page.locator(".jp-Completer:not(.lm-mod-hidden)")
    notebook.run_cell(0)
    wait_for_types(notebook, CODE, CODE, PROSE)
    editor(notebook, 1).click()

    keys.type("%%groq")
    wait_for_types(notebook, CODE, PROSE, PROSE)
    # No list goes on by itself, nor a quotation.
    for line in ("- one", "two", "> three", "four"):
        keys.press("Enter")
        keys.type(line)
    assert source(notebook, 1) == "%%groq\n- one\ntwo\n> three\nfour"
    keys.press("Control+/")
    assert source(notebook, 1).endswith("\n# four")
    keys.press("Control+/")
    assert source(notebook, 1).endswith("\nfour")

    keys.type(" {{north")
    keys.press("Tab")
    expect(completer).to_contain_text("northern_sales")
    keys.press("Enter")
    expect(editor(notebook, 1)).to_contain_text("four {{northern_sales")
    keys.press("Control+Home")
    keys.press("End")
    keys.type(" -m ")
    keys.press("Tab")
    expect(completer.get_by_text("reasoning", exact=True)).to_be_visible()
    keys.press("Escape")

    editor(notebook, 2).click()
    keys.press("Control+End")
    if page.evaluate("window.jupyterapp.version") == "4.2.0":
        # The key does nothing in any cell there: jupyterlab/jupyterlab#16319.
        notebook.command("tooltip:launch-notebook")
    else:
        keys.press("Shift+Tab")
    expect(page.locator(".jp-Tooltip")).to_contain_text("number of items")
    keys.press("Escape")


@only_in_lab
def test_both_views_show_prose_and_a_kernel_that_goes_gives_the_type_back(jupyter: Any) -> None:
    notebook = jupyter.open([LOAD, PROMPT])
    notebook.run_cell(0)
    wait_for_types(notebook, CODE, PROSE)

    notebook.command("docmanager:clone")
    values = notebook.page.locator(".jp-NotebookPanel .cm-content .groq-value")
    expect(values).to_have_count(2 * VALUES)
    notebook.restart()
    expect(values).to_have_count(0)
    wait_for_types(notebook, CODE, CODE)
    notebook.run_cell(0)
    expect(values).to_have_count(2 * VALUES)
    wait_for_types(notebook, CODE, PROSE)

    notebook.shut_down()
    expect(values).to_have_count(0)
    wait_for_types(notebook, CODE, CODE)


@only_in_lab
def test_cells_that_move_or_come_back_stay_prose(jupyter: Any) -> None:
    notebook = jupyter.open([LOAD, PROMPT, "1 + 1"])
    notebook.run_cell(0)
    wait_for_types(notebook, CODE, PROSE, CODE)

    notebook.panel("panel.content.activeCellIndex = 1")
    notebook.command("notebook:move-cell-down")
    wait_for_types(notebook, CODE, CODE, PROSE)
    notebook.command("notebook:cut-cell")
    notebook.command("notebook:paste-cell-above")
    wait_for_types(notebook, CODE, PROSE, CODE)
    notebook.panel("panel.content.activeCellIndex = 1")
    notebook.begin_undo_step()
    notebook.command("notebook:delete-cell")
    wait_for_types(notebook, CODE, CODE)
    notebook.command("notebook:undo-cell-action")
    wait_for_types(notebook, CODE, PROSE, CODE)
    notebook.panel("panel.content.activeCellIndex = 1")
    notebook.command("notebook:change-cell-to-markdown")
    wait_for_types(notebook, CODE, "text/x-ipythongfm", CODE)
    notebook.command("notebook:change-cell-to-code")
    wait_for_types(notebook, CODE, PROSE, CODE)
    expect(editor(notebook, 1).locator(".groq-value")).to_have_count(VALUES)


@only_in_lab
def test_typing_looks_at_the_changed_cell_alone(jupyter: Any) -> None:
    notebook = jupyter.open([LOAD, *(f"%%groq\nPrompt {n}" for n in range(60))])
    notebook.run_cell(0)
    wait_for_types(notebook, CODE, *[PROSE] * 60)
    notebook.panel(
        """(() => {
          window.looked = [];
          panel.content.widgets.forEach((cell, at) => {
            const own = cell.model.sharedModel.getSource;
            cell.model.sharedModel.getSource = function () {
              if (new Error().stack.includes("PromptCell")) window.looked.push(at);
              return own.call(this);
            };
          });
        })()"""
    )

    # In JupyterLab 4.2 cells that are out of sight are not in the document.
    notebook.panel("panel.content.scrollToItem(30).then(() => null)")
    editor(notebook, 30).click()
    notebook.page.keyboard.type("and more")

    expect(editor(notebook, 30)).to_contain_text("and more")
    assert notebook.page.evaluate("[...new Set(window.looked)]") == [30]
    assert notebook.page.evaluate("window.looked.length") <= 2 * len("and more")


@only_in_lab
def test_without_labs_classes_cells_stay_as_they_are_and_the_panel_names_it(
    jupyter: Any,
) -> None:
    notebook = jupyter.open(["%load_ext groq_magic", PROMPT, "%groq"])
    notebook.page.evaluate(HIDE, True)  # noqa: FBT003 - the argument of a script
    try:
        notebook.run_cell(0)
        expect(notebook.cell_output(0).locator("select")).to_be_visible()
        notebook.run_cell(2)

        expect(notebook.cell_output(2)).to_contain_text("no editor.languages")
        assert notebook.panel(TYPES) == [CODE, CODE, CODE]
    finally:
        notebook.page.evaluate(HIDE, False)  # noqa: FBT003 - as above
