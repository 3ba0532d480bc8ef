"""The model calls functions of the session: asked for in Lab's input box, shown as they happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.kinds import only_in_lab

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = only_in_lab
KEY = "gsk_browserTESTkey0123456789"
FUNCTIONS = '''\
import time

def get_price(item: str, city: str = "Oslo") -> float:
    """Return the price of a kilogram."""
    return {"rice": 2.1, "oil": 3.4}[item]

def slow() -> str:
    """Take a while."""
    time.sleep(60)

def history():
    """Return the prices of last year."""
    import pandas as pd
    return pd.DataFrame({"item": ["rice", "oil"] * 500, "price": range(1000)})'''
ANSWER = "Rice costs **2.10** and oil 3.40 per kilogram in Oslo."


def begin(url: str) -> str:
    return (
        f"import os\nos.environ['GROQ_BASE_URL'] = {url!r}\n"
        f"os.environ['GROQ_API_KEY'] = {KEY!r}\n%load_ext groq_magic"
    )


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


def reply(output: Locator, text: str) -> None:
    box = output.locator(".jp-Stdin-input")
    expect(box).to_have_count(1)
    node = box.element_handle()
    box.fill(text)
    box.press("Enter")
    output.page.wait_for_function("(node) => !node.isConnected", arg=node)


@pytest.fixture
def opened(jupyter: Any, practice: Any) -> Any:
    """Open a notebook with the functions, and a cell that begins to ask."""

    def open_it(line: str, *settings: str) -> Any:
        notebook = jupyter.open([FUNCTIONS, "\n".join((begin(practice.url), *settings)), line])
        notebook.run_cell(0)
        notebook.run_cell(1)
        notebook.run_cell(2, wait=False)
        return notebook

    return open_it


def test_calls_are_approved_in_the_input_box_and_shown(opened: Any, practice: Any) -> None:
    practice.script(
        [
            {"tool_calls": [call("get_price", item="rice")], "round": 0},
            {"tool_calls": [call("history")], "round": 1},
            {"tool_calls": [call("get_price", item="oil")], "round": 2},
            {"reply": ANSWER},
        ]
    )
    notebook = opened("%groq --tools get_price,history What do rice and oil cost?")
    output, calls = notebook.cell_output(2), notebook.cell_output(2).locator(".groq-call")
    expect(calls).to_have_text(['get_price(item="rice") waits for your reply'])
    # What is typed by accident runs nothing.
    reply(output, "")
    expect(calls).to_have_text(['get_price(item="rice") waits for your reply'])
    reply(output, "run")
    expect(calls.first).to_have_text('get_price(item="rice") → 2.1 under 0.1 s')
    reply(output, "run")
    fold = calls.nth(1).locator("details")
    expect(fold).not_to_have_attribute("open", "")
    fold.locator("summary").press("Enter")
    expect(fold).to_contain_text("1,000 rows")
    # What follows leaves the fold as it is.
    box = output.locator(".jp-Stdin-input")
    box.fill("no too dear")
    expect(fold).to_have_attribute("open", "")
    reply(output, "no too dear")
    expect(output).to_contain_text("Rice costs 2.10")
    expect(calls.nth(2)).to_contain_text("refused")
    notebook.idle()
    saved = notebook.save()["cells"][2]["outputs"][0]
    html = "".join(saved["data"]["text/html"])
    assert html.count('class="groq-call"') == 3
    assert "1,000 rows" in html
    assert "1,000 rows" not in str(saved["metadata"])


@pytest.mark.parametrize("how", ["button", "interrupt"])
def test_a_function_that_runs_can_be_stopped(opened: Any, practice: Any, how: str) -> None:
    practice.script([{"tool_calls": [call("slow")]}])
    notebook = opened("%groq --tools slow Go", "%config GroqMagics.confirm_tools = False")
    output = notebook.cell_output(2)
    expect(output.locator(".groq-call")).to_have_text("slow() running")
    if how == "button":
        notebook.stop(2).click()
    else:
        notebook.interrupt()
    expect(output).to_contain_text("InterruptedAskError: Stopped")
    expect(output.locator(".groq-call")).to_have_text("slow() Stopped by the user")
    notebook.idle()
    assert len(practice.requests()) == 1


def test_the_question_can_be_stopped(opened: Any, practice: Any) -> None:
    practice.script([{"tool_calls": [call("get_price", item="rice")]}])
    notebook = opened("%groq --tools get_price Go")
    output = notebook.cell_output(2)
    expect(output.locator(".jp-Stdin-input")).to_have_count(1)
    notebook.stop(2).click()
    expect(output).to_contain_text("InterruptedAskError: Stopped")
    notebook.idle()
