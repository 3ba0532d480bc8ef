"""`%%groq` in a real front end, as a user meets it: stream, settle, go on, save, reopen."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab

KEY = "gsk_browserTESTkey0123456789"
OTHER = "openai/gpt-oss-20b"


def begin(url: str, *, key: str = KEY) -> str:
    """Return the first cell: a service, a key, the extension."""
    return "\n".join(
        (
            "import os",
            f"os.environ['GROQ_BASE_URL'] = {url!r}",
            f"os.environ['GROQ_API_KEY'] = {key!r}" if key else "os.environ.pop('GROQ_API_KEY', 0)",
            "%load_ext groq_magic",
        )
    )


def bodies(practice: Any) -> list[dict[str, Any]]:
    return [record["body"] for record in practice.requests()]


def contents(body: dict[str, Any]) -> list[str]:
    return [message["content"] for message in body["messages"]]


SLOW = [
    {
        "match": None,
        "reply": " ".join(f"word{n}" for n in range(4000)),
        "tokens_per_second": 100,
    }
]


@mostly_in_lab
def test_the_kernels_interrupt_keeps_the_answer_too(jupyter: Any, practice: Any) -> None:
    practice.script(SLOW)
    notebook = jupyter.open([begin(practice.url), "%%groq\ntalk", "%groq_history"])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    expect(notebook.cell_output(1)).to_contain_text("word9 ")

    notebook.interrupt()

    expect(notebook.cell_output(1)).to_contain_text("InterruptedAskError")
    notebook.idle()  # until then the kernel drops what else it is asked to run
    notebook.run_cell(2)
    expect(notebook.cell_output(2)).to_contain_text("interrupted")
    expect(notebook.cell_output(2)).to_contain_text("word9 ")
    turn = notebook.cell_output(2).locator(".groq-turn")
    line, prompt = turn.locator("summary"), turn.locator(".groq-prompt")
    assert notebook.panel("panel.content.widgets[1].model.executionCount") == 2
    expect(line).to_contain_text("Cell 2")
    expect(prompt).not_to_be_visible()
    assert 24 <= line.evaluate("(each) => each.offsetHeight") <= 36  # one line
    line.focus()
    notebook.page.keyboard.press("Enter")
    expect(prompt).to_be_visible()
    # The front end's own rules for such text are strong.
    expect(prompt).to_have_css("padding-left", "10px")


@only_in_lab
def test_the_first_lines_picker_fits_a_narrow_page(jupyter: Any, practice: Any) -> None:
    notebook = jupyter.open([begin(practice.url), "%groq Hi"], width=600)
    notebook.run_all()
    line = notebook.cell_output(0).locator(".groq-load")
    longest = "openai/gpt-oss-safeguard-20b"
    expect(line.locator("option").filter(has_text=longest)).to_have_count(1)

    ends = "(each) => each.getBoundingClientRect().right"
    select = line.locator("select")
    assert select.evaluate(ends) <= line.evaluate(ends)
    # Where there is room, it is as wide as what it shows, not as the longest of its list.
    notebook.page.set_viewport_size({"width": 1280, "height": 800})
    widest = "(each, name) => { each.value = name; return each.offsetWidth; }"
    index = "(each, name) => [...each.options].find(({ text }) => text.includes(name)).value"
    assert select.evaluate("(each) => each.offsetWidth") < select.evaluate(
        widest, select.evaluate(index, longest)
    )


@mostly_in_lab
def test_a_model_picked_in_the_panel_is_the_next_asks(jupyter: Any, practice: Any) -> None:
    notebook = jupyter.open([begin(practice.url), "%groq", "%%groq\ntwo"])
    notebook.run_cell(0)
    notebook.run_cell(1)
    panel = notebook.cell_output(1)

    _pick(panel.locator("select").first, OTHER)
    panel.locator("textarea").fill("Be brief.")
    panel.locator("textarea").blur()
    notebook.idle()
    notebook.run_cell(2)

    assert bodies(practice)[0]["model"] == OTHER
    assert contents(bodies(practice)[0]) == ["Be brief.", "two"]


ANSWER = (
    "A **bold** answer with $x^2 + y^2$ inside, and display:\n\n$$\\frac{1}{2}$$\n\n"
    "It costs $5 now and $10 later.\n\n```python\nprint('hello')\n```\n"
)


def test_a_saved_answer_is_there_after_reopening_without_a_kernel_that_knows_it(
    jupyter: Any, practice: Any
) -> None:
    practice.script([{"match": None, "reply": ANSWER}])
    notebook = jupyter.open([begin(practice.url), "%%groq\nshow", "%groq", "%groq_models"])
    notebook.run_all()
    notebook.idle()
    saved = notebook.save()
    text = json.dumps([cell["outputs"] for cell in saved["cells"]] + [saved["metadata"]])
    assert "widget-view" not in text
    assert KEY not in text
    assert "widgets" not in saved["metadata"]
    saved["cells"][0]["source"] = ""

    for trusted in (True, False):
        if not trusted:
            # A file that this server's user did not run: Lab does not trust it.
            saved["cells"][1]["outputs"][0]["data"]["text/plain"] += " "
        again = jupyter.open(saved)
        if trusted:
            again.panel("panel.content.widgets.forEach(cell => { cell.model.trusted = true })")
        assert again.panel("panel.content.model.cells.get(1).trusted") is trusted
        output = again.cell_output(1)
        expect(output.locator("strong")).to_have_text("bold")
        expect(output).to_contain_text("It costs $5 now and $10 later.")
        expect(output.locator("mjx-container")).to_have_count(2)
        expect(output).to_contain_text("print('hello')")
        expect(output).to_contain_text("openai/gpt-oss-120b")
        assert output.locator("select, button").count() == 0
        again.screenshot(f"reopened-{'trusted' if trusted else 'untrusted'}")


@mostly_in_lab
def test_a_first_ask_without_a_key_asks_for_one_masked_and_goes_on(
    jupyter: Any, practice: Any
) -> None:
    notebook = jupyter.open([begin(practice.url, key=""), "%%groq\none"])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    field = notebook.cell_output(1).locator("input.jp-Stdin-input")
    expect(field).to_have_attribute("type", "password")

    field.fill(f"  {KEY} ")
    field.press("Enter")

    expect(notebook.cell_output(1)).to_contain_text("Practice mode")
    notebook.idle()
    assert KEY not in json.dumps(notebook.save())
    assert len(practice.requests()) == 1


def _pick(picker: Any, model: str) -> None:
    label = picker.locator("option", has_text=model).first.inner_text()
    picker.select_option(label=label)
