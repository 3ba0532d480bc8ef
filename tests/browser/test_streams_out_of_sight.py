"""Answers that stream where the reader does not look, or has taken the place away."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab

STAGE = "from stage import *"
STREAMING = "ask(until_stopped=True)"
END = "Your frame has 1,204 rows."


@only_in_lab
@pytest.mark.parametrize("until_stopped", [True, False], ids=["goes on", "ends out of sight"])
def test_an_answer_that_is_scrolled_away_and_back_is_whole(
    jupyter: Any,
    until_stopped: bool,  # noqa: FBT001 - a case
) -> None:
    text = "'\\n\\n'.join(f'paragraph {n}' for n in range(30)) + '\\n\\n' + ANSWER"
    asked = f"ask({text}, pause=0.05, until_stopped={until_stopped})"
    far = "print('\\n' * 60)"
    notebook = jupyter.open([STAGE, far, asked, *[far] * 5], windowing="full")
    for index in (0, 1, 3, 4, 5, 6, 7):
        notebook.run_cell(index)
    notebook.run_cell(2, wait=False)
    notebook.panel("panel.content.scrollToItem(2) && null")
    expect(notebook.page.locator(".groq-streaming")).to_contain_text("paragraph 2")
    # The active cell stays in the document.
    notebook.panel("panel.content.activeCellIndex = 7")
    notebook.panel("panel.content.scrollToItem(7) && null")
    expect(notebook.bars()).not_to_be_in_viewport()
    if not until_stopped:
        notebook.idle()
        expect(notebook.page.locator(".groq-streaming")).to_have_count(0)

    notebook.panel("panel.content.scrollToItem(2) && null")

    output = notebook.cell_output(2)
    expect(output).to_contain_text(END)
    expect(output.get_by_text("paragraph 3", exact=True)).to_have_count(1)
    if until_stopped:
        notebook.stop(2).press("Enter")
    expect(output).to_contain_text("806 tok/s")
    notebook.picker(2).select_option("llama-3.1-8b-instant · 131k")


@mostly_in_lab
def test_an_answer_in_a_collapsed_output_is_there_when_it_is_opened(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, "ask(waiting='Trying again in 4 s.', pause=0.02)"])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    expect(notebook.cell_output(1)).to_contain_text("Trying again")
    notebook.stop(1).press("Enter")
    notebook.command("notebook:hide-cell-outputs")
    notebook.idle()

    notebook.command("notebook:show-cell-outputs")

    expect(notebook.cell_output(1)).to_contain_text(END)
    expect(notebook.picker(1)).to_be_visible()


@only_in_lab
def test_a_collapsed_output_that_is_opened_in_mid_stream_goes_on(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, "ask(pause=0.05, until_stopped=True)"])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    expect(notebook.cell_output(1)).to_contain_text("Use dropna")
    notebook.command("notebook:hide-cell-outputs")
    notebook.command("notebook:show-cell-outputs")

    expect(notebook.cell_output(1)).to_contain_text(END)
    expect(notebook.page.locator(".groq-streaming")).to_have_count(1)
    notebook.stop(1).press("Enter")
    expect(notebook.cell_output(1)).to_contain_text("806 tok/s")


@mostly_in_lab
def test_a_cell_that_is_deleted_in_mid_stream_takes_nothing_along(jupyter: Any) -> None:
    notebook = jupyter.open([STAGE, STREAMING, "ask(slot='groq-turn-b-1')"])
    notebook.run_cell(0)
    notebook.run_cell(1, wait=False)
    expect(notebook.cell_output(1)).to_contain_text(END)

    notebook.command("notebook:delete-cell")
    expect(notebook.page.locator(".groq-streaming")).to_have_count(0)
    notebook.interrupt()
    notebook.idle()

    notebook.run_cell(1)
    expect(notebook.cell_output(1)).to_contain_text(END)
    expect(notebook.picker(1)).to_be_visible()


@only_in_lab
def test_several_answers_of_run_all_are_each_in_their_own_cell(jupyter: Any) -> None:
    asks = [
        f"ask('answer {n}\\n\\n' + ANSWER, slot='groq-turn-c{n}-1', pause=0.02)" for n in range(4)
    ]
    notebook = jupyter.open([STAGE, *asks])
    notebook.run_all()

    for number in range(4):
        output = notebook.cell_output(number + 1)
        expect(output).to_contain_text(f"answer {number}")
        expect(output).to_contain_text(END)
        expect(output.locator(".groq-answer")).to_have_count(1)
        expect(notebook.picker(number + 1)).to_be_visible()
