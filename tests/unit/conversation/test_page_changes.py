"""Changes of the conversation on a page: reset, undo, drop, retry, once, practice."""

from __future__ import annotations

from typing import Any

from groq_magic.conversation import Conversations, Page, TurnKey


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
    assert notebook.sees("b") == "a"
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
    [turn] = notebook.run("c", "again", replaces=TurnKey("a", 1))
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
    pending = notebook.conversations.begin("c", 9, conversation="main", replaces=TurnKey("a", 1))
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
