from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from groq_magic.practice.script import Script, shipped_entries

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"


def said(answer: Any) -> str:
    return answer.body["choices"][0]["message"]["content"]


def test_a_reply_is_sent_as_it_is(practice: Any, ask: Any) -> None:
    practice.script([{"match": "capital of norway", "reply": "**Oslo**"}])
    assert said(ask("The capital of Norway?")) == "**Oslo**"
    assert said(ask("Something else")).startswith("Practice mode")


def test_the_first_fitting_reply_with_uses_left_answers(practice: Any, ask: Any) -> None:
    practice.script([{"reply": "first", "times": 2}, {"reply": "then"}])
    assert [said(ask()) for _ in range(3)] == ["first", "first", "then"]


def test_pieces_are_the_exact_deltas(practice: Any, ask: Any) -> None:
    pieces = ["a", "", "**", "b\n", "**"]
    practice.script([{"pieces": pieces}])
    deltas = [chunk["choices"][0]["delta"] for chunk in ask(stream=True).chunks]
    assert [delta["content"] for delta in deltas[1:-1]] == pieces


def test_a_reply_may_be_for_one_round_of_calls(practice: Any, ask: Any) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "add", "arguments": "{}"}}
    called = [
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": "3"},
    ]
    practice.script([{"tool_calls": [{"name": "add"}], "round": 0}, {"reply": "3", "round": 1}])
    question = {"role": "user", "content": "Sum?"}
    first = ask(messages=[question]).body["choices"][0]
    assert first["finish_reason"] == "tool_calls"
    assert said(ask(messages=[question, *called])) == "3"
    # The rounds of an earlier prompt don't count.
    again = ask(messages=[question, *called, {"role": "assistant", "content": "3"}, question])
    assert again.body["choices"][0]["finish_reason"] == "tool_calls"


def test_tools_of_the_service_can_be_scripted(practice: Any, ask: Any) -> None:
    executed = [{"index": 0, "type": "browser_search", "arguments": "{}"}]
    practice.script([{"reply": "x", "executed_tools": executed}])
    assert ask().body["choices"][0]["message"]["executed_tools"] == executed
    chunks = [chunk["choices"][0]["delta"] for chunk in ask(stream=True).chunks]
    assert [each["executed_tools"] for each in chunks if "executed_tools" in each] == [executed]


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


SENT = {
    "as typed": "How do I clean `df`?",
    "with its value below": "How do I clean `df`?\n\nValues:\n\n`df`: DataFrame\n```\n1 2\n```",
    "with its value in place": "How do I clean DataFrame: 3 rows\n1 2\n?",
    "in other lines": "  How do I\n clean `df`?\n",
}


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT.keys())
def test_a_prompt_is_matched_as_it_is_typed(practice: Any, ask: Any, sent: str) -> None:
    practice.script([{"prompt": "How do I clean {{df}}?", "reply": ["So:", "", "`df`"]}])
    assert said(ask(sent)) == "So:\n\n`df`"


@pytest.mark.parametrize(
    "sent",
    [
        "How do I clean `df`? In French, please.",
        "Well, how do I clean `df`?",
        "How do I clean?",
        "How do I clean `df`?\n\nAnd `other`?",
    ],
)
def test_a_changed_prompt_does_not_fit(practice: Any, ask: Any, sent: str) -> None:
    practice.script([{"prompt": "How do I clean {{df}}?", "reply": "So"}])
    assert said(ask(sent)).startswith("Practice mode")


def test_code_is_matched_whole(practice: Any, ask: Any) -> None:
    practice.script([{"match": "^Fix", "code": ["x = (1)", "y"], "reply": "So"}])
    assert said(ask("Fix:\n```python\nx = (1)\ny\n```\nIt failed.")) == "So"
    for sent in ("Fix:\n```\nx = (1)\ny\nz\n```", "Explain:\n```\nx = (1)\ny\n```"):
        assert said(ask(sent)).startswith("Practice mode")


def test_busy_refuses_a_request_as_a_used_up_minute_does(practice: Any, ask: Any) -> None:
    practice.script([{"prompt": "Wait", "busy": 4, "times": 1}, {"prompt": "Wait", "reply": "So"}])
    refused = ask("Wait")
    assert refused.status == 429
    assert refused.headers["retry-after"] == "4"
    assert refused.headers["x-ratelimit-remaining-tokens"] == "0"
    assert re.search(r"Limit 300000, Used 3\d{5}, Requested \d+\.", refused.error["message"])


def test_busy_does_nothing_without_a_limit(practice_factory: Any, ask: Any) -> None:
    server = practice_factory(tokens_per_minute=0)
    server.script([{"prompt": "Wait", "busy": 4, "times": 1}, {"prompt": "Wait", "reply": "So"}])
    assert said(ask("Wait", server=server)) == "So"


def test_the_shipped_scripts_answer_the_prompts_of_the_shipped_notebooks() -> None:
    script = Script(shipped_entries())
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            line, _, prompt = "".join(cell["source"]).partition("\n")
            if line.startswith("%%groq ") or line == "%%groq":
                assert script.take(prompt) is not None, prompt


def test_the_shipped_scripts_answer_the_prompts_that_the_notebooks_propose_to_try() -> None:
    script = Script(shipped_entries())
    first = "What is a p-value? {}, for someone who has never had statistics."
    quiz = "A quiz question on the {} idea."
    answers = [script.take(first.format(length)) for length in ("Two sentences", "One sentence")]
    answers += [script.take(quiz.format(idea)) for idea in ("first", "second", "third")]
    # Each is another one: an answer that stays the same doesn't mark those below it.
    assert len({answer.reply for answer in answers if answer}) == 5


@pytest.mark.parametrize(
    "script",
    [
        {},
        [3],
        [{"say": "x"}],
        [{}],
        [{"reply": "x", "prompt": 3}],
        [{"reply": "x", "match": "("}],
        [{"match": "x"}],
    ],
)
def test_an_invalid_script_is_refused(practice: Any, script: Any) -> None:
    assert practice.control.post("/practice/script", json=script).status_code == 400
