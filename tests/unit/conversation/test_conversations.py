from __future__ import annotations

from typing import Any

import pytest

from groq_magic.conversation import TurnKey
from groq_magic.errors import NotebookError


def test_cells_append_in_the_order_of_their_first_execution(notebook: Any) -> None:
    notebook.run("b", "one")
    notebook.run("a", "two")
    assert notebook.answers() == ["one", "two"]


def test_a_rerun_replaces_its_turn_in_place_and_sees_only_what_is_before(notebook: Any) -> None:
    for cell in "abc":
        notebook.run(cell, cell)
    pending = notebook.conversations.begin("b", 9, conversation="main")
    assert [turn.answer for turn in pending.before] == ["a"]
    assert pending.number == 2
    notebook.settle(pending, "b again")
    assert notebook.answers() == ["a", "b again", "c"]


def test_asks_of_one_cell_are_numbered_at_each_execution(notebook: Any) -> None:
    notebook.run("a", "one", "two")
    notebook.run("b", "three")
    turns = notebook.run("a", "one again", "two again")
    assert [turn.key for turn in turns] == [TurnKey("a", 1), TurnKey("a", 2)]
    assert notebook.answers() == ["one again", "two again", "three"]


def test_a_new_execution_count_starts_at_one_without_an_end_of_the_last(notebook: Any) -> None:
    for execution, number in [(1, 1), (1, 2), (2, 1)]:
        pending = notebook.conversations.begin("a", execution, conversation="main")
        assert pending.shown == TurnKey("a", number)


def test_a_later_ask_of_a_cell_goes_right_after_its_turns(notebook: Any) -> None:
    notebook.run("a", "one")
    notebook.run("b", "two")
    notebook.run("a", "one", "one and a half")
    assert notebook.answers() == ["one", "one and a half", "two"]


def test_an_earlier_ask_that_first_failed_goes_before_its_cells_later_ones(notebook: Any) -> None:
    notebook.run("a", None, "two")
    notebook.run("b", "three")
    notebook.run("a", "one", "two")
    assert notebook.answers() == ["one", "two", "three"]


def test_leftovers_of_the_last_execution_leave_and_come_back_with_one_undo(notebook: Any) -> None:
    notebook.run("a", "one", "two", "three")
    notebook.run("a", "one again")
    assert notebook.answers() == ["one again"]
    assert notebook.conversations.undo() == "turn 1 has its former answer back"
    assert notebook.answers() == ["one", "two", "three"]


def test_leftovers_stay_where_the_execution_failed_or_asked_nothing(notebook: Any) -> None:
    notebook.run("a", "one", "two", "three")
    notebook.run("a", "one again", None)
    assert notebook.answers() == ["one again", "two", "three"]
    notebook.run("a")
    assert notebook.answers() == ["one again", "two", "three"]


def test_leftovers_of_a_run_whose_ask_failed_quietly_are_a_change_of_their_own(
    notebook: Any,
) -> None:
    notebook.run("a", "one", "two")
    notebook.conversations.begin("a", 9, conversation="main")
    notebook.conversations.end_cell(succeeded=True)
    assert notebook.answers() == ["one"]
    assert "earlier run" in notebook.conversations.undo()
    assert notebook.answers() == ["one", "two"]


def test_a_failure_before_any_text_keeps_the_old_turn_wherever_it_was_going(notebook: Any) -> None:
    notebook.run("a", "one")
    notebook.run("a", None)
    notebook.run("a", None, conversation="other")
    notebook.run("a", None, once=True)
    assert notebook.answers() == ["one"]


def test_without_a_cell_turns_append(notebook: Any) -> None:
    notebook.run(None, "one")
    notebook.run(None, "two", "three")
    assert notebook.answers() == ["one", "two", "three"]


def test_another_conversation_moves_the_turn_and_one_undo_brings_it_back(notebook: Any) -> None:
    notebook.run("a", "one")
    notebook.run("b", "two")
    notebook.run("a", "moved", conversation="other")
    assert (notebook.answers(), notebook.answers("other")) == (["two"], ["moved"])
    assert notebook.conversations.names() == ("main", "other")
    assert notebook.conversations.undo() == "turn 1 is back"
    assert (notebook.answers(), notebook.answers("other")) == (["one", "two"], [])


def test_once_takes_the_cells_turn_out_and_keeps_none(notebook: Any) -> None:
    notebook.run("a", "one")
    pending = notebook.conversations.begin("b", 5, conversation="main", once=True)
    assert pending.before == ()
    [turn] = notebook.run("a", "once", once=True)
    assert notebook.answers() == []
    assert notebook.conversations.number(turn) is None
    assert notebook.conversations.undo() == "turn 1 is back"
    assert notebook.answers() == ["one"]


def test_a_retry_takes_the_turns_place_wherever_it_is_typed(notebook: Any) -> None:
    notebook.run("a", "one")
    notebook.run("b", "two")
    pending = notebook.conversations.begin("c", 7, conversation="main", replaces=TurnKey("a", 1))
    assert pending.replaces == TurnKey("a", 1)
    assert pending.before == ()
    turn = notebook.settle(pending, "one, tried again")
    assert notebook.answers() == ["one, tried again", "two"]
    assert turn.shown == TurnKey("c", 1)
    assert notebook.conversations.shown()[TurnKey("c", 1)] is turn
    assert TurnKey("a", 1) not in notebook.conversations.shown()


def test_a_retry_of_a_failed_ask_stands_where_it_would_have_stood(notebook: Any) -> None:
    notebook.run("a", None)
    notebook.run("c", "two", replaces=TurnKey("a", 1))
    notebook.run("b", "three")
    notebook.run("a", "one")
    assert notebook.answers() == ["one", "three"]


def test_a_retry_without_cells_replaces_too(notebook: Any) -> None:
    notebook.run(None, "one")
    last = notebook.conversations.begin(None, 2, conversation="main")
    notebook.settle(last, "two")
    notebook.run(None, "two again", replaces=last.key)
    assert notebook.answers() == ["one", "two again"]


def test_a_cell_that_retries_its_own_later_ask_keeps_that_turn(notebook: Any) -> None:
    notebook.run("a", "one", "two")
    notebook.run("a", "two again", replaces=TurnKey("a", 2))
    assert notebook.answers() == ["two again"]
    notebook.run("a", None, replaces=TurnKey("a", 2))
    assert notebook.answers() == ["two again"]
    notebook.run("a", "something else")
    assert notebook.answers() == ["something else"]


def test_a_retry_asked_once_leaves_the_turn_that_it_retries(notebook: Any) -> None:
    notebook.run("a", "one")
    pending = notebook.conversations.begin(
        "b", 7, conversation="main", once=True, replaces=TurnKey("a", 1)
    )
    assert pending.replaces is None
    notebook.settle(pending, "again")
    assert notebook.answers() == ["one"]


def test_a_cell_that_becomes_a_retry_gives_its_own_turn_up_unsent(notebook: Any) -> None:
    notebook.run("b", "of b")
    notebook.run("a", "of a")
    pending = notebook.conversations.begin("b", 7, conversation="main", replaces=TurnKey("a", 1))
    assert pending.before == ()
    turn = notebook.settle(pending, "again")
    assert notebook.answers() == ["again"]
    assert notebook.conversations.stale(turn) is None
    notebook.conversations.undo()
    assert notebook.answers() == ["of b", "of a"]


def test_where_two_turns_were_shown_in_one_output_the_later_is(notebook: Any) -> None:
    notebook.run("a", "one")
    notebook.run("b", "again", replaces=TurnKey("a", 1))
    [turn] = notebook.run("b", "something else")
    assert notebook.conversations.shown()[TurnKey("b", 1)] is turn


def test_reset_empties_one_conversation_and_is_undone(notebook: Any) -> None:
    notebook.run("a", "one")
    notebook.run("b", "two")
    notebook.run("c", "aside", conversation="other")
    assert notebook.conversations.reset("main") == 2
    assert (notebook.answers(), notebook.answers("other")) == ([], ["aside"])
    assert notebook.conversations.undo() == "the 2 turns are back"
    assert notebook.answers() == ["one", "two"]


def test_resetting_an_empty_conversation_is_no_change_to_undo(notebook: Any) -> None:
    notebook.run("a", "one")
    assert notebook.conversations.reset("other") == 0
    assert notebook.conversations.undo() == "turn 1 is removed"


def test_phrases_name_the_conversation_where_it_has_a_name(notebook: Any) -> None:
    notebook.run("a", "one", conversation="essay")
    notebook.run("a", "one again", conversation="essay")
    assert notebook.conversations.undo() == "turn 1 of `essay` has its former answer back"
    assert notebook.conversations.undo() == "turn 1 of `essay` is removed"


def test_phrases_quote_the_prompt_that_was_typed(notebook: Any) -> None:
    conversations = notebook.conversations
    for typed in ("Why?", "Why not?"):
        pending = conversations.begin("a", 1, conversation="main")
        notebook.settle(pending, typed, typed=typed)
        conversations.end_cell()
    assert conversations.undo() == "turn 1, “Why?”, has its former answer back"
    assert conversations.undo(quote=str.upper) == "turn 1, WHY?, is removed"


def test_undo_without_a_change_says_so(notebook: Any) -> None:
    with pytest.raises(NotebookError, match=r"There is nothing to undo\. `%groq_history`"):
        notebook.conversations.undo()


def test_undo_reaches_two_hundred_changes_back(notebook: Any) -> None:
    for number in range(205):
        notebook.run("a", str(number))
    for _ in range(200):
        notebook.conversations.undo()
    assert notebook.answers() == ["4"]
    with pytest.raises(NotebookError):
        notebook.conversations.undo()


def test_practice_turns_never_mix_with_real_ones(notebook: Any) -> None:
    notebook.run("a", "real")
    notebook.run("a", "practised", practice=True)
    pending = notebook.conversations.begin("b", 7, conversation="main", practice=True)
    assert [turn.answer for turn in pending.before] == ["practised"]
    assert notebook.answers() == ["real"]
    notebook.conversations.undo(practice=True)
    assert notebook.answers(practice=True) == []
    assert notebook.answers() == ["real"]


def test_leftovers_are_removed_only_in_the_mode_that_was_asked(notebook: Any) -> None:
    notebook.run("a", "one", "two")
    notebook.run("a", "practised", practice=True)
    assert notebook.answers() == ["one", "two"]


def test_an_earlier_change_marks_later_turns_stale_until_they_are_asked_again(
    notebook: Any,
) -> None:
    [_], [two], [three] = (notebook.run(cell, cell) for cell in "abc")
    stale = notebook.conversations.stale
    notebook.run("a", "a again")
    assert (stale(two), stale(three)) == (1, 1)
    [two] = notebook.run("b", "b again")
    assert (stale(two), stale(three)) == (None, 1)
    [three] = notebook.run("c", "c again")
    assert stale(three) is None


def test_a_turn_that_left_and_came_back_by_undo_leaves_no_stale_mark(notebook: Any) -> None:
    [_], [two] = (notebook.run(cell, cell) for cell in "ab")
    notebook.run("a", "moved", conversation="other")
    assert notebook.conversations.stale(two) == 1
    notebook.conversations.undo()
    assert notebook.conversations.stale(two) is None


def test_a_turn_that_comes_in_before_marks_stale(notebook: Any) -> None:
    notebook.run("a", None, "two")
    [three] = notebook.run("b", "three")
    notebook.run("a", "one", None)
    assert notebook.conversations.stale(three) == 1


def test_a_dry_run_takes_no_number_and_changes_nothing(notebook: Any) -> None:
    peeked = notebook.conversations.begin("a", 1, conversation="main", is_sent=False)
    begun = notebook.conversations.begin("a", 1, conversation="main")
    assert peeked == begun
    assert notebook.conversations.begin(
        "a", 1, conversation="main", is_sent=False
    ).shown == TurnKey("a", 2)
    assert (
        notebook.conversations.begin(None, 1, conversation="main", is_sent=False).shown.cell is None
    )
