"""The page's order: each request has exactly the turns of the cells above."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.magics.display import live_of
from tests.shell.notebook_file import code_cell, write_notebook
from tests.shell.page_turns import WORDS, order_of, prompts, stale

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REMEDY = "Run this cell again to bring the answer up to date."
MOVED = f"“Two” (cell 4) is now above this answer; it wasn't when you asked. {REMEDY}"
BELOW = f"“One” (cell {{}}) is now below this answer; it was above when you asked. {REMEDY}"


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
    assert stale(echoed, "b") == BELOW.format(3)
    assert stale(echoed, "a") == MOVED
    assert "turn 2 is now below it" in echoed.fine("%groq_history", "z").plain
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
    assert stale(echoed, "b") == BELOW.format(3)


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


def report(cells: Any, order: Any, notebook: Any = "talk.ipynb") -> None:
    """Receive what an idle page sends when its cells change."""
    live_of(cells.session)._session.receive({"cells": {"order": order, "notebook": notebook}})


@pytest.fixture
def asked(echoed: Any, page: Any, ask: Any) -> Any:
    """A page with three answers, none of them marked."""
    page("abc")
    for cell in "abc":
        ask(cell)
    return echoed


def test_a_report_of_an_idle_page_marks_answers_and_orders_the_turns(asked: Any) -> None:
    report(asked, ["b", "c"])
    deleted = f"A cell above this answer has been deleted: “One”. {REMEDY}"
    assert [stale(asked, cell) for cell in "bc"] == [deleted, deleted]
    assert prompts(asked) == ["Two", "Three"]
    report(asked, ["a", "b", "c"])
    assert [stale(asked, cell) for cell in "abc"] == ["", "", ""]
    assert prompts(asked) == ["One", "Two", "Three"]


def test_a_report_of_another_notebook_leaves_the_asking_one_in_use(asked: Any) -> None:
    current = asked.session.conversations.page.current
    report(asked, ["x", "y"], "other.ipynb")
    assert asked.session.conversations.page.current == current
    assert prompts(asked) == ["One", "Two", "Three"]


def test_a_report_that_meets_a_running_cell_changes_nothing(asked: Any, page: Any) -> None:
    late: list[Any] = []
    owner = asked.session.owner
    asked.shell.user_ns.update(report=lambda: report(asked, ["b", "c"]))
    asked.fine("report()", "c")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, "hand_over", late.append)  # from another thread
        report(asked, ["b", "c"])
    page("abc")
    asked.fine("1", "c")
    for call in late:
        call()
    assert (len(late), prompts(asked)) == (1, ["One", "Two", "Three"])


@pytest.mark.parametrize(
    ("order", "notebook"),
    [
        (None, "talk.ipynb"),
        ("bc", "talk.ipynb"),
        ([], "talk.ipynb"),
        ([1, "b"], "talk.ipynb"),
        (["b", ["c"]], "talk.ipynb"),
        (["b"] * 20_001, "talk.ipynb"),
        (["b", "c"], None),
        (["b", "c"], ""),
        (["b", "c"], "x" * 5_000),
    ],
)
def test_a_malformed_report_changes_nothing(asked: Any, order: Any, notebook: Any) -> None:
    report(asked, order, notebook)
    for odd in ({"cells": order}, {"cells": {"order": {}}}, {"cells": 3}):
        live_of(asked.session)._session.receive(odd)
    assert prompts(asked) == ["One", "Two", "Three"]
    assert [stale(asked, cell) for cell in "abc"] == ["", "", ""]
