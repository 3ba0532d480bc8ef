"""Requests that the API accepts, and requests that it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.practice import checks
from groq_magic.practice.refusals import Refusal

QWEN = "qwen/qwen3.8-27b"
PIXEL = "data:image/png;base64,iVBORw0KGgo="
TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


def schema_format(schema: dict[str, Any] = SCHEMA, name: str = "place") -> dict[str, Any]:
    return {
        "type": "json_schema",
        "json_schema": {"name": name, "schema": schema, "strict": True},
    }


def image(url: str = PIXEL) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


@pytest.mark.parametrize(
    "sent",
    [
        {"temperature": 0},
        {"temperature": 2, "top_p": 1, "frequency_penalty": -2, "presence_penalty": 2},
        {"stop": ["a", "b", "c", "d"]},
        {"n": 1, "seed": 7, "user": "u", "service_tier": "flex"},
        {"temperature": None, "logprobs": None, "response_format": None},
        {"reasoning_effort": "high", "include_reasoning": True},
        {"model": QWEN, "reasoning_effort": "none"},
        {"model": QWEN, "reasoning_format": "raw"},
        {"model": "openai/gpt-oss-120b", "tools": [TOOL], "tool_choice": "required"},
        {"tools": [{"type": "browser_search"}]},
        {"response_format": schema_format()},
        {"messages": [{"role": "assistant", "content": "A"}, {"role": "user", "content": "B"}]},
    ],
)
def test_a_valid_request_is_accepted(ask: Any, sent: Any) -> None:
    assert ask(**sent).status == 200


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"temperature": 2.1}, "'temperature' : number must be at most 2"),
        ({"temperature": -0.1}, "'temperature' : number must be at least 0"),
        ({"temperature": "hot"}, "'temperature' : value must be a number"),
        ({"top_p": 1.5}, "'top_p'"),
        ({"presence_penalty": 3}, "'presence_penalty'"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "'stop' : maximum number of items is 4"),
        ({"stop": 3}, "'stop' : value must be"),
        ({"n": 2}, "'n' : number must be at most 1"),
        ({"seed": 1.5}, "'seed'"),
        ({"stream": "yes"}, "'stream'"),
        ({"service_tier": "gold"}, "'service_tier'"),
        ({"logprobs": True}, "logprobs"),
        ({"top_logprobs": 2}, "top_logprobs"),
        ({"logit_bias": {"1": 1}}, "logit_bias"),
        ({"colour": "red"}, "property 'colour' is unsupported"),
        ({"max_completion_tokens": 0}, "'max_completion_tokens'"),
        ({"max_completion_tokens": 65_537}, "less than or equal to `65536`"),
        ({"model": None}, "property 'model' is missing"),
        ({"messages": []}, "minimum number of items is 1"),
        ({"messages": "hello"}, "'messages' : value must be an array"),
        ({"messages": [{"role": "user"}]}, "property 'content' is missing"),
        ({"messages": [{"role": "robot", "content": ""}]}, "'messages.0.role'"),
        ({"messages": [{"role": ["user"], "content": ""}]}, "'messages.0.role'"),
        (
            {"messages": [{"role": "user", "content": "", "name": "Al"}]},
            "property 'name' is unsupported",
        ),
        ({"messages": [{"role": "tool", "content": "1"}]}, "property 'tool_call_id' is missing"),
        ({"reasoning_effort": "none"}, "`reasoning_effort` must be one of `low`"),
        ({"reasoning_format": "parsed"}, "reasoning_format is not supported"),
        ({"model": QWEN, "reasoning_format": "loud"}, "`reasoning_format` must be one of"),
        (
            {"model": QWEN, "reasoning_format": "parsed", "include_reasoning": True},
            "cannot specify both",
        ),
        ({"model": QWEN, "reasoning_format": "raw", "tools": [TOOL]}, "`raw`"),
        (
            {
                "model": QWEN,
                "reasoning_format": "raw",
                "response_format": {"type": "json_object"},
                "messages": [{"role": "user", "content": "json"}],
            },
            "`raw`",
        ),
        ({"response_format": {"type": "json_object"}}, "must contain the word 'json'"),
        ({"response_format": {"type": "xml"}}, "'response_format.type'"),
        ({"response_format": "json"}, "'response_format.type'"),
        ({"response_format": schema_format(), "stream": True}, "streaming"),
        ({"response_format": schema_format(), "tools": [TOOL]}, "tool calling"),
        ({"response_format": schema_format(name="n" * 65)}, "json_schema.name"),
        ({"response_format": schema_format({"type": "object"})}, "additionalProperties:false"),
        (
            {"response_format": schema_format({**SCHEMA, "required": []})},
            "`required` is required",
        ),
        ({"model": QWEN, "response_format": schema_format()}, "does not support response format"),
        ({"tools": [TOOL] * 129}, "maximum number of items is 128"),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "function.name"),
        ({"model": QWEN, "tools": [{"type": "browser_search"}]}, "'tools.0.type'"),
        ({"tools": [TOOL], "tool_choice": "sometimes"}, "'tool_choice'"),
        (
            {
                "tools": [TOOL],
                "tool_choice": {"type": "function", "function": {"name": "other"}},
            },
            "'tool_choice'",
        ),
        ({"model": "whisper-large-v3"}, "does not support chat completions"),
    ],
)
def test_an_invalid_request_is_refused(ask: Any, sent: Any, said: Any) -> None:
    answer = ask(**sent)
    assert answer.status == 400
    assert said in answer.error["message"]
    assert answer.error["type"] == "invalid_request_error"


def test_only_the_vision_model_accepts_an_image(ask: Any) -> None:
    messages = [{"role": "user", "content": [{"type": "text", "text": "What?"}, image()]}]
    assert ask(model=QWEN, messages=messages).status == 200
    refused = ask(messages=messages)
    assert refused.status == 400
    assert refused.error["message"] == "messages[0].content must be a string"


def test_three_images_are_the_most(ask: Any) -> None:
    def seen(count: int) -> Any:
        messages = [{"role": "user", "content": [image()] * count}]
        return ask(model=QWEN, messages=messages)

    assert seen(3).status == 200
    assert "up to 3 images" in seen(4).error["message"]


@pytest.mark.parametrize("url", ["data:image/png;base64,@@@", "data:text/plain,hi", "file:///x"])
def test_an_invalid_image_is_refused(ask: Any, url: Any) -> None:
    messages = [{"role": "user", "content": [image(url)]}]
    assert ask(model=QWEN, messages=messages).status == 400


@pytest.mark.parametrize(
    "model", ["llama-3.3-70b-versatile", "mixtral-8x7b-32768", "groq/compound", "qwen/qwen3-32b"]
)
def test_retired_models_are_decommissioned(ask: Any, model: Any) -> None:
    answer = ask(model=model)
    assert answer.status == 400
    assert answer.error["code"] == "model_decommissioned"
    assert answer.error["message"].startswith(f"The model `{model}` has been decommissioned")


def test_unknown_models_are_not_found(ask: Any) -> None:
    answer = ask(model="no/such")
    assert answer.status == 404
    assert answer.body == {
        "error": {
            "message": "The model `no/such` does not exist or you do not have access to it.",
            "type": "invalid_request_error",
            "code": "model_not_found",
        }
    }


def test_a_missing_key_is_invalid(ask: Any) -> None:
    answer = ask(key=None)
    assert answer.status == 401
    assert answer.body == {
        "error": {
            "message": "Invalid API Key",
            "type": "invalid_request_error",
            "code": "invalid_api_key",
        }
    }


@pytest.mark.parametrize("header", ["Bearer", "Basic abc", "abc"])
def test_an_unknown_key_is_invalid(practice: Any, header: Any) -> None:
    answer = practice.control.get("/openai/v1/models", headers={"Authorization": header})
    assert answer.status_code == 401


def test_keys_can_be_limited(practice_factory: Any, ask: Any) -> None:
    server = practice_factory(keys="good,better")
    assert [ask(server=server, key=key).status for key in ("good", "better", "bad")] == [
        200,
        200,
        401,
    ]


def test_a_prompt_beyond_the_window_is_too_long(ask: Any) -> None:
    answer = ask("word " * 131_100)
    assert answer.status == 400
    assert answer.error["message"] == "Please reduce the length of the messages or completion."


def test_other_hosts_are_refused(practice: Any) -> None:
    headers = {"Host": "evil.example", "Authorization": "Bearer any"}
    assert practice.control.get("/openai/v1/models", headers=headers).status_code == 403


ASKED = {"role": "user", "content": "How much?"}
CALL = {"id": "1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
CALLED = {"role": "assistant", "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "1", "content": "2"}
OTHER = {**CALL, "id": "2"}


def test_calls_with_their_results_are_accepted(ask: Any) -> None:
    two = [{"role": "assistant", "content": "", "tool_calls": [CALL, OTHER]}]
    results = [{**RESULT, "tool_call_id": "2"}, RESULT]
    answer = ask(tools=[TOOL], messages=[ASKED, CALLED, RESULT, *two, *results, ASKED])
    assert answer.status == 200


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([ASKED, CALLED], "these tool_call_ids have no tool message: 1"),
        ([ASKED, CALLED, ASKED], "these tool_call_ids have no tool message: 1"),
        ([ASKED, RESULT], "'messages.1.tool_call_id'"),
        ([ASKED, CALLED, RESULT, RESULT], "'messages.3.tool_call_id'"),
        ([ASKED, CALLED, {**RESULT, "content": ["2"]}], "content"),
        ([ASKED, CALLED, {"role": "tool", "tool_call_id": "1"}], "'content' is missing"),
        ([ASKED, {"role": "assistant"}], "'content' is missing"),
        ([ASKED, {"role": "assistant", "tool_calls": []}], "minimum number of items is 1"),
        ([ASKED, {**CALLED, "tool_calls": [CALL, CALL]}], "ids must differ"),
        ([ASKED, {**CALLED, "tool_calls": [{**CALL, "type": "f"}]}], "value must be function"),
        ([ASKED, {**CALLED, "tool_calls": [{**CALL, "id": None}]}], ".id"),
        ([ASKED, {**CALLED, "tool_calls": [{**CALL, "function": {"name": "f"}}]}], ".function"),
        (
            [
                ASKED,
                {**CALLED, "tool_calls": [{**CALL, "function": {"name": "f", "arguments": {}}}]},
            ],
            ".function",
        ),
        ([ASKED, {**CALLED, "tool_calls": [{**CALL, "index": 0}]}], "unsupported"),
    ],
)
def test_calls_and_results_that_do_not_fit_are_refused(ask: Any, messages: Any, said: str) -> None:
    answer = ask(tools=[TOOL], messages=messages)
    assert answer.status == 400
    assert said in answer.error["message"]


def test_the_shipped_server_refuses_wrong_tools_too() -> None:
    tools = [{"type": "function", "function": {"name": "f"}}, {"type": "code_interpreter"}]
    sent = {"messages": [{"role": "user", "content": "Hi"}], "tools": tools}
    assert checks.check({**sent, "model": "openai/gpt-oss-20b"}).parameters["tools"] == tools
    for wrong in (tools, "f", [{}], ["f"]):
        with pytest.raises(Refusal, match="'tools"):
            checks.check({**sent, "model": QWEN, "tools": wrong})
