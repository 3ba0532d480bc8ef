"""A fixed cell in the place of the one that failed, and back, in real front ends."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab
from tests.browser.test_several_notebooks import Panel, beside

KEY = "gsk_browserTESTkey0123456789"
FAILING = 'prices = {"tea": 3}\ntotal = prices["cake"]'
FIXED = 'prices = {"tea": 3}\ntotal = prices.get("cake", 0)'
BUTTON = "Replace cell 2 instead"


def begin(url: str) -> str:
    return (
        f"import os\nos.environ['GROQ_BASE_URL'] = {url!r}\n"
        f"os.environ['GROQ_API_KEY'] = {KEY!r}\n%load_ext groq_magic"
    )


def reply_with(code: str, before: str = "Fixed.") -> dict[str, Any]:
    return {"reply": f"{before}\n\n```python\n{code}\n```\n"}


def wait_for_sources(notebook: Any, expected: list[str]) -> None:
    notebook.page.wait_for_function(
        """(expected) => {
          const { widgets } = window.jupyterapp.shell.currentWidget.content;
          const sources = widgets.map((cell) => cell.model.sharedModel.getSource());
          return JSON.stringify(sources) === JSON.stringify(expected);
        }""",
        arg=expected,
    )


def fixed(jupyter: Any, practice: Any, line: str = "%groq_fix") -> Any:
    practice.script([reply_with(FIXED)])
    notebook = jupyter.open([begin(practice.url), FAILING, line])
    for index in range(3):
        notebook.run_cell(index)
    expect(notebook.cell_output(2)).to_contain_text("Cell 2, fixed")
    return notebook


@mostly_in_lab
def test_the_button_puts_the_fix_in_place_and_back(jupyter: Any, practice: Any) -> None:
    notebook = fixed(jupyter, practice)
    first, asked = begin(practice.url), "%groq_fix"
    wait_for_sources(notebook, [first, FAILING, asked, FIXED])
    output = notebook.cell_output(2)
    button = output.get_by_role("button", name=BUTTON)
    # By the keyboard alone.
    button.focus()
    notebook.page.keyboard.press("Enter")
    wait_for_sources(notebook, [first, FIXED, asked])
    expect(output).to_contain_text("Cell 2 is replaced; run it again.")
    expect(output.get_by_role("button", name="Undo: put cell 2 back as it was")).to_be_focused()
    notebook.page.keyboard.press("Enter")
    wait_for_sources(notebook, [first, FAILING, asked, FIXED])
    # Jupyter's own undo does each part: in the cell, and in the notebook.
    notebook.begin_undo_step()
    button.click()
    wait_for_sources(notebook, [first, FIXED, asked])
    notebook.panel("panel.content.activeCellIndex = 1")
    notebook.command("notebook:enter-edit-mode")
    notebook.panel("panel.content.activeCell.editor.undo()")
    wait_for_sources(notebook, [first, FAILING, asked])
    notebook.command("notebook:enter-command-mode")
    notebook.command("notebook:undo-cell-action")
    wait_for_sources(notebook, [first, FAILING, asked, FIXED])
    expect(button).to_be_enabled()
    # Put in place, it runs there.
    button.click()
    notebook.run_cell(1)
    notebook.idle()
    assert notebook.panel("panel.content.widgets[1].model.outputs.length") == 0
    # Nothing of the button is in the file, and no reopened notebook has one.
    saved = notebook.save()
    html = "".join(saved["cells"][2]["outputs"][0]["data"]["text/html"])
    assert "Replace cell" not in html
    assert "<button" not in html
    again = jupyter.open(saved)
    expect(again.cell_output(2)).to_contain_text("Cell 2, fixed")
    again.run_cell(0)
    expect(again.cell_output(0).get_by_role("combobox")).to_be_visible()
    expect(again.cell_output(2).get_by_role("button")).to_have_count(0)


@mostly_in_lab
def test_a_cell_that_was_edited_since_is_not_replaced(jupyter: Any, practice: Any) -> None:
    notebook = fixed(jupyter, practice)
    output = notebook.cell_output(2)
    button = output.get_by_role("button", name=BUTTON)
    expect(button).to_have_attribute("aria-disabled", "false")
    edited = f"{FAILING}  # mine"
    notebook.panel(f"panel.content.widgets[1].model.sharedModel.setSource({edited!r})")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_accessible_description("Cell 2 has changed since it ran.")
    button.click(force=True)
    wait_for_sources(notebook, [begin(practice.url), edited, "%groq_fix", FIXED])
    # It is for the same cell where that has been moved and run again.
    notebook.panel(f"panel.content.widgets[1].model.sharedModel.setSource({FAILING!r})")
    notebook.panel("panel.content.model.sharedModel.moveCell(1, 0)")
    notebook.run_cell(0)
    notebook.idle()
    button.click()
    wait_for_sources(notebook, [FIXED, begin(practice.url), "%groq_fix"])


@mostly_in_lab
def test_the_option_replace_puts_the_fix_in_place_at_once(jupyter: Any, practice: Any) -> None:
    notebook = fixed(jupyter, practice, "%groq_fix --replace")
    first, asked = begin(practice.url), "%groq_fix --replace"
    wait_for_sources(notebook, [first, FIXED, asked])
    output = notebook.cell_output(2)
    expect(output).to_contain_text("Cell 2 is replaced; run it again.")
    output.get_by_role("button", name="Undo").click()
    wait_for_sources(notebook, [first, FAILING, asked, FIXED])
    # Reloaded, the page knows it still, and changes nothing by itself.
    notebook.save()
    notebook.load()
    expect(notebook.cell_output(2).get_by_role("button", name=BUTTON)).to_be_visible()
    wait_for_sources(notebook, [first, FAILING, asked, FIXED])


@mostly_in_lab
def test_a_fault_in_an_earlier_cell_is_fixed_there(jupyter: Any, practice: Any) -> None:
    earlier = 'prices = {"tea": 3}\nprices = prices.update({"cake": 4})'
    better = 'prices = {"tea": 3}\nprices.update({"cake": 4})'
    practice.script([reply_with(better, "Cell 1: `update` returns nothing.")])
    first = begin(practice.url)
    # The cell ran before the extension was there, so that the kernel knows its number alone.
    failing = 'total = prices["cake"]'
    notebook = jupyter.open([earlier, first, failing, "%groq_fix"])
    for index in range(4):
        notebook.run_cell(index)
    output = notebook.cell_output(3)
    expect(output).to_contain_text("Run the fixed cell 1, then run cell 3.")
    output.get_by_role("button", name="Replace cell 1 instead").click()
    wait_for_sources(notebook, [better, first, failing, "%groq_fix"])
    notebook.run_cell(0)
    notebook.run_cell(2)
    notebook.idle()
    assert notebook.panel("panel.content.widgets[2].model.outputs.length") == 0
    output.get_by_role("button", name="Undo").click()
    wait_for_sources(notebook, [earlier, first, failing, "%groq_fix", better])


@mostly_in_lab
def test_the_button_is_visible_in_every_theme_and_in_a_narrow_window(
    jupyter: Any, practice: Any
) -> None:
    notebook = fixed(jupyter, practice)
    output = notebook.cell_output(2)
    button = output.get_by_role("button", name=BUTTON)
    for theme in ("light", "dark"):
        notebook.theme(theme)
        for width in (1400, 600):
            notebook.page.set_viewport_size({"width": width, "height": 900})
            button.scroll_into_view_if_needed()
            box = button.bounding_box()
            assert box["height"] >= 24
            notebook.screenshot(f"replace-{theme}-{width}")
        button.click()
        expect(output).to_contain_text("run it again")
        notebook.screenshot(f"replaced-{theme}")
        output.get_by_role("button", name="Undo").click()


@only_in_lab  # Notebook 7 has one notebook a page
def test_in_a_second_notebook_of_the_kernel_the_fix_replaces_that_notebook_s_cell(
    jupyter: Any, practice: Any
) -> None:
    practice.script([reply_with(FIXED)])
    first = Panel(jupyter.open([begin(practice.url), FAILING, "1"]))
    first.run(0)
    # Of another notebook the page learns when a cell runs there: on a busy machine it may not yet.
    expect(first.picker).to_be_visible()
    kernel = first.notebook.panel("panel.context.sessionContext.session.kernel.id")
    # The ids of its cells are the same: it may be a copy.
    cells = ["1", FAILING, "%groq_fix"]
    second = Panel(beside(first.notebook, jupyter, cells, kernel=kernel))
    for index in (1, 2):
        second.run(index)
    second.output(2).get_by_role("button", name=BUTTON).click()
    wait_for_sources(second.notebook, ["1", FIXED, "%groq_fix"])
    first.front()
    wait_for_sources(first.notebook, [begin(practice.url), FAILING, "1"])
