"""Answers whose kernel or page goes before their end, and what is saved of them."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab

STAGE = "from stage import *\nimport stage"
STREAMING = "ask(until_stopped=True)"
INTERRUPTED = "This answer was interrupted; run the cell again."
UNFINISHED = "This answer is not finished."
# Lab's debugger and its completer were asking the kernel something.
LOST = ("Could not restore the debugger state", "Canceled future", "Comm not found")


@mostly_in_lab
def test_a_restart_in_mid_stream_keeps_what_came_on_the_page_and_in_the_file(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, STREAMING])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(output).to_contain_text("Your frame has 1,204 rows.")
    expect(notebook.picker(1)).to_be_visible()

    notebook.allow(*LOST)
    notebook.restart()

    expect(output).to_contain_text(INTERRUPTED)
    expect(output).to_contain_text("Your frame has 1,204 rows.")
    expect(output.locator("button, select")).to_have_count(0)
    saved = notebook.save()
    (kept,) = saved["cells"][1]["outputs"]
    assert INTERRUPTED in "".join(kept["data"]["text/html"])
    assert "groq-copy" not in "".join(kept["data"]["text/html"])
    assert kept["metadata"]["groq_magic"]["finish_reason"] is None

    again = jupyter.open(saved)
    expect(again.cell_output(1)).to_contain_text(INTERRUPTED)
    expect(again.cell_output(1)).to_contain_text("Your frame has 1,204 rows.")
    expect(again.cell_output(1).locator("table")).to_have_count(1)
    expect(again.page.get_by_text("Error displaying widget")).to_have_count(0)


@only_in_lab
def test_a_notebook_saved_in_mid_stream_reads_as_unfinished_when_reopened(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, STREAMING])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    expect(notebook.cell_output(1)).to_contain_text("Your frame has 1,204 rows.")
    saved = notebook.save()
    notebook.stop(1).press("Enter")
    expect(notebook.cell_output(1)).to_contain_text("interrupted")
    # Nobody's notebook: Lab does not trust it.
    foreign = {**saved, "metadata": {**saved["metadata"], "from": "someone else"}}

    for content in (saved, foreign):
        again = jupyter.open(content)
        expect(again.cell_output(1)).to_contain_text(UNFINISHED)
        expect(again.page.get_by_text("Error displaying widget")).to_have_count(0)


def begin(practice: Any) -> str:
    practice.script(
        [{"match": None, "pieces": [f"word{n} " for n in range(9000)], "tokens_per_second": 100}]
    )
    return (
        f"import os; os.environ['GROQ_BASE_URL'] = {practice.url!r}\n"
        "os.environ['GROQ_API_KEY'] = 'gsk_browserTESTkey0123456789'\n%load_ext groq_magic"
    )


@only_in_lab
def test_a_page_reloaded_in_mid_stream_shows_and_saves_the_finished_answer(
    jupyter: Any, practice: Any
) -> None:
    notebook = jupyter.open([begin(practice), "%%groq\ntalk", "%%groq\nagain"])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    expect(notebook.cell_output(1)).to_contain_text("word20 ")
    assert "word20" not in json.dumps(notebook.save()["cells"][1]["outputs"])

    # Lab looks for widgets while the kernel is busy, and says that it found none.
    notebook.allow("Comm not found for comm id", "widget model not found")
    notebook.load()
    notebook.interrupt()

    expect(notebook.cell_output(1)).to_contain_text("word20 ")
    expect(notebook.picker(1)).to_be_visible()
    (saved,) = notebook.save()["cells"][1]["outputs"]
    assert saved["metadata"]["groq_magic"]["finish_reason"] == "interrupted"
    assert "word20 " in "".join(saved["data"]["text/plain"])

    notebook.run_cell(2, wait=False)
    expect(notebook.cell_output(2)).to_contain_text("word20 ")
    notebook.interrupt()
    expect(notebook.picker(2)).to_be_visible()


@only_in_lab
def test_an_output_that_is_cleared_in_mid_stream_is_there_again_when_the_cell_runs_again(
    jupyter: Any, practice: Any
) -> None:
    notebook = jupyter.open([begin(practice), "%%groq\ntalk"])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    output = notebook.cell_output(1)
    expect(output).to_contain_text("word20 ")

    notebook.command("notebook:clear-cell-output")
    expect(output.locator(".groq-answer")).to_have_count(0)
    notebook.interrupt()
    expect(output).to_contain_text("InterruptedAskError")
    notebook.idle()  # until then the kernel aborts what comes: an error stops Run All

    notebook.run_cell(1, wait=False)
    expect(output).to_contain_text("word20 ")
    notebook.interrupt()
    expect(notebook.picker(1)).to_be_visible()
