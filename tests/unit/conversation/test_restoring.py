"""What becomes of the present turns when saved ones are restored among them."""

from __future__ import annotations

import time
from typing import Any

from groq_magic.conversation import SavedTurn, TurnKey


def saved(cell: str) -> SavedTurn:
    key = TurnKey(cell, 1)
    return SavedTurn(key, key, "main", f"asks for {cell}", cell, "m", "stop")


def test_a_turn_that_is_dropped_and_restored_changes_nothing(notebook: Any) -> None:
    conversations = notebook.conversations
    conversations.restore((saved("a"), saved("b")))
    notebook.run("c", "now")
    conversations.drop(conversations.get("main").turns[0])
    assert notebook.marks() == {"b": 1, "now": 1}
    conversations.restore((saved("a"),))
    assert notebook.marks() == {"a": None, "b": None, "now": None}


def test_a_turn_that_was_asked_since_is_named_beside_restored_ones(
    notebook: Any, page_of: Any
) -> None:
    page_of(n="axbc")
    notebook.run("c", "now")
    notebook.run("x", "later")
    conversations = notebook.conversations
    conversations.restore((saved("a"), saved("b")))
    (turn,) = (each for each in conversations.get("main").turns if each.answer == "now")
    found = conversations.change_above(turn)
    assert found is not None
    assert (found.kind, found.number) == ("asked", 2)


def test_thousands_of_turns_are_restored_at_once(notebook: Any) -> None:
    for number in range(10):
        notebook.run(f"now{number}", "now")
    began = time.process_time()
    notebook.conversations.restore([saved(f"c{number}") for number in range(3_000)])
    assert time.process_time() - began < 8  # of 15 and more
    assert set(notebook.marks().values()) == {None}
