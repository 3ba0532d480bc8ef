"""What the practice server answers by itself."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

FIRST_LINE = "Practice mode: no model is answering. `%groq_key` connects you."


def said(answer: Any) -> str:
    return answer.body["choices"][0]["message"]["content"]


def test_prose_begins_with_its_label_and_shows_the_request(ask: Any) -> None:
    messages = [
        {"role": "system", "content": "Be brief"},
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Two"},
        {"role": "user", "content": "What is\n`x`? " + "long " * 100},
    ]
    text = said(ask(messages=messages, temperature=0.5, stop=["END"]))
    assert text.startswith(FIRST_LINE + "\n\n")
    assert "1. **system** (≈ 6 tokens): `Be brief`\n2. **user**" in text
    assert re.search(r"4\. \*\*user\*\* \(≈ 1\d\d tokens\): ``What is `x`\? long long", text)
    assert "…``\n" in text
    assert "- `temperature`: `0.5`\n- `stop`: 1 text, to end before\n" in text
    assert "of 300,000 tokens a minute" in text


def test_an_ask_of_no_conversation_is_promised_none(ask: Any) -> None:
    # It can't be told from the first one of a conversation: what is said is true of both.
    told = ask("Hi").body["choices"][0]["message"]["content"]
    assert "In a conversation the second question is sent with the first one" in told


def test_the_same_request_is_answered_the_same(ask: Any) -> None:
    assert said(ask("Why?")) == said(ask("Why?"))


def test_a_sample_holds_every_construct(ask: Any) -> None:
    text = said(ask("Show me a sample of Markdown"))
    assert text.startswith(FIRST_LINE)
    parts = [
        "\n# ", "\n## ", "\n    - ", "\n   1. ", "- [x] ", "|-----:|:-------:|", "```python\n",
        "`inline code`", "> > ", "**bold**", "*italic*", "~~struck out~~", "](https://",
        "$e^{i", "\\(\\bar", "\n$$\n", "\n\\[\n", "$5 and the large one $10", "red,  \n",
        "blue,\\\n", "\n---\n",
    ]  # fmt: skip
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize(
    ("prompt", "shown"),
    [
        ("Write a function", "def running_mean"),
        ("Python code for a bar plot", "plt.subplots()"),
        ("pandas code, please", "pd.DataFrame("),
    ],
)
def test_code_is_answered_with_an_example_that_compiles(ask: Any, prompt: Any, shown: Any) -> None:
    text = said(ask(prompt))
    code = text.split("```python\n")[1].split("```")[0]
    assert shown in code
    compile(code, "example", "exec")


def test_no_code_without_asking(ask: Any) -> None:
    assert "```" not in said(ask("Hello"))


def test_the_answer_ends_before_a_stop(ask: Any) -> None:
    text = said(ask("Hello", stop=["What was", "no such text"]))
    assert text == FIRST_LINE + "\n\n### "
    assert said(ask("Hello", stop="tice mode")) == "Prac"


@pytest.mark.parametrize("stream", [True, False])
def test_the_answer_keeps_to_max_completion_tokens(practice: Any, ask: Any, stream: Any) -> None:
    practice.script([{"reply": "one two three four"}])
    answer = ask(max_completion_tokens=2, stream=stream)
    body = answer.chunks[-1] if stream else answer.body
    assert body["choices"][0]["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] == 2
    assert (answer.joined() if stream else said(answer)) == "one two"


def test_reasoning_uses_max_completion_tokens_up(ask: Any) -> None:
    message = ask(max_completion_tokens=5).body["choices"][0]["message"]
    assert message["content"] == ""
    assert message["reasoning"]


def test_json_mode_gives_an_object(ask: Any) -> None:
    answer = ask("Answer in JSON", response_format={"type": "json_object"}, stream=True)
    told = json.loads(answer.joined())
    assert told["practice"] is True
    assert told["question"] == "Answer in JSON"


def test_json_that_is_cut_off_fails(ask: Any) -> None:
    sent = {"response_format": {"type": "json_object"}, "include_reasoning": True}
    used_up = ask("In JSON", max_completion_tokens=3, **sent)
    assert (used_up.status, used_up.error["code"]) == (400, "json_validate_failed")
    assert used_up.error["failed_generation"] == ""
    cut = ask("In JSON", max_completion_tokens=30, **sent)
    assert cut.error["failed_generation"].startswith('{"practice"')


def test_a_schema_is_satisfied(ask: Any) -> None:
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "age": {"type": "integer"},
            "share": {"type": "number"},
            "mood": {"enum": ["good", "bad"]},
            "tags": {"type": "array", "items": {"type": "string"}},
            "nick": {"anyOf": [{"type": "null"}, {"type": "string"}]},
            "ok": {"type": ["boolean", "null"]},
            "tree": {"$ref": "#/$defs/node"},
        },
        "required": ["name"],
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    "value": {"const": 7},
                    "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                },
            }
        },
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "person", "schema": schema}}
    told = json.loads(said(ask(response_format=wanted)))
    tree = told.pop("tree")
    assert told == {
        "name": "practice name",
        "age": 1,
        "share": 1.0,
        "mood": "good",
        "tags": ["practice tags"],
        "nick": "practice nick",
        "ok": True,
    }
    assert tree["value"] == tree["next"]["value"] == 7


def tool(name: str, about: str, **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties}
    function = {"name": name, "description": about, "parameters": parameters}
    return {"type": "function", "function": function}


TOOLS = [
    tool("add", "Add two numbers", a={"type": "number"}, b={"type": "number"}),
    tool("get_weather", "Tell the weather of a city", city={"type": "string"}),
]
WEATHER = {"name": "get_weather", "arguments": {"city": "Oslo"}}


def test_a_tool_is_called_whole_in_one_chunk(practice: Any, ask: Any) -> None:
    practice.script([{"tool_calls": [WEATHER]}])
    answer = ask("What is the weather in Oslo?", tools=TOOLS, stream=True)
    called = [chunk for chunk in answer.chunks if "tool_calls" in str(chunk["choices"][0])]
    call = called[0]["choices"][0]["delta"]["tool_calls"][0]
    assert call["function"]["name"] == "get_weather"
    assert json.loads(call["function"]["arguments"]) == {"city": "Oslo"}
    assert (call["index"], call["type"], call["id"][:3]) == (0, "function", "fc_")
    assert answer.chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_no_tool_is_called_that_no_script_names(ask: Any) -> None:
    assert said(ask("weather", tools=TOOLS)).startswith(FIRST_LINE)


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
    assert text.startswith(FIRST_LINE)
    assert "called `get_weather`" in text
    assert "**tool** (≈ 5 tokens): `sunny`" in text
