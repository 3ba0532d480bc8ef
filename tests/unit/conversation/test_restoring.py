"""What becomes of the present turns when saved ones are restored among them."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from groq_magic.conversation import SavedTurn, TurnKey
from groq_magic.conversation.restoring import added_turns
from groq_magic.conversation.sent_messages import sent_messages
from groq_magic.prompt import Privacy


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


@pytest.mark.slow
def test_thousands_of_turns_are_restored_at_once(notebook: Any) -> None:
    for number in range(10):
        notebook.run(f"now{number}", "now")
    began = time.process_time()
    notebook.conversations.restore([saved(f"c{number}") for number in range(3_000)])
    assert time.process_time() - began < 8  # of 15 and more
    assert set(notebook.marks().values()) == {None}


@pytest.mark.parametrize(
    ("more", "is_sent"),
    [
        ({}, True),
        ({"options": {"tools": ["f"]}}, False),
        ({"options": {"run_code": True}}, False),
        ({"code_sha": "a" * 64}, False),
    ],
)
def test_an_answer_made_with_data_of_calls_is_not_sent_where_data_may_not_be(
    more: dict[str, Any], *, is_sent: bool
) -> None:
    one = replace(saved("a"), answer="ann@x.org", **more)
    (turn,) = added_turns([one], count(1))["main"]
    sent = sent_messages([turn], (), Privacy(0, ()))
    assert ("ann@x.org" in str(sent.messages)) is is_sent
