"""The page's order: each request has exactly the turns of the cells above."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import OptionError
from groq_magic.notebook import TOKEN
from tests.shell.notebook_file import code_cell, write_notebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORDS = {"a": "One", "b": "Two", "c": "Three", "d": "Four"}


def order_of(cells: Any, notebook: Any = "talk.ipynb") -> dict[str, Any]:
    """Return what a page adds to a request."""
    return {"groqOrder": cells, "groqNotebook": notebook, "groqToken": TOKEN}


@pytest.fixture
def page(echoed: Any) -> Callable[..., None]:
    """Set what the next requests have: the cells of a page, and what it calls deleted."""

    def show(cells: Any = None, deleted: Any = None, notebook: Any = "talk.ipynb") -> None:
        lists = {} if cells is None else order_of(list(cells), notebook)
        echoed.metadata = lists | ({} if deleted is None else {"deletedCells": list(deleted)})

    return show


@pytest.fixture
def ask(echoed: Any, seen: Any) -> Callable[[str], list[str]]:
    """Ask in a cell, and return the prompts that its request had."""

    def asked(cell: str) -> list[str]:
        echoed.fine(f"%groq {WORDS.get(cell, 'Four')}", cell)
        return list(seen()[-1][::2])

    return asked


@pytest.fixture
def save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Save a notebook with these cells, some seconds from now."""
    path = tmp_path / "notebooks" / "talk.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))

    def saved(cells: str, seconds: float = 1) -> Path:
        write_notebook(path, [code_cell(cell, "") for cell in cells])
        os.utime(path, (time.time() + seconds,) * 2)
        return path

    return saved


def prompts(cells: Any) -> list[str]:
    return [prompt for prompt, _ in cells.turns]


def stale(cells: Any, cell: str) -> str:
    facts, _ = cells.session._facts[False, f"groq-turn-{cell}-1"]
    return str(facts.stale)


def test_a_request_has_the_turns_of_the_cells_above_in_page_order(page: Any, ask: Any) -> None:
    page("abcd")
    assert ask("c") == ["Three"]
    assert ask("a") == ["One"]
    assert ask("d") == ["One", "Three", "Four"]
    page("dcab")
    assert ask("b") == ["Four", "Three", "One", "Two"]


def test_each_edit_of_the_page_is_in_the_next_request(page: Any, ask: Any) -> None:
    page("abc")
    for cell in "abc":
        ask(cell)
    page("axbc")
    assert ask("x") == ["One", "Four"]
    page("acxb")
    assert ask("b") == ["One", "Three", "Four", "Two"]
    page("acb", deleted=["x"])
    assert ask("b") == ["One", "Three", "Two"]
    page("axcb", deleted=["x"])
    assert ask("b") == ["One", "Four", "Three", "Two"]


def test_marks_follow_the_page_at_any_cells_execution(echoed: Any, page: Any, ask: Any) -> None:
    page("abz")
    ask("a")
    ask("b")
    page("baz")
    echoed.fine("1", "z")
    assert stale(echoed, "b").startswith("Turn 1 changed")
    page("az")
    echoed.fine("1", "z")
    assert stale(echoed, "b") == "This answer is no longer part of the conversation."
    page("abz")
    echoed.fine("1", "z")
    assert stale(echoed, "b") == ""


def test_the_same_list_again_looks_at_no_mark(
    echoed: Any, page: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page("abz")
    ask("a")
    calls: list[int] = []
    monkeypatch.setattr(echoed.session, "_changed", lambda: calls.append(1))
    echoed.fine("1", "z")
    assert calls == []
    page("baz")
    echoed.fine("1", "z")
    assert calls == [1]


def test_a_list_says_nothing_of_another_notebook(echoed: Any, page: Any, ask: Any) -> None:
    page("ab", notebook="one.ipynb")
    ask("a")
    page("cd", notebook="two.ipynb")
    assert ask("c") == ["One", "Three"]
    page("ab", notebook="one.ipynb")
    # What was asked there just after `a` stays behind it.
    assert ask("b") == ["One", "Three", "Two"]
    page("ba", notebook="one.ipynb")
    assert ask("b") == ["Two"]
    assert prompts(echoed) == ["Two", "One", "Three"]


def test_a_console_asks_after_the_last_ask(echoed: Any, page: Any, ask: Any, seen: Any) -> None:
    page("ab")
    for cell in "aba":
        ask(cell)
    page()
    echoed.fine("%groq Three")
    assert seen()[-1][::2] == ["One", "Three"]
    page("ab")
    assert ask("b") == ["One", "Three", "Two"]


def test_a_list_of_the_request_counts_more_than_a_newer_file(
    page: Any, ask: Any, save: Any
) -> None:
    page("abc")
    ask("a")
    ask("c")
    save("cba", seconds=5)
    assert ask("b") == ["One", "Two"]


def test_requests_without_a_list_go_by_the_saved_file(echoed: Any, ask: Any, save: Any) -> None:
    save("abc", seconds=-5)
    ask("c")
    ask("a")
    assert ask("b") == ["One", "Two"]
    assert prompts(echoed) == ["One", "Two", "Three"]


def test_without_a_list_the_later_of_page_and_file_counts(page: Any, ask: Any, save: Any) -> None:
    page("abc")
    ask("a")
    ask("c")
    save("cba", seconds=-5)
    page()
    assert ask("b") == ["One", "Two"]
    save("cba", seconds=5)
    assert ask("b") == ["Three", "Two"]


def test_a_save_alone_marks_nothing(echoed: Any, ask: Any, save: Any) -> None:
    save("abz", seconds=-5)
    ask("a")
    ask("b")
    save("baz", seconds=-4)
    echoed.fine("1", "z")
    assert stale(echoed, "b") == ""
    ask("z")
    assert stale(echoed, "b").startswith("Turn 1 changed")


def test_a_file_that_lacks_the_asking_cell_is_not_believed(ask: Any, save: Any) -> None:
    save("ba", seconds=-5)
    ask("a")
    assert ask("c") == ["One", "Three"]
    assert ask("b") == ["Two"]


def test_a_deleted_cell_is_left_out_without_a_list_until_it_is_saved_or_run(
    echoed: Any, page: Any, ask: Any, save: Any
) -> None:
    for cell in "ab":
        ask(cell)
    page(deleted=["a"])
    echoed.fine("1", "z")
    page()
    assert ask("c") == ["Two", "Three"]
    assert ask("a") == ["One"]
    page(deleted=["a"])
    echoed.fine("1", "z")
    page()
    save("cab", seconds=5)
    assert ask("b") == ["Three", "One", "Two"]


def test_a_dry_run_has_what_the_ask_will_have(echoed: Any, ask: Any, save: Any) -> None:
    for cell in "ab":
        ask(cell)
    save("bca", seconds=5)
    plain = echoed.fine("%groq --dry-run Three", "c").plain
    assert "Two" in plain
    assert "One" not in plain
    assert ask("c") == ["Two", "Three"]


def test_a_list_in_a_cells_saved_metadata_changes_nothing(
    echoed: Any, ask: Any, page: Callable[..., None]
) -> None:
    page("abc")
    ask("a")
    ask("b")
    for token in ({}, {"groqToken": "0123456789abcdef"}):
        echoed.metadata = {"groqOrder": ["c"], "groqNotebook": "talk.ipynb", **token}
        assert ask("c") == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    "forged",
    [
        "abc",
        ["a", 3],
        [["a"]],
        {"a": 1},
        7,
        True,
        [str(n) for n in range(100_000)],
        ["x" * 100_000],
        ["\ud800", "a"],
        ["a", "a", "b", "a"],
        [],
    ],
)
def test_no_list_that_is_forged_fails_an_ask_or_takes_a_turn_away(
    echoed: Any, ask: Any, forged: Any
) -> None:
    ask("a")
    echoed.metadata = order_of(forged, forged) | {"deletedCells": 3}
    assert ask("b") == ["One", "Two"]
    echoed.metadata = order_of(["a", "b"]) | {"deletedCells": forged}
    assert ask("b") == ["One", "Two"]


# %groq_history and its numbers


def test_history_numbers_turns_by_the_page_and_lists_the_deleted_last(
    echoed: Any, page: Any, ask: Any
) -> None:
    page("abcz")
    for cell in "cab":
        ask(cell)
    plain = echoed.fine("%groq_history", "z").plain
    heads = [plain.index(part) for part in ("[1]", "> One", "[2]", "> Two", "[3]", "> Three")]
    assert heads == sorted(heads)
    page("acz")
    ran = echoed.fine("%groq_history", "z")
    assert ran.plain.index("[2]") < ran.plain.index("> Three") < ran.plain.index("[deleted]")
    assert ran.plain.index("[deleted]") < ran.plain.index("> Two")
    assert "not sent" in ran.plain
    assert "[3]" not in ran.plain
    assert "<b>deleted</b>" in ran.data["text/html"]


def test_a_number_of_the_history_drops_that_turn(echoed: Any, page: Any, ask: Any) -> None:
    page("abcz")
    for cell in "cab":
        ask(cell)
    said = echoed.fine("%groq_history --drop 2", "z").plain
    assert said == "Dropped: turn 2, “Two”; %groq_undo brings it back."
    assert prompts(echoed) == ["One", "Three"]
    assert stale(echoed, "b") == "This answer is no longer part of the conversation."
    assert ask("c") == ["One", "Three"]
    echoed.fine("%groq_undo", "z")
    assert echoed.fine("%groq_undo", "z").plain == "Undone: turn 2 is back."
    assert prompts(echoed) == ["One", "Two", "Three"]
    assert stale(echoed, "b") == ""


def test_a_dropped_cell_asks_anew_when_it_runs(echoed: Any, page: Any, ask: Any) -> None:
    page("abz")
    ask("a")
    ask("b")
    echoed.fine("%groq_history --drop 1", "z")
    page("baz")
    echoed.fine("1", "z")
    assert prompts(echoed) == ["Two"]
    assert ask("a") == ["Two", "One"]


@pytest.mark.parametrize(
    ("asked", "has"), [(0, "is empty"), (1, "has turn 1"), (2, "has turns 1 to 2")]
)
def test_a_number_that_no_turn_shows_is_refused_with_those_that_are(
    echoed: Any, ask: Any, asked: int, has: str
) -> None:
    for cell in "ab"[:asked]:
        ask(cell)
    before = prompts(echoed)
    ran = echoed.run("%groq_history --drop 7", "z")
    assert isinstance(ran.error, OptionError)
    assert f"The conversation main {has}, no turn `7`." in ran.text
    for wrong in ("0", "-1", "x", "1.5", ""):
        assert isinstance(echoed.run(f"%groq_history --drop {wrong}", "z").error, OptionError)
    assert prompts(echoed) == before


def test_a_turn_of_another_conversation_is_dropped_by_its_name(echoed: Any, ask: Any) -> None:
    ask("a")
    echoed.fine("%groq -c other Two", "b")
    echoed.fine("%groq_history --drop 1 other", "z")
    assert echoed.session.conversations.names() == ("main",)
    echoed.fine("%groq_undo", "z")
    echoed.fine("%groq_history --drop 1 -c other", "z")
    assert prompts(echoed) == ["One"]


def test_a_dropped_prompt_with_a_secret_shows_none(
    echoed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    echoed.fine("%groq One hunter2hunter2", "a")
    monkeypatch.setenv("MY_SECRET_TOKEN", "hunter2hunter2")
    assert "hunter2" not in echoed.fine("%groq_history --drop 1", "z").everything


def test_export_takes_the_number_that_history_shows(echoed: Any, page: Any, ask: Any) -> None:
    page("abz")
    ask("b")
    ask("a")
    assert '"One"' in echoed.fine("%groq_export 1", "z").plain


def test_a_retry_of_a_deleted_cells_ask_is_a_turn_of_its_own_cell(
    echoed: Any, page: Any, ask: Any
) -> None:
    page("abz")
    ask("b")
    ask("a")
    page("bz")
    ran = echoed.fine("%groq_retry", "z")
    assert ran.record["replaces"] is None
    assert prompts(echoed) == ["Two", "One"]


def test_restore_takes_in_what_is_above_on_the_page_not_in_the_file(
    echoed: Any, served: Any, save: Any
) -> None:
    ran = {cell: echoed.fine(f"%%groq\n{WORDS[cell]}", cell) for cell in "abc"}
    path = save("z")
    cells = [code_cell(c, f"%%groq\n{WORDS[c]}", r.outputs, 1) for c, r in ran.items()]
    write_notebook(path, [code_cell("z", ""), *cells])
    again = served()
    # Since then `a` was moved below, `b` was deleted, and a cell was added.
    again.metadata = order_of(["z", "c", "new", "a"])
    again.fine("1", "z")
    assert again.fine("%groq_restore", "new").plain.startswith("1 turn restored.")
    assert prompts(again) == ["Three"]
