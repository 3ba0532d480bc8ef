"""Which answers are marked as out of date, after a re-run, a restore and a replay; and undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import ModelError, NotebookError
from groq_magic.session.undoing import FORMER_PROMPT_REMEDY
from groq_magic.views.finished_outputs import CellExecution
from groq_magic.views.shown_answers import ShownAnswer, ShownAnswers
from tests.shell.notebook_file import code_cell, write_notebook
from tests.shell.page_turns import WORDS, order_of, stale

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OTHERS = (
    "This answer was saved with other turns above it. "
    "Run %groq_replay off, then this cell, to bring the answer up to date."
)


def plains(ran: Any) -> list[str]:
    return [output["data"]["text/plain"] for output in ran.outputs]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "notebooks" / "talk.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    return path


def save(path: Path, ran: dict[str, Any], *more: str) -> None:
    cells = [
        code_cell(cell, f"%%groq\n{WORDS[cell]}", each.outputs, number)
        for number, (cell, each) in enumerate(ran.items(), 2)
    ]
    write_notebook(path, [code_cell("load", ""), *cells, *(code_cell(cell, "") for cell in more)])


def run(cells: Any, names: str) -> dict[str, Any]:
    return {cell: cells.fine(f"%%groq\n{WORDS[cell]}", cell) for cell in names}


def test_an_answer_that_comes_again_unchanged_marks_nothing(echoed: Any, practice: Any) -> None:
    run(echoed, "abc")
    run(echoed, "a")
    assert [stale(echoed, cell) for cell in "abc"] == ["", "", ""]
    practice.script([{"reply": "Another answer."}])
    run(echoed, "a")
    for cell in "bc":
        assert stale(echoed, cell) == (
            "“One” (cell 7), above this answer, has been asked again. "
            "Run this cell again to bring the answer up to date."
        )


def test_a_failed_run_keeps_the_turn_and_the_history_has_the_number_that_its_cell_shows(
    echoed: Any,
) -> None:
    run(echoed, "ab")
    assert "Cell 3" in echoed.fine("%groq_history", "z").plain
    assert isinstance(echoed.run("%%groq -m no/such\nOne", "a").error, ModelError)
    plain = echoed.fine("%groq_history", "z").plain
    assert "Cell 6" in plain
    assert "Cell 3" not in plain
    assert "out of date" not in plain


def test_restored_turns_have_no_number_and_mark_nothing(
    echoed: Any, served: Callable[..., Any], file: Path
) -> None:
    save(file, run(echoed, "abc"), "z")
    cells = served()
    cells.fine("1", "x")
    run(cells, "b")
    cells.fine("%groq_restore", "z")
    plain = cells.fine("%groq_history", "z").plain
    assert plain.count("Cell") == 1
    assert "Cell 3" in plain
    assert "out of date" not in plain
    assert [prompt for prompt, _ in cells.turns] == ["One", "Two", "Three"]
    cells.fine("%%groq\nOne, please", "a")
    assert stale(cells, "b") == (
        "“One, please” (cell 6), above this answer, has been edited and asked again. "
        "Run this cell again to bring the answer up to date."
    )


@pytest.fixture
def replayed(
    echoed: Any, served: Callable[..., Any], file: Path, practice: Any
) -> Callable[..., Any]:
    """Save two answers, the second to another first answer than the saved one; then replay."""

    def reopen(*, change: bool) -> Any:
        ran = run(echoed, "abc")
        if change:
            practice.script([{"reply": "Another answer."}])
            ran |= run(echoed, "a")
        save(file, ran)
        cells = served()
        cells.fine("1", "load")
        cells.fine("%groq_replay on", "load")
        practice.forget_requests()
        return cells

    return reopen


def test_a_replayed_answer_that_was_saved_below_others_is_marked(
    replayed: Callable[..., Any], practice: Any
) -> None:
    cells = replayed(change=True)
    ran = run(cells, "abc")
    assert [stale(cells, cell) for cell in "abc"] == ["", OTHERS, OTHERS]
    assert "out of date: saved with other turns above it" in cells.fine("%groq_history").plain
    assert practice.requests() == []
    # Where no page shows it, the output does; saved again, it is known again.
    assert "This answer was saved with other turns" in ran["b"].data["text/html"]
    assert ran["b"].record["above_sha"] != ran["a"].record["above_sha"] == ""
    before = ran["b"].record["above_sha"]
    assert run(cells, "b")["b"].record["above_sha"] == before
    cells.fine("%groq_replay off")
    run(cells, "b")
    assert stale(cells, "b") == ""


def test_a_notebook_that_was_up_to_date_is_so_when_replayed(replayed: Callable[..., Any]) -> None:
    cells = replayed(change=False)
    ran = run(cells, "abc")
    assert [stale(cells, cell) for cell in "abc"] == ["", "", ""]
    assert all("groq-warning" not in each.data["text/html"] for each in ran.values())


def test_answers_that_are_replayed_out_of_order_are_marked_until_all_are_there(
    replayed: Callable[..., Any],
) -> None:
    cells = replayed(change=False)
    cells.metadata = order_of(["a", "b", "c"])
    run(cells, "c")
    assert stale(cells, "c") == OTHERS
    run(cells, "ab")
    assert stale(cells, "c") == ""


def test_undo_of_a_reset_shows_no_answer_twice(echoed: Any) -> None:
    run(echoed, "ab")
    echoed.fine("%groq_reset", "z")
    assert plains(echoed.fine("%groq_undo", "z")) == ["Undone: the 2 turns are back."]


def test_undo_of_a_long_prompt_folds_it(echoed: Any) -> None:
    echoed.fine(f"%%groq\nOne {'more ' * 100}\nand an end", "a")
    echoed.fine("%%groq\nTwo", "a")
    said = plains(echoed.fine("%groq_undo", "z"))
    assert (
        said[1]
        == f"The answer belongs to the cell's former prompt, which is below. {FORMER_PROMPT_REMEDY}"
    )
    assert said[2].startswith("The former prompt:\nOne more")
    assert said[2].endswith("and an end")
    assert said[-1] == "One!"


def test_undo_shows_an_answer_that_no_cell_shows(echoed: Any) -> None:
    echoed.fine("%groq One\n%groq Two", "a")
    echoed.fine("%groq One", "a")
    assert [prompt for prompt, _ in echoed.turns] == ["One"]
    said = plains(echoed.fine("%groq_undo", "z"))
    assert said[-2:] == ["The cell doesn't show that answer. Here it is:", "Two!"]
    assert [prompt for prompt, _ in echoed.turns] == ["One", "Two"]


def test_a_terminal_prints_the_former_answer(terminal: Any, practice: Any) -> None:
    for reply in ("First.", "Second."):
        practice.script([{"reply": reply}])
        terminal.fine("%groq hi", "a")
    assert plains(terminal.fine("%groq_undo", "z"))[-1] == "First."


class Page:
    """A page that shows answers: what is put and displayed there."""

    def __init__(self) -> None:
        self.answers = ShownAnswers()
        self.facts: dict[str, Any] = {}
        self.offered: list[Any] = []

    def send_facts(self, slot: str, facts: Any, reasoning: Any = "same") -> None:
        self.facts[slot] = facts, reasoning

    def finish(self, output: Any) -> None:
        self.offered.append(output)

    def refresh(self) -> None:
        pass

    def close(self) -> None:
        pass

    def note(self, cell: str, shown: Any) -> None:
        self.answers.add(f"groq-turn-{cell}-1", shown)


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> tuple[Page, list[Any]]:
    updates: list[Any] = []
    monkeypatch.setattr(
        "groq_magic.views.shown_answers.update_display",
        lambda data, **more: updates.append((data, more)),
    )
    return Page(), updates


def test_undo_replaces_what_the_cell_shows(echoed: Any, live: Any) -> None:
    page, updates = live
    run(echoed, "a")
    echoed.fine("%%groq\nTwo", "a")
    echoed.session.live = page
    page.note("a", ShownAnswer("d1", CellExecution("a", "r1"), ("Reasoning", "<p>new</p>")))
    said = plains(echoed.fine("%groq_undo", "z"))
    assert said == [
        "Undone: turn 1, “One”, has its former answer back.",
        f"The answer belongs to the cell's former prompt, “One”. {FORMER_PROMPT_REMEDY}",
    ]
    ((data, more),) = updates
    assert data["text/plain"] == "One!"
    assert more["display_id"] == "d1"
    assert more["metadata"]["groq_magic"]["prompt"] == "One"
    (offered,) = page.offered
    assert (offered.run, offered.turn) == (CellExecution("a", "r1"), "groq-turn-a-1")
    facts, reasoning = page.facts["groq-turn-a-1"]
    assert (facts.copy, facts.stale, reasoning) == ("One!", "", None)
    assert f'<div class="groq-bar {facts.answer} groq-turn-a-1">' in data["text/html"]
    assert stale(echoed, "a") == ""


REMOVED = "This answer was removed from the conversation. Run the cell to ask again."


def shown_removed(data: Any, more: Any) -> tuple[bool, bool]:
    """Whether an output says that its turn is removed, and whether a restore leaves it out."""
    return REMOVED in data["text/html"], more["metadata"]["groq_magic"]["once"]


def test_an_undone_answer_says_that_it_is_removed_and_is_not_restored(
    echoed: Any, live: Any
) -> None:
    page, updates = live
    run(echoed, "a")
    echoed.session.live = page
    page.note("a", ShownAnswer("d1", CellExecution("a", "r1")))
    assert plains(echoed.fine("%groq_undo", "z")) == ["Undone: turn 1, “One”, is removed."]
    ((data, more),) = updates
    assert shown_removed(data, more) == (True, True)
    assert data["text/plain"] == "One!"
    # The output says it, so that the slot for what changes is empty.
    assert page.facts["groq-turn-a-1"][0].stale == ""
    assert len(page.offered) == 1
    assert echoed.turns == []


def test_a_dropped_answer_says_so_until_an_undo(echoed: Any, live: Any) -> None:
    page, updates = live
    run(echoed, "ab")
    echoed.session.live = page
    page.note("a", ShownAnswer("d1", CellExecution("a", "r1")))
    echoed.fine("%groq_history --drop 1", "z")
    assert shown_removed(*updates.pop()) == (True, True)
    said = plains(echoed.fine("%groq_undo", "z"))
    assert said == ["Undone: turn 1, “One”, is back."]
    assert shown_removed(*updates.pop()) == (False, False)
    assert [prompt for prompt, _ in echoed.turns] == ["One", "Two"]


def test_undo_of_a_restore_says_nothing_above_the_saved_answers(
    echoed: Any, served: Callable[..., Any], file: Path, live: Any
) -> None:
    page, updates = live
    save(file, run(echoed, "ab"), "z")
    cells = served()
    cells.session.live = page
    cells.fine("%groq_restore", "z")
    cells.fine("%groq_undo", "z")
    assert updates == page.offered == []
    assert "2 turns restored" in cells.fine("%groq_restore", "z").plain


@pytest.mark.parametrize("magic", ["%%groq", "%%groq --once"])
def test_undo_of_a_reset_says_that_the_cell_has_another_prompt_now(
    echoed: Any, live: Any, magic: str
) -> None:
    page, updates = live
    run(echoed, "a")
    echoed.fine("%groq_reset", "z")
    echoed.fine(f"{magic}\nTwo", "a")
    echoed.session.live = page
    page.note("a", ShownAnswer("d1", CellExecution("a", "r1")))
    if magic == "%%groq":
        echoed.fine("%groq_undo", "z")
    said = plains(echoed.fine("%groq_undo", "z"))
    assert said[1:] == [
        f"The answer belongs to the cell's former prompt, “One”. {FORMER_PROMPT_REMEDY}"
    ]
    data, more = updates[-1]
    assert "former prompt, “One”" in data["text/html"]
    assert more["metadata"]["groq_magic"]["prompt"] == "One"


def test_an_answer_that_is_shown_again_twice_has_the_warning_of_now(echoed: Any, live: Any) -> None:
    page, updates = live
    for prompt in ("One", "Two", "Three", "One"):
        echoed.session.live = None
        echoed.fine(f"%%groq\n{prompt}", "a")
        echoed.session.live = page
        page.note("a", ShownAnswer("d1", CellExecution("a", "r1")))
        if prompt != "One":
            echoed.fine("%groq_undo", "z")
    echoed.fine("%groq_undo", "z")
    shown = [data["text/html"].count("former prompt") for data, _ in updates]
    assert shown == [1, 1, 0]


def test_a_cell_that_ran_since_is_left_alone(echoed: Any, live: Any) -> None:
    page, updates = live
    run(echoed, "a")
    echoed.fine("%%groq\nTwo", "a")
    echoed.session.live = page
    page.note("a", ShownAnswer("d1", CellExecution("a", "r1")))
    said = plains(echoed.fine("%groq_undo", "a"))
    assert updates == page.offered == []
    assert said[-1] == "One!"


def test_undo_brings_back_what_was_restored_from_the_file(
    echoed: Any, served: Callable[..., Any], file: Path, live: Any
) -> None:
    page, updates = live
    save(file, run(echoed, "ab"), "z")
    cells = served()
    cells.fine("1", "load")
    cells.fine("%groq_restore", "z")
    cells.fine("%%groq -t 0.5\nOne and more", "a")
    cells.session.live = page
    page.note("a", ShownAnswer("d1", CellExecution("a", "r1")))
    cells.fine("%groq_undo", "z")
    ((data, more),) = updates
    assert data["text/plain"] == "One!"
    assert "openai/gpt-oss-120b" in data["text/html"]
    assert more["metadata"]["groq_magic"]["prompt"] == "One"
    assert more["metadata"]["groq_magic"]["above_sha"] == ""
    # The options were those of the other ask: a replay must not find this answer by them.
    assert "options" not in more["metadata"]["groq_magic"]


def test_nothing_to_undo_is_one_line(echoed: Any) -> None:
    assert isinstance(echoed.run("%groq_undo").error, NotebookError)
