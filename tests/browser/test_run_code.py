"""`--run-code` on the page: the code is read, approved in the input box, and put into a cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab

if TYPE_CHECKING:
    from playwright.sync_api import Locator

KEY = "gsk_browserTESTkey0123456789"
ASK = "%%groq --run-code\nWhich good is the dearest?"
LOOK = """\
import pandas as pd

prices = pd.DataFrame({"good": ["rice", "oil", "salt"], "price": [2.1, 3.4, 0.6]})
prices.sort_values("price", ascending=False)  # the dearest comes first, whatever the order was
"""
PLOT = """\
import matplotlib.pyplot as plt
print("drawn")
plt.figure(figsize=(5, 3))
plt.bar("abc", [2.1, 3.4, 0.6]);"""
ANSWER = "**Oil** is the dearest: 3.40 a kilogram, as the chart shows."


def proposal(number: int, code: str, said: str = "") -> dict[str, Any]:
    """A reply that calls the tool, after so many rounds."""
    calls = [{"name": "run_code", "arguments": {"code": code}}]
    return {"round": number, "tool_calls": calls, **({"reply": said} if said else {})}


def begin(url: str) -> str:
    return (
        f"import os\nos.environ['GROQ_BASE_URL'] = {url!r}\n"
        f"os.environ['GROQ_API_KEY'] = {KEY!r}\n%load_ext groq_magic"
    )


def box(notebook: Any) -> Locator:
    """The box that the kernel waits for."""
    return notebook.page.locator(".jp-Stdin-input:visible")


def reply(notebook: Any, question: str | re.Pattern[str], typed: str) -> None:
    expect(notebook.page.locator(".jp-Stdin:visible")).to_contain_text(question)
    shown = box(notebook).element_handle()
    shown.fill(typed)
    shown.press("Enter")
    # It stays for a moment, and the next one may stand below it.
    shown.wait_for_element_state("hidden")


def press(notebook: Any, question: str, label: str) -> None:
    """Reply by the button below the box."""
    box_and_buttons = notebook.page.locator(".jp-Stdin:visible")
    expect(box_and_buttons).to_contain_text(question)
    shown = box(notebook).element_handle()
    box_and_buttons.get_by_role("button", name=label, exact=True).click()
    shown.wait_for_element_state("hidden")


@mostly_in_lab
def test_code_is_approved_refused_and_put_below(jupyter: Any, practice: Any) -> None:
    practice.script(
        [
            proposal(0, LOOK, "I'll look at the prices first."),
            proposal(1, PLOT),
            proposal(2, "import os\nos.remove('prices.csv')"),
            {"round": 3, "pieces": [ANSWER]},
        ]
    )
    notebook = jupyter.open([begin(practice.url), ASK, "after = 1"])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(output).to_contain_text("The model wants to run this code:")
    expect(output.locator(".groq-proposed .nn").first).to_have_text("pandas")
    # Keys that were meant for a cell run nothing.
    reply(notebook, "Run it?", "after = 2")
    reply(notebook, "Unknown reply.", "")
    reply(notebook, "Unknown reply.", "run")
    notebook.screenshot("code-send")
    reply(notebook, re.compile(r"Send this output \([\d,]+ characters\)\?"), "send")
    notebook.page.set_viewport_size({"width": 600, "height": 900})
    expect(notebook.page.locator(".groq-replies button")).to_have_text(
        ["Run", "Edit", "No", "Stop"]
    )
    notebook.screenshot("code-buttons")
    press(notebook, "Run it?", "Run")
    expect(output.locator("img")).to_be_visible()
    press(notebook, "Send this output", "No")
    notebook.screenshot("code-third")
    reply(notebook, "Run it?", "no keep the file")
    notebook.idle()
    expect(output).to_contain_text("Oil is the dearest")
    for theme in ("light", "dark"):
        notebook.theme(theme)
        for width in (1100, 600):
            notebook.page.set_viewport_size({"width": width, "height": 1400})
            notebook.screenshot(f"code-{theme}-{width}")
    cells = ["".join(cell["source"]) for cell in notebook.save()["cells"]]
    assert cells[2:] == [f"{LOOK.strip()}\n\n{PLOT}", "after = 1"]
    results = [
        m["content"] for m in practice.requests()[-1]["body"]["messages"] if m["role"] == "tool"
    ]
    assert "3.4" in results[0]
    assert results[1:] == [
        "It ran. The user keeps the output private.",
        "The user refused to run this code. The reason: keep the file",
    ]


@only_in_lab
def test_restart_and_run_all_shows_the_saved_answer_and_asks_nothing(
    jupyter: Any, practice: Any
) -> None:
    practice.script([proposal(0, "n = 6"), {"round": 1, "pieces": [ANSWER]}])
    notebook = jupyter.open([begin(practice.url), ASK])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    reply(notebook, "Run it?", "run")
    notebook.idle()
    expect(notebook.cell_output(1)).to_contain_text("Oil is the dearest")
    cells = notebook.save()["cells"]
    assert ["".join(cell["source"]) for cell in cells[2:]] == ["n = 6"]
    asked = len(practice.requests())
    notebook.restart()
    notebook.run_all()
    output = notebook.cell_output(1)
    expect(output).to_contain_text("its code is in the cell below")
    expect(output).to_contain_text("Oil is the dearest")
    assert len(practice.requests()) == asked
    # The open page reports what stands below: an edited cell asks again, saved or not.
    notebook.panel("panel.content.widgets[2].model.sharedModel.setSource('n = 7')")
    notebook.run_cell(1, wait=False)
    reply(notebook, "Run it?", "stop")
    notebook.idle()


@only_in_lab
def test_a_page_that_is_loaded_again_runs_nothing(jupyter: Any, practice: Any) -> None:
    practice.script([proposal(0, "ran = True"), {"round": 1, "pieces": [ANSWER]}])
    notebook = jupyter.open([begin(practice.url), ASK, "'ran' in dir()"])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    expect(box(notebook)).to_be_visible()
    notebook.save()
    notebook.load()
    notebook.interrupt()
    notebook.run_cell(2)
    expect(notebook.cell_output(2)).to_contain_text("False")
    assert len(practice.requests()) == 1
