"""The order of turns, by the page: what an ask sees, what is shown, what is marked."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.conversation import Conversations, Page, TurnKey


@pytest.fixture
def page_of(notebook: Any) -> Any:
    """Show a page: the cells of each notebook, as one letter each, and what was deleted."""

    def show(deleted: str = "", **lists: str) -> None:
        page = notebook.conversations.page
        notebook.execution += 1
        for name, cells in lists.items():
            page = page.with_list(cells, at=notebook.execution, notebook=name)
        by = page.current if lists else None
        page = page.with_deleted(deleted, at=notebook.execution, by=by)
        notebook.conversations.arrange(page)

    return show


def sees(notebook: Any, cell: str | None) -> str:
    pending = notebook.conversations.peek(cell, 99, conversation="main")
    assert pending.number == len(pending.before) + 1
    return "".join(turn.answer for turn in pending.before)


def marks(notebook: Any) -> dict[str, int | None]:
    turns = notebook.conversations.get("main").turns
    return {turn.answer: notebook.conversations.stale(turn) for turn in turns}


def test_without_a_list_turns_stand_as_asked(notebook: Any) -> None:
    for cell in ("b", "a", None):
        notebook.run(cell, cell or "u")
    assert "".join(notebook.answers()) == "bau"


def test_turns_stand_in_the_order_of_the_list(notebook: Any, page_of: Any) -> None:
    for cell in "cab":
        notebook.run(cell, cell)
    page_of(n="abc")
    assert "".join(notebook.answers()) == "abc"
    assert sees(notebook, "b") == "a"


def test_a_new_turn_goes_to_its_cells_place(notebook: Any, page_of: Any) -> None:
    page_of(n="axb")
    notebook.run("a", "a")
    notebook.run("b", "b")
    assert sees(notebook, "x") == "a"
    notebook.run("x", "x")
    assert "".join(notebook.answers()) == "axb"


def test_moving_a_cell_moves_its_turn_and_marks_those_that_saw_otherwise(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="abc")
    for cell in "abc":
        notebook.run(cell, cell)
    assert marks(notebook) == {"a": None, "b": None, "c": None}
    page_of(n="acb")
    assert marks(notebook) == {"a": None, "c": 2, "b": 2}
    page_of(n="abc")
    assert marks(notebook) == {"a": None, "b": None, "c": None}


def test_asks_of_a_cell_stand_by_number_and_move_together(notebook: Any, page_of: Any) -> None:
    page_of(n="ab")
    notebook.run("a", "1", "2")
    notebook.run("b", "3")
    page_of(n="ba")
    assert "".join(notebook.answers()) == "312"


def test_a_console_stands_after_the_turn_asked_just_before_it_and_moves_with_it(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="abc")
    for cell in "abc":
        notebook.run(cell, cell)
    notebook.run("a", "A")
    assert sees(notebook, None) == "A"
    notebook.run(None, "u")
    notebook.run(None, "v")
    assert "".join(notebook.answers()) == "Auvbc"
    page_of(n="bca")
    assert "".join(notebook.answers()) == "bcAuv"


def test_what_was_asked_before_anything_stands_first(notebook: Any, page_of: Any) -> None:
    notebook.run(None, "u")
    notebook.run("b", "b")
    page_of(n="ab")
    notebook.run("a", "a")
    assert "".join(notebook.answers()) == "uab"


def test_a_cell_not_yet_saved_takes_its_place_when_a_list_has_it(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="ab")
    for cell in "abx":
        notebook.run(cell, cell)
    assert "".join(notebook.answers()) == "abx"
    page_of(n="axb")
    assert "".join(notebook.answers()) == "axb"


def test_another_notebooks_turns_stand_behind_what_was_asked_just_before_them(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="ab")
    notebook.run("a", "a")
    page_of(m="xy")
    notebook.run("y", "y")
    page_of(n="ab")
    notebook.run("b", "b")
    page_of(m="xy")
    notebook.run("x", "x")
    page_of(n="ab")
    # x stands above y in its own notebook, and was asked after b.
    assert "".join(notebook.answers()) == "abxy"
    assert sees(notebook, "b") == "a"
    page_of(n="ba")
    assert "".join(notebook.answers()) == "bxay"


def test_an_ask_sees_its_own_notebooks_order_whichever_ran_last(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="ab")
    notebook.run("a", "a")
    page_of(m="xy")
    for cell in "yx":
        notebook.run(cell, cell)
    page_of(n="ab")
    notebook.run("b", "b")
    before = marks(notebook)
    page_of(m="xy")
    assert marks(notebook) == before
    assert sees(notebook, "x") == "a"


def test_a_move_in_one_notebook_marks_what_its_own_and_the_other_notebook_saw_above(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="ab")
    notebook.run("a", "a")
    page_of(m="xy")
    notebook.run("x", "x")
    page_of(n="ab")
    notebook.run("b", "b")
    page_of(m="xy")
    notebook.run("y", "y")
    assert set(marks(notebook).values()) == {None}
    page_of(n="ba")
    # In n: b, a, x, y. In m: b, a, x, y as well, and x was asked after a alone.
    assert marks(notebook) == {"b": 1, "a": 1, "x": 1, "y": 1}
    page_of(n="ab")
    assert set(marks(notebook).values()) == {None}


def test_a_deleted_cells_turn_is_left_out_and_back_at_its_place(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="abc")
    for cell in "abc":
        notebook.run(cell, cell)
    page_of(n="ac")
    conversation = notebook.conversations.get("main")
    assert notebook.answers() == ["a", "c"]
    assert [turn.answer for turn in conversation.deleted] == ["b"]
    assert conversation.number(conversation.deleted[0]) is None
    assert sees(notebook, "c") == "a"
    assert marks(notebook) == {"a": None, "c": 2}
    assert TurnKey("b", 1) not in notebook.conversations.shown()
    page_of(n="abc")
    assert marks(notebook) == {"a": None, "b": None, "c": None}


def test_a_cut_and_pasted_cell_is_back_with_the_next_list(notebook: Any, page_of: Any) -> None:
    for cell in "ab":
        notebook.run(cell, cell)
    page_of(deleted="a")
    assert notebook.answers() == ["b"]
    page_of(n="ba", deleted="a")
    assert notebook.answers() == ["b", "a"]


def test_a_console_stays_where_it_was_asked_when_the_cell_above_is_deleted(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="abc")
    for cell in "ab":
        notebook.run(cell, cell)
    notebook.run(None, "u")
    notebook.run("c", "c")
    page_of(n="ac")
    assert "".join(notebook.answers()) == "auc"


def test_reset_removes_deleted_turns_too(notebook: Any, page_of: Any) -> None:
    page_of(n="ab")
    for cell in "ab":
        notebook.run(cell, cell)
    page_of(n="a")
    assert notebook.conversations.reset("main") == 2
    page_of(n="ab")
    assert notebook.answers() == []
    assert notebook.conversations.undo() == "the 2 turns are back"
    assert notebook.answers() == ["a", "b"]


def test_undo_takes_an_ask_back_whatever_the_page_does_meanwhile(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="abc")
    for cell in "abc":
        notebook.run(cell, cell)
    notebook.run("c", "C")
    page_of(n="cab")
    assert notebook.conversations.undo() == "turn 1 has its former answer back"
    assert "".join(notebook.answers()) == "cab"
    page_of(n="ab")
    assert notebook.conversations.undo() == "the deleted turn is removed"
    page_of(n="cab")
    assert "".join(notebook.answers()) == "ab"


def test_a_dropped_turn_does_not_come_back_by_itself(notebook: Any, page_of: Any) -> None:
    page_of(n="abc")
    for cell in "abc":
        notebook.run(cell, cell)
    conversations = notebook.conversations
    conversations.drop(conversations.get("main").turns[1])
    page_of(n="cba")
    page_of(n="abc")
    assert "".join(notebook.answers()) == "ac"
    assert sees(notebook, "b") == "a"
    assert conversations.undo() == "turn 2 is back"
    assert "".join(notebook.answers()) == "abc"


def test_what_followed_a_turn_follows_it_again_when_an_undo_brings_it_back(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="ab")
    notebook.run("b", "b")
    notebook.run(None, "u")
    notebook.run("a", "a")
    assert "".join(notebook.answers()) == "abu"
    notebook.conversations.drop(notebook.conversations.get("main").turns[1])
    assert "".join(notebook.answers()) == "ua"
    notebook.conversations.undo()
    assert "".join(notebook.answers()) == "abu"


def test_one_ask_of_a_cell_is_dropped_alone(notebook: Any) -> None:
    notebook.run("a", "1", "2", "3")
    notebook.conversations.drop(notebook.conversations.get("main").turns[1])
    assert "".join(notebook.answers()) == "13"


def test_a_drop_whose_cell_is_deleted_meanwhile_brings_back_a_deleted_turn(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="ab")
    for cell in "ab":
        notebook.run(cell, cell)
    notebook.conversations.drop(notebook.conversations.get("main").turns[0])
    page_of(n="b")
    assert notebook.conversations.undo() == "the deleted turn is back"
    assert notebook.answers() == ["b"]


def test_a_retry_of_a_deleted_cells_ask_is_a_turn_of_the_cell_that_retries(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="abc")
    for cell in "ab":
        notebook.run(cell, cell)
    page_of(n="bc")
    [turn] = notebook.run("c", "again", place=TurnKey("a", 1))
    assert turn.key == TurnKey("c", 1)
    assert notebook.answers() == ["b", "again"]
    page_of(n="abc")
    assert notebook.answers() == ["a", "b", "again"]


def test_a_retry_sees_what_stands_above_the_cell_whose_place_it_takes(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="abc")
    for cell in "ab":
        notebook.run(cell, cell)
    page_of(n="bac")
    pending = notebook.conversations.begin("c", 9, conversation="main", place=TurnKey("a", 1))
    assert [turn.answer for turn in pending.before] == ["b"]
    notebook.settle(pending, "A")
    assert notebook.answers() == ["b", "A"]


def test_once_and_another_conversation_take_a_cells_turn_out_on_any_page(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="ba")
    for cell in "ab":
        notebook.run(cell, cell)
    notebook.run("a", "once", once=True)
    assert notebook.answers() == ["b"]
    notebook.run("b", "moved", conversation="other")
    assert (notebook.answers(), notebook.answers("other")) == ([], ["moved"])
    assert notebook.conversations.undo() == "turn 1 is back"
    assert notebook.conversations.undo() == "turn 2 is back"


def test_practice_turns_stand_in_the_page_order_apart_from_real_ones(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="ab")
    for cell in "ba":
        notebook.run(cell, cell)
        notebook.run(cell, cell.upper(), practice=True)
    assert (notebook.answers(), notebook.answers(practice=True)) == (["a", "b"], ["A", "B"])
    page_of(n="b")
    assert (notebook.answers(), notebook.answers(practice=True)) == (["b"], ["B"])


def test_a_turn_asked_again_after_it_was_dropped_follows_what_once_followed_it(
    notebook: Any, page_of: Any
) -> None:
    page_of(m="z")
    notebook.run("a", "a")
    notebook.run(None, "u")
    conversations = notebook.conversations
    conversations.drop(conversations.get("main").turns[0])
    notebook.run("a", "a")
    assert "".join(notebook.answers()) == "ua"


def test_the_page_is_no_part_of_what_is_undone(page_of: Any, notebook: Any) -> None:
    page_of(n="ab")
    for cell in "ab":
        notebook.run(cell, cell)
    page_of(n="ba")
    notebook.conversations.undo()
    assert notebook.answers() == ["a"]
    assert notebook.conversations.page.lists[0].cells == ("b", "a")


def test_an_unchanged_page_is_reported_as_such() -> None:
    conversations = Conversations()
    page = Page().with_list("ab", at=1, notebook="n")
    assert conversations.arrange(page)
    assert not conversations.arrange(page.with_list("ab", at=2, notebook="n").with_cell("a"))
    assert conversations.arrange(page.with_list("ba", at=3, notebook="n"))
