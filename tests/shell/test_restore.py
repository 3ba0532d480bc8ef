"""A reopened notebook: its saved turns, and `%groq_restore`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import NotebookError
from tests.shell.notebook_file import code_cell, write_notebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_turn_of_a_cell_below_is_not_sent_where_the_saved_order_is_known(
    echoed: Any, seen: Any, notebook: Callable[..., Path]
) -> None:
    echoed.fine("%groq One", "a")
    echoed.fine("%groq Two", "c")
    notebook([], ids=("a", "b", "c"))
    echoed.fine("%groq Three", "b")
    assert seen()[-1] == ["One", "One!", "Three"]
    assert [prompt for prompt, _ in echoed.turns] == ["One", "Three", "Two"]


def test_a_broken_file_of_a_notebook_fails_no_ask(
    echoed: Any, notebook: Callable[..., Path]
) -> None:
    echoed.fine("%groq One", "a")
    notebook([], ids=("a",)).write_text("[" * 100_000, "utf-8")
    echoed.fine("%groq Two", "b")


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Save a notebook where the front end says it is."""
    path = tmp_path / "notebooks" / "talk.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))

    def save(ran: list[tuple[str, str, Any]], *, ids: tuple[str, ...] = ()) -> Path:
        code = [code_cell(n, s, r.outputs, at) for at, (n, s, r) in enumerate(ran, 1)]
        known = {cell["id"] for cell in code}
        cells = [*code, *(code_cell(name, "") for name in ids if name not in known)]
        cells.sort(key=lambda cell: ids.index(cell["id"]) if cell["id"] in ids else len(ids))
        write_notebook(path, cells)
        return path

    return save


@pytest.fixture
def reopened(
    echoed: Any, served: Any, notebook: Callable[..., Path], practice: Any
) -> Callable[..., Any]:
    """Ask two things, save, and begin again as a kernel that restarts does."""

    def reopen(options: str = "") -> Any:
        sources = {"a": f"%%groq {options}\nOne", "b": f"%groq {options} Two {{{{n}}}}"}
        first = echoed.fine("n = 1", "z")
        ran = [(cell, source, echoed.fine(source, cell)) for cell, source in sources.items()]
        notebook([("z", "%load_ext groq_magic", first), *ran], ids=("z",))
        practice.forget_requests()
        return served()

    return reopen


def test_the_first_ask_offers_to_restore_and_does_nothing_else(reopened: Any, seen: Any) -> None:
    cells = reopened()
    cells.fine("1", "z")
    ran = cells.fine("%groq Three", "c")
    (notice,) = (line for line in ran.data["text/html"].split("<div") if "%groq_restore" in line)
    assert "2 answers above are not part of this conversation" in notice
    assert "tokens to send)" in notice
    assert seen() == [["Three"]]
    assert "%groq_restore" not in cells.fine("%groq Four", "d").data["text/html"]


def test_the_offer_to_restore_stays_until_an_answer_shows_it(reopened: Any, practice: Any) -> None:
    cells = reopened()
    cells.fine("1", "z")
    practice.faults("401")
    assert cells.run("%groq Three", "c").error is not None
    assert "%groq_restore" in cells.fine("%groq Three", "c").data["text/html"]


def test_restore_gives_the_conversation_back(reopened: Any, seen: Any) -> None:
    cells = reopened()
    cells.fine("1", "z")
    reported = cells.fine("%groq_restore", "c").plain
    assert reported.startswith("2 turns restored.")
    assert "values are not saved; only their names are sent: n." in reported
    assert cells.turns == [("One", "One!"), ("Two `n`", "Two!")]
    cells.fine("%groq Three", "d")
    assert seen() == [["One", "One!", "Two `n`", "Two!", "Three"]]
    cells.fine("%groq_undo", "e")
    cells.fine("%groq_undo", "e")
    assert cells.turns == []


def test_restore_shows_a_system_prompt_before_it_takes_one(reopened: Any) -> None:
    cells = reopened("-s 'Be kind'")
    cells.fine("1", "z")
    reported = cells.fine("%groq_restore", "c").plain
    assert "Be kind" in reported
    assert "not restored" in reported
    assert cells.session.settings.system == ""
    cells.fine("%groq_undo", "c")
    assert "now: Be kind" in cells.fine("%groq_restore --system", "c").plain
    assert cells.session.settings.system == "Be kind"


def test_a_system_prompt_that_restore_has_shown_can_be_taken_afterwards(reopened: Any) -> None:
    cells = reopened("-s 'Be kind'")
    cells.fine("1", "z")
    assert "not restored: Be kind" in cells.fine("%groq_restore", "c").plain
    assert cells.fine("%groq_restore --system", "d").plain == "The system prompt is now: Be kind"
    assert cells.session.settings.system == "Be kind"
    assert "Nothing to restore" in cells.run("%groq_restore --system", "e").text


def test_a_file_without_the_cells_that_ran_here_is_not_believed(reopened: Any) -> None:
    cells = reopened()
    ran = cells.run("%groq_restore", "elsewhere")
    assert isinstance(ran.error, NotebookError)
    assert "%groq_restore" not in cells.fine("%groq Three", "elsewhere").data["text/html"]


def test_nothing_to_restore_is_one_line(echoed: Any, notebook: Callable[..., Path]) -> None:
    assert isinstance(echoed.run("%groq_restore", "a").error, NotebookError)
    notebook([], ids=("a",)).write_text("{ no JSON", "utf-8")
    assert "can't be read" in echoed.run("%groq_restore", "a").text


def test_a_rerun_of_an_answered_cell_offers_nothing_of_itself(reopened: Any) -> None:
    cells = reopened()
    cells.fine("1", "z")
    assert "%groq_restore" not in cells.fine("%%groq\nOne", "a").data["text/html"]
