from __future__ import annotations

import json
from typing import Any

import pytest

from groq_magic.conversation import TurnKey


def test_a_turn_is_a_user_and_an_assistant_message(notebook: Any) -> None:
    [turn] = notebook.run("a", "an answer")
    assert turn.messages == (
        {"role": "user", "content": "asks for an answer"},
        {"role": "assistant", "content": "an answer"},
    )


def test_prompt_and_answer_are_the_texts_at_the_ends_of_its_messages(notebook: Any) -> None:
    pending = notebook.conversations.begin("a", 1, conversation="main")
    image = {"type": "image_url", "image_url": {"url": "data:"}}
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = (
        {"role": "user", "content": [{"type": "text", "text": "What is this?"}, image]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": "found"},
        {"role": "assistant", "content": "A plot."},
    )
    turn = notebook.conversations.add(pending, messages, model="m", finish_reason="stop")
    assert turn.messages == messages
    assert (turn.prompt, turn.answer) == ("What is this?", "A plot.")
    # A call counts as tokens too.
    assert turn.texts == ("What is this?", json.dumps([call]), "found", "A plot.")


@pytest.mark.parametrize(
    ("finish_reason", "partial"),
    [
        ("stop", False),
        ("length", False),
        ("tool_calls", False),
        (None, False),
        ("interrupted", True),
        ("truncated", True),
        ("error", True),
    ],
)
def test_an_incomplete_answer_is_partial_and_still_sent_onward(
    notebook: Any, *, finish_reason: str | None, partial: bool
) -> None:
    pending = notebook.conversations.begin("a", 1, conversation="main")
    turn = notebook.settle(pending, "half an", finish_reason=finish_reason)
    assert turn.partial == partial
    after = notebook.conversations.begin("b", 2, conversation="main")
    assert after.before == (turn,)


def test_keys_are_values() -> None:
    assert len({TurnKey("a", 1), TurnKey("a", 1), TurnKey("a", 2), TurnKey(None, 1)}) == 3
