from __future__ import annotations

import json
from typing import Any

import pytest


def said(answer: Any) -> str:
    return answer.body["choices"][0]["message"]["content"]


def test_a_reply_is_sent_as_it_is(practice: Any, ask: Any) -> None:
    practice.script([{"match": "capital of norway", "reply": "**Oslo**"}])
    assert said(ask("The capital of Norway?")) == "**Oslo**"
    assert said(ask("Something else")).startswith("Practice mode")


def test_the_first_that_fits_and_is_not_used_up_answers(practice: Any, ask: Any) -> None:
    practice.script([{"reply": "first", "times": 2}, {"reply": "then"}])
    assert [said(ask()) for _ in range(3)] == ["first", "first", "then"]


def test_pieces_are_the_exact_deltas(practice: Any, ask: Any) -> None:
    pieces = ["a", "", "**", "b\n", "**"]
    practice.script([{"pieces": pieces}])
    deltas = [chunk["choices"][0]["delta"] for chunk in ask(stream=True).chunks]
    assert [delta["content"] for delta in deltas[1:-1]] == pieces


def test_reasoning_finish_reason_and_tool_calls_can_be_scripted(practice: Any, ask: Any) -> None:
    call = {"name": "add", "arguments": {"a": 1}}
    practice.script(
        [
            {"match": "stop", "reply": "x", "reasoning": "I think", "finish_reason": "length"},
            {"match": "call", "tool_calls": [call]},
        ]
    )
    answer = ask("stop", stream=True)
    assert answer.joined("reasoning") == "I think"
    assert answer.chunks[-1]["choices"][0]["finish_reason"] == "length"
    choice = ask("call").body["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert json.loads(choice["message"]["tool_calls"][0]["function"]["arguments"]) == {"a": 1}


@pytest.mark.parametrize(
    "script",
    [{}, [3], [{"say": "x"}], [{}], [{"reply": "x", "match": "("}], [{"match": "x"}]],
)
def test_a_script_that_says_nothing_is_refused(practice: Any, script: Any) -> None:
    assert practice.control.post("/practice/script", json=script).status_code == 400
