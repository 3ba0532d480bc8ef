"""The order of turns, by the page: what an ask sees, what is shown, what is marked."""

from __future__ import annotations

from typing import Any

from groq_magic.conversation import TurnKey


def test_without_a_list_turns_stand_as_asked(notebook: Any) -> None:
    for cell in ("b", "a", None):
        notebook.run(cell, cell or "u")
    assert "".join(notebook.answers()) == "bau"


def test_turns_stand_in_the_order_of_the_list(notebook: Any, page_of: Any) -> None:
    for cell in "cab":
        notebook.run(cell, cell)
    page_of(n="abc")
    assert "".join(notebook.answers()) == "abc"
    assert notebook.sees("b") == "a"


def test_a_new_turn_goes_to_its_cells_place(notebook: Any, page_of: Any) -> None:
    page_of(n="axb")
    notebook.run("a", "a")
    notebook.run("b", "b")
    assert notebook.sees("x") == "a"
    notebook.run("x", "x")
    assert "".join(notebook.answers()) == "axb"


def test_moving_a_cell_moves_its_turn_and_marks_those_that_saw_otherwise(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="abc")
    for cell in "abc":
        notebook.run(cell, cell)
    assert notebook.marks() == {"a": None, "b": None, "c": None}
    page_of(n="acb")
    assert notebook.marks() == {"a": None, "c": 2, "b": 2}
    page_of(n="abc")
    assert notebook.marks() == {"a": None, "b": None, "c": None}


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
    assert notebook.sees(None) == "A"
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
    assert notebook.sees("b") == "a"
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
    before = notebook.marks()
    page_of(m="xy")
    assert notebook.marks() == before
    assert notebook.sees("x") == "a"


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
    assert set(notebook.marks().values()) == {None}
    page_of(n="ba")
    # In n: b, a, x, y. In m: b, a, x, y as well, and x was asked after a alone.
    assert notebook.marks() == {"b": 1, "a": 1, "x": 1, "y": 1}
    page_of(n="ab")
    assert set(notebook.marks().values()) == {None}


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
    assert notebook.sees("c") == "a"
    assert notebook.marks() == {"a": None, "c": 2}
    assert TurnKey("b", 1) not in notebook.conversations.shown()
    page_of(n="abc")
    assert notebook.marks() == {"a": None, "b": None, "c": None}


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
