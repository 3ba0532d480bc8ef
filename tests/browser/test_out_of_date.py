"""What changes above an answer is said above it, and an undo is seen on the page."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab
from tests.browser.test_asking import begin

REMEDY = "Run this cell again to bring the answer up to date."
ANSWERS = [
    {"match": word, "reply": f"Answer to {word}.", "tokens_per_second": 0}
    for word in ("one", "uno", "two", "three")
]


def opened(jupyter: Any, practice: Any, *more: str) -> Any:
    practice.script(ANSWERS)
    prompts = [f"%%groq\n{prompt}" for prompt in ("one", "two", "three")]
    notebook = jupyter.open([begin(practice.url), *prompts, *more], height=2000)
    notebook.run_cell(0)
    expect(notebook.cell_output(0).locator("select")).to_be_visible()
    for cell in (1, 2, 3):
        notebook.run_cell(cell)
    return notebook


def write(notebook: Any, index: int, source: str) -> None:
    model = f"panel.content.widgets[{index}].model.sharedModel"
    notebook.panel(f"{model}.setSource({json.dumps(source)})")


def output(notebook: Any, index: int) -> Any:
    # Cells that were moved keep the attribute of their former place.
    nodes = 'document.querySelectorAll("[data-cell]")'
    notebook.page.evaluate(f"for (const each of {nodes}) each.removeAttribute('data-cell')")
    return notebook.cell_output(index)


def mark(notebook: Any, index: int) -> Any:
    return output(notebook, index).locator(".groq-slot-stale")


def do(notebook: Any, index: int, command: str) -> None:
    notebook.panel(f"[panel.content.activeCellIndex = {index}, panel.content.deselectAll()].length")
    notebook.command(f"notebook:{command}")


@mostly_in_lab
def test_a_warning_names_the_cell_above_and_what_happened_to_it(
    jupyter: Any, practice: Any
) -> None:
    notebook = opened(jupyter, practice, "%groq_history")
    notebook.run_cell(1)  # the same prompt, the same answer
    expect(mark(notebook, 2)).to_have_text("")

    notebook.begin_undo_step()
    do(notebook, 1, "delete-cell")
    for cell in (1, 2):  # at once: no cell has run since
        expect(mark(notebook, cell)).to_have_text(
            f"A cell above this answer has been deleted: “one”. {REMEDY}"
        )
    assert "has been deleted" not in str(notebook.save()["cells"])
    notebook.run_cell(3)
    expect(output(notebook, 3)).to_contain_text("out of date: a cell above it was deleted")

    do(notebook, 1, "undo-cell-action")
    expect(mark(notebook, 2)).to_have_text("")
    expect(mark(notebook, 3)).to_have_text("")
    notebook.run_cell(4)
    expect(output(notebook, 4)).not_to_contain_text("out of date")

    do(notebook, 2, "move-cell-up")
    expect(mark(notebook, 1)).to_have_text(
        f"“one” (cell 5) is now below this answer; it was above when you asked. {REMEDY}"
    )
    expect(mark(notebook, 3)).to_contain_text("The cells above this answer are in another order")


@only_in_lab
def test_a_copied_cell_changes_nothing_above_others(jupyter: Any, practice: Any) -> None:
    notebook = opened(jupyter, practice, "%groq_history")
    do(notebook, 1, "copy-cell")
    do(notebook, 1, "paste-cell-below")
    notebook.run_cell(5)
    expect(output(notebook, 5).locator("details")).to_have_count(3)
    expect(output(notebook, 5)).not_to_contain_text("out of date")

    notebook.run_cell(2)
    expect(mark(notebook, 3)).to_have_text(
        f"“one” (cell 6), above this answer, was asked after it. {REMEDY}"
    )
    notebook.run_cell(5)
    expect(output(notebook, 5).locator("details")).to_have_count(4)

    do(notebook, 4, "cut-cell")
    do(notebook, 1, "paste-cell-below")
    notebook.run_cell(5)
    expect(mark(notebook, 2)).to_contain_text("Run this cell again")
    expect(output(notebook, 5).locator("details").nth(1)).to_contain_text("three")


@mostly_in_lab
def test_an_undo_puts_the_former_answer_back_into_its_cell(jupyter: Any, practice: Any) -> None:
    notebook = opened(jupyter, practice, "%groq_undo")
    write(notebook, 1, "%%groq\nuno")
    notebook.run_cell(1)
    expect(output(notebook, 1)).to_contain_text("Answer to uno.")
    expect(mark(notebook, 2)).to_contain_text("“uno” (cell 5), above this answer, has been edited")

    notebook.run_cell(4)
    expect(output(notebook, 1)).to_contain_text("Answer to one.")
    expect(output(notebook, 1)).not_to_contain_text("Answer to uno.")
    former = "answer belongs to the cell's former prompt, “one”."
    expect(output(notebook, 1)).to_contain_text(f"This {former}")
    expect(output(notebook, 1).locator("select")).to_be_visible()
    expect(output(notebook, 4)).to_contain_text(
        f"The {former} Put that prompt back into the cell, or run"
    )
    expect(mark(notebook, 2)).to_have_text("")
    outputs = notebook.save()["cells"][1]["outputs"]
    assert "".join(outputs[0]["data"]["text/plain"]) == "Answer to one."
    assert outputs[0]["metadata"]["groq_magic"]["prompt"] == "one"


@only_in_lab
def test_an_undone_answer_is_not_restored_after_a_restart(jupyter: Any, practice: Any) -> None:
    notebook = opened(jupyter, practice, "%groq_undo", "%groq_restore")
    notebook.run_cell(4)
    removed = "This answer was removed from the conversation."
    expect(output(notebook, 3)).to_contain_text(removed)
    expect(output(notebook, 4)).to_contain_text("Undone: turn 3, “three”, is removed.")
    cells = notebook.save()["cells"]
    assert removed in "".join(cells[3]["outputs"][0]["data"]["text/html"])
    notebook.restart()
    notebook.idle()
    notebook.run_cell(0)
    expect(output(notebook, 0).locator("select")).to_be_visible()
    notebook.run_cell(5)
    expect(output(notebook, 5)).to_contain_text("2 turns restored.")


@only_in_lab
def test_an_undo_reaches_a_page_that_was_loaded_since(jupyter: Any, practice: Any) -> None:
    notebook = opened(jupyter, practice, "%groq_undo")
    practice.script([{"reply": "Another answer.", "tokens_per_second": 0}])
    notebook.run_cell(1)
    expect(output(notebook, 1)).to_contain_text("Another answer.")
    notebook.save()
    notebook.load()
    notebook.run_cell(4)
    expect(output(notebook, 1)).to_contain_text("Answer to one.")
    expect(output(notebook, 1)).not_to_contain_text("Another answer.")
    # The page saves what it missed.
    notebook.page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")
    saved = json.loads(notebook.path.read_text())["cells"][1]["outputs"]
    assert "".join(saved[0]["data"]["text/plain"]) == "Answer to one."


@mostly_in_lab
def test_the_first_cell_run_again_keeps_its_picker(jupyter: Any, practice: Any) -> None:
    notebook = opened(jupyter, practice)
    notebook.run_all()
    greeting = output(notebook, 0)
    expect(greeting.locator("select")).to_be_visible()
    expect(greeting).not_to_contain_text("already loaded")
    expect(greeting.locator("select")).to_have_count(1)
