"""What changed above an answer: which turn, and what happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from groq_magic.conversation import CellList, Conversations, Page, PromptData
from groq_magic.prompt import NamedValue, Privacy

if TYPE_CHECKING:
    from collections.abc import Callable


def run(notebook: Any, cell: str, answer: str = "", typed: str = "", **parts: Any) -> Any:
    notebook.execution += 1
    pending = notebook.conversations.begin(cell, notebook.execution, conversation="main")
    turn = notebook.settle(pending, answer or cell, typed=typed or cell, **parts)
    notebook.conversations.end_cell()
    return turn


def change(notebook: Any, cell: str) -> Any:
    """Return the kind of the change above a cell's answer, the prompt and number that it names."""
    (turn,) = (t for t in notebook.conversations.get("main").turns if t.key.cell == cell)
    found = notebook.conversations.change_above(turn)
    return found and (found.kind, found.typed, found.number)


def asked(notebook: Any, page_of: Any, cells: str = "abc") -> None:
    page_of(n=cells)
    for cell in cells:
        run(notebook, cell)


def test_the_same_prompt_and_answer_again_change_nothing(notebook: Any, page_of: Any) -> None:
    asked(notebook, page_of)
    run(notebook, "a")
    assert [change(notebook, cell) for cell in "abc"] == [None] * 3
    run(notebook, "a", "another answer")
    assert change(notebook, "b") == change(notebook, "c") == ("again", "a", 1)
    run(notebook, "a")
    assert change(notebook, "c") is None


def test_an_edited_prompt_is_named_as_it_is_now(notebook: Any, page_of: Any) -> None:
    asked(notebook, page_of)
    run(notebook, "b", "B", typed="b, but shorter")
    assert change(notebook, "c") == ("edited", "b, but shorter", 2)
    notebook.conversations.undo()
    assert change(notebook, "c") is None


def test_a_deleted_cell_is_named_until_it_is_back(notebook: Any, page_of: Any) -> None:
    asked(notebook, page_of)
    page_of(n="bc")
    assert change(notebook, "b") == change(notebook, "c") == ("deleted", "a", None)
    run(notebook, "b", "B")
    assert change(notebook, "b") is None
    assert change(notebook, "c") == ("deleted", "a", None)
    page_of(n="abc")
    assert change(notebook, "b") == ("added", "a", 1)
    assert change(notebook, "c") == ("again", "b", 2)


def test_a_dropped_turn_was_removed(notebook: Any, page_of: Any) -> None:
    asked(notebook, page_of)
    notebook.conversations.drop(notebook.conversations.get("main").turns[0])
    assert change(notebook, "c") == ("removed", "a", None)


def test_a_moved_cell_is_the_one_that_is_named(notebook: Any, page_of: Any) -> None:
    asked(notebook, page_of, "abcd")
    page_of(n="bcad")
    assert change(notebook, "d") == ("moved", "a", 3)
    assert change(notebook, "b") == ("below", "a", 3)
    assert change(notebook, "a") == ("added", "b", 1)
    page_of(n="cabd")
    assert change(notebook, "d") == ("moved", "c", 1)
    # Either of two neighbours may have been moved.
    page_of(n="bacd")
    assert change(notebook, "c") == change(notebook, "d") == ("reordered", "", None)
    page_of(n="abcd")
    assert [change(notebook, cell) for cell in "abcd"] == [None] * 4


def test_a_new_cell_above_was_asked_since(notebook: Any, page_of: Any) -> None:
    asked(notebook, page_of, "ab")
    page_of(n="axb")
    run(notebook, "x")
    assert change(notebook, "b") == ("asked", "x", 2)
    assert change(notebook, "x") is None


def test_a_value_that_is_sent_otherwise_is_a_change(notebook: Any, page_of: Any) -> None:
    def run_with(text: str) -> None:
        value = NamedValue("df", text, privacy=Privacy())
        run(notebook, "a", data=PromptData((value,)))

    page_of(n="ab")
    run_with("1")
    run(notebook, "b")
    run_with("1")
    assert change(notebook, "b") is None
    run_with("2")
    assert change(notebook, "b") == ("again", "a", 1)


def test_a_replayed_answer_saved_below_other_turns_says_so(notebook: Any, page_of: Any) -> None:
    page_of(n="ab")
    above = run(notebook, "a", prompt_sha="of a").as_earlier
    saved = run(notebook, "b", saved_above="of other turns")
    assert change(notebook, "b") == ("saved", "", None)
    assert saved.above_sha == "of other turns"
    same = notebook.conversations.get("main").chains[1].sha
    assert run(notebook, "b", saved_above=same).saved_above is None
    assert change(notebook, "b") is None
    # A turn that is replayed later can be one of those that it was saved below.
    notebook.conversations.drop(notebook.conversations.get("main").turns[0])
    run(notebook, "b", saved_above=same)
    assert change(notebook, "b") == ("saved", "", None)
    assert run(notebook, "a", prompt_sha="of a").as_earlier == above
    assert change(notebook, "b") is None


MOVES = st.lists(
    st.tuples(st.sampled_from(["run", "move", "delete", "drop", "undo"]), st.integers(0, 9)),
    max_size=20,
)


@given(MOVES)
def test_every_answer_that_saw_other_messages_is_marked_and_no_other(
    new_notebook: Callable[[], Any], moves: list[tuple[str, int]]
) -> None:
    notebook, cells, saw = new_notebook(), list("abcd"), dict[int, list[str]]()
    conversations: Conversations = notebook.conversations
    conversations.arrange(Page((CellList(1, "n", tuple(cells)),), current=1))
    page = conversations.page
    for number, (move, at) in enumerate(moves):
        turns = conversations.get("main").turns
        if move == "run" and cells:
            turn = run(notebook, cells[at % len(cells)], f"answer {at % 2}")
            above = conversations.get("main").turns
            saw[turn.revision] = [t.answer for t in above[: above.index(turn)]]
        elif move == "move" and cells:
            cells.insert(at % len(cells), cells.pop())
        elif move == "delete" and len(cells) > 1:
            cells.pop(at % len(cells))
        elif move == "drop" and turns:
            conversations.drop(turns[at % len(turns)])
        elif move == "undo" and turns:
            conversations.undo()
        page = page.with_list(cells, at=number, notebook="n")
        conversations.arrange(page)
        turns = conversations.get("main").turns
        for place, turn in enumerate(turns):
            now = [each.answer for each in turns[:place]]
            found = conversations.change_above(turn)
            assert (found is None) == (saw[turn.revision] == now)
            if found is not None and found.turn is not None:
                assert conversations.number(found.turn) == found.number
