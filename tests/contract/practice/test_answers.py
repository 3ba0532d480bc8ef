"""The practice server's own answers."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import pytest

from groq_magic.rendering import fenced_code, to_html

FIRST_WORDS = "Practice mode: no model is here"


def said(answer: Any) -> str:
    return answer.body["choices"][0]["message"]["content"]


def test_without_a_script_two_sentences_say_how_to_connect(ask: Any) -> None:
    sentences = said(ask("Hello")).partition("\n\n<details>")[0]
    assert sentences.startswith(FIRST_WORDS)
    assert "`%groq_key`" in sentences
    assert "https://console.groq.com/keys" in sentences
    assert len(re.findall(r"\.(?: |$)", sentences)) == 2


def test_a_closed_fold_shows_what_was_sent(ask: Any) -> None:
    messages = [
        {"role": "system", "content": "Be brief"},
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Two\n" + "long " * 100},
        {"role": "user", "content": "What is\n`x`? " + "long " * 500},
    ]
    text = said(ask(messages=messages, temperature=0.5, stop=["END"]))
    assert "<details>\n<summary>What was sent: 4 messages, " in text
    assert "    system:\n        Be brief\n\n    user:\n        One\n" in text
    assert re.search(r"\n        Two long .* … \(\d+ more characters\)\n", text)
    assert "    user:\n        What is\n        `x`? long long" in text
    assert "    temperature: 0.5\n" in text
    assert "END" not in text
    assert text.endswith("\n</details>\n")


def test_tools_that_were_offered_and_not_called_are_named(ask: Any) -> None:
    text = said(ask("Hello", tools=[*TOOLS[:1], {"type": "browser_search"}]))
    sentences, _, fold = text.partition("\n\n<details>")
    assert " No tool was called. Run `%groq_key`" in sentences
    assert '    tool: {"type": "function", "function": {"name": "add", ' in fold
    assert '    tool: {"type": "browser_search"}\n' in fold
    hostile = tool("add", "</details>\n\n<b>out</b>")
    assert "<b>" not in to_html(said(ask("Hello", tools=[hostile])))
    called = [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": "3"},
    ]
    assert "No tool was called" not in said(ask(messages=called, tools=TOOLS))


def test_a_hostile_prompt_stays_inside_the_fold(ask: Any) -> None:
    hostile = (
        "</details>\n\n<b>out</b>\n\n```python\nrun()\n```\n\n# Heading\r# Another\u2028# Third"
    )
    text = said(ask(hostile))
    html = to_html(text)
    assert "<b>" not in html
    assert "<h1" not in html
    assert html.rstrip().endswith("</details>")
    # No code of it becomes a cell.
    assert fenced_code(text) == ()


def test_unscripted_answers_do_not_grow_with_the_conversation(ask: Any) -> None:
    messages: list[dict[str, str]] = []
    sizes = []
    for number in range(12):
        messages.append({"role": "user", "content": f"Question {number}"})
        messages.append({"role": "assistant", "content": said(ask(messages=messages))})
        sizes.append(len(messages[-1]["content"]))
    steps = [after - before for before, after in itertools.pairwise(sizes)]
    assert max(steps) < 350


def test_a_fix_without_a_script_changes_nothing(ask: Any) -> None:
    cell = "This cell failed.\n\nCell 3:\n```python\n1/0\n```"
    messages = [
        {"role": "system", "content": "You mend cells of a Jupyter notebook."},
        {"role": "user", "content": cell},
    ]
    text = said(ask(messages=messages))
    assert text.startswith(f"{FIRST_WORDS} to fix this cell, so it stays as it is.")
    assert fenced_code(text) == ()


def test_the_same_request_is_answered_the_same(ask: Any) -> None:
    assert said(ask("Why?")) == said(ask("Why?"))


def test_the_answer_ends_before_a_stop(ask: Any) -> None:
    text = said(ask("Hello", stop=[" is here", "no such text"]))
    assert text == "Practice mode: no model"
    assert said(ask("Hello", stop="tice mode")) == "Prac"


@pytest.mark.parametrize("stream", [True, False])
def test_the_answer_keeps_to_max_completion_tokens(practice: Any, ask: Any, stream: Any) -> None:
    practice.script([{"reply": "one two three four"}])
    answer = ask(max_completion_tokens=2, stream=stream)
    body = answer.chunks[-1] if stream else answer.body
    assert body["choices"][0]["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] == 2
    assert (answer.joined() if stream else said(answer)) == "one two"


@pytest.mark.usefixtures("reasoned")
def test_reasoning_uses_max_completion_tokens_up(ask: Any) -> None:
    message = ask(max_completion_tokens=5).body["choices"][0]["message"]
    assert message["content"] == ""
    assert message["reasoning"]


def test_json_mode_gives_an_object(ask: Any) -> None:
    answer = ask("Answer in JSON", response_format={"type": "json_object"}, stream=True)
    reported = json.loads(answer.joined())
    assert reported["practice"] is True
    assert reported["note"].startswith(FIRST_WORDS)


def test_json_that_is_cut_off_is_refused(practice: Any, ask: Any) -> None:
    practice.script([{"reply": '{"practice": true, "more": 1}', "reasoning": "Four words of it."}])
    sent = {"response_format": {"type": "json_object"}, "include_reasoning": True}
    used_up = ask("In JSON", max_completion_tokens=3, **sent)
    assert (used_up.status, used_up.error["code"]) == (400, "json_validate_failed")
    assert used_up.error["failed_generation"] == ""
    cut = ask("In JSON", max_completion_tokens=9, **sent)
    assert cut.error["failed_generation"].startswith('{"practice"')


def test_a_schema_gets_no_invented_values(ask: Any) -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    wanted = {"type": "json_schema", "json_schema": {"name": "person", "schema": schema}}
    assert json.loads(said(ask(response_format=wanted))).keys() == {"practice", "note"}


def tool(name: str, about: str, **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties}
    function = {"name": name, "description": about, "parameters": parameters}
    return {"type": "function", "function": function}


TOOLS = [
    tool("add", "Add two numbers", a={"type": "number"}, b={"type": "number"}),
    tool("get_weather", "Tell the weather of a city", city={"type": "string"}),
]
CALL = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{}"}}
WEATHER = {"name": "get_weather", "arguments": {"city": "Oslo"}}


def test_a_tool_call_is_one_chunk(practice: Any, ask: Any) -> None:
    practice.script([{"tool_calls": [WEATHER]}])
    answer = ask("What is the weather in Oslo?", tools=TOOLS, stream=True)
    called = [chunk for chunk in answer.chunks if "tool_calls" in str(chunk["choices"][0])]
    call = called[0]["choices"][0]["delta"]["tool_calls"][0]
    assert call["function"]["name"] == "get_weather"
    assert json.loads(call["function"]["arguments"]) == {"city": "Oslo"}
    assert (call["index"], call["type"], call["id"][:3]) == (0, "function", "fc_")
    assert answer.chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_only_a_script_calls_tools(ask: Any) -> None:
    assert said(ask("weather", tools=TOOLS)).startswith(FIRST_WORDS)


def test_a_tools_result_is_answered_in_prose(practice: Any, ask: Any) -> None:
    practice.script([{"tool_calls": [WEATHER], "times": 1}])
    asked = {"role": "user", "content": "weather"}
    called = ask("weather", tools=TOOLS).body["choices"][0]["message"]
    assert "content" not in called
    result = {
        "role": "tool",
        "tool_call_id": called["tool_calls"][0]["id"],
        "content": "sunny",
    }
    text = said(ask(messages=[asked, called, result], tools=TOOLS))
    assert text.startswith(FIRST_WORDS)
    assert "    tool:\n        sunny\n" in text
