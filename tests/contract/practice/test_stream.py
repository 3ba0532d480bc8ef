from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import groq

USAGE = {
    "queue_time",
    "prompt_tokens",
    "prompt_time",
    "completion_tokens",
    "completion_time",
    "total_tokens",
    "total_time",
    "completion_tokens_details",
}


def test_the_first_chunk_is_as_recorded(ask: Any) -> None:
    answer = ask(stream=True, seed=110123312)
    first = answer.chunks[0]
    assert answer.headers["content-type"] == "text/event-stream"
    assert list(first) == [
        "id",
        "object",
        "created",
        "model",
        "system_fingerprint",
        "choices",
        "x_groq",
    ]
    assert re.fullmatch(r"chatcmpl-\w{8}-\w{4}-\w{4}-\w{4}-\w{12}", first["id"])
    assert re.fullmatch(r"fp_\w{10}", first["system_fingerprint"])
    assert first["object"] == "chat.completion.chunk"
    assert first["choices"] == [
        {
            "index": 0,
            "delta": {"role": "assistant", "content": ""},
            "logprobs": None,
            "finish_reason": None,
        }
    ]
    assert re.fullmatch(r"req_01\w{24}", first["x_groq"]["id"])
    assert first["x_groq"]["seed"] == 110123312


@pytest.mark.usefixtures("reasoned")
def test_reasoning_comes_first_and_names_its_channel(ask: Any) -> None:
    deltas = [chunk["choices"][0]["delta"] for chunk in ask(stream=True).chunks[1:-1]]
    kinds = ["reasoning" if "reasoning" in delta else "content" for delta in deltas]
    assert kinds == sorted(kinds, reverse=True)
    assert deltas[0]["channel"] == "analysis"
    assert set(deltas[-1]) == {"content"}


@pytest.mark.usefixtures("reasoned")
def test_the_last_chunk_has_the_usage_twice_and_done_follows(ask: Any) -> None:
    answer = ask(stream=True)
    last = answer.chunks[-1]
    assert answer.data.endswith(b"\n\ndata: [DONE]\n\n")
    assert last["choices"][0] == {
        "index": 0,
        "delta": {},
        "logprobs": None,
        "finish_reason": "stop",
    }
    assert set(last["usage"]) == USAGE
    assert last["x_groq"]["usage"] == last["usage"]
    usage = last["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["completion_tokens"] == len(answer.chunks) - 2


@pytest.mark.usefixtures("reasoned")
def test_streamed_and_plain_answers_say_the_same(ask: Any) -> None:
    streamed, plain = ask("Hello ≈ you", stream=True), ask("Hello ≈ you")
    message = plain.body["choices"][0]["message"]
    assert streamed.joined() == message["content"]
    assert streamed.joined("reasoning") == message["reasoning"]


def test_frames_are_separated_by_blank_lines_and_hold_plain_utf8(practice: Any, ask: Any) -> None:
    practice.script([{"reply": "naïve 🎉"}])
    data = ask(stream=True).data
    assert '"content":" 🎉"'.encode() in data
    assert all(frame.startswith(b"data: ") for frame in data.removesuffix(b"\n\n").split(b"\n\n"))


def test_usage_comes_apart_when_asked_for(ask: Any) -> None:
    answer = ask(stream=True, stream_options={"include_usage": True})
    assert answer.chunks[-1]["choices"] == []
    assert answer.chunks[-1]["usage"] == answer.chunks[-2]["usage"]


@pytest.mark.usefixtures("reasoned")
def test_qwen_reasons_in_its_content_unless_parsed(ask: Any) -> None:
    raw = ask(model="qwen/qwen3.8-27b", stream=True)
    parsed = ask(model="qwen/qwen3.8-27b", stream=True, reasoning_format="parsed")
    assert raw.joined().startswith("<think>\n")
    assert "\n</think>\n\nHello to you" in raw.joined()
    assert raw.joined("reasoning") == ""
    assert parsed.joined().startswith("Hello to you")
    assert "channel" not in parsed.chunks[1]["choices"][0]["delta"]
    assert parsed.joined("reasoning")


@pytest.mark.usefixtures("reasoned")
def test_reasoning_can_be_hidden_and_still_costs(ask: Any) -> None:
    shown, hidden = ask(stream=True), ask(stream=True, include_reasoning=False)
    assert hidden.joined("reasoning") == ""
    spent = [answer.chunks[-1]["usage"]["completion_tokens_details"] for answer in (shown, hidden)]
    assert spent[0] == spent[1]


@pytest.mark.usefixtures("reasoned")
def test_no_effort_means_no_reasoning(ask: Any) -> None:
    answer = ask(model="qwen/qwen3.8-27b", stream=True, reasoning_effort="none")
    assert answer.joined().startswith("Hello to you")
    assert "completion_tokens_details" not in answer.chunks[-1]["usage"]


def test_the_sdk_reads_a_stream(client: groq.Groq) -> None:
    with client.chat.completions.create(
        model="openai/gpt-oss-20b",
        messages=[{"role": "user", "content": "Hello"}],
        stream=True,
    ) as stream:
        chunks = list(stream)
    assert chunks[0].x_groq.id.startswith("req_")
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].x_groq.usage.total_tokens == chunks[-1].usage.total_tokens


def test_a_resent_conversation_is_a_cache_hit(ask: Any) -> None:
    long = "word " * 300
    first = ask(long, stream=True).chunks[-1]["usage"]
    again = ask(long, stream=True).chunks[-1]["usage"]
    assert "prompt_tokens_details" not in first
    assert again["prompt_tokens_details"]["cached_tokens"] >= 256


def test_lone_surrogates_do_not_break_the_stream(practice: Any, ask: Any) -> None:
    practice.script([{"pieces": ["a", "\ud83c"]}])
    assert ask(stream=True).joined() == "a?"


def test_invalid_json_bodies_are_refused(practice: Any) -> None:
    answer = practice.control.post(
        "/openai/v1/chat/completions",
        content=b'{"model":',
        headers={"Authorization": "Bearer any"},
    )
    assert answer.status_code == 400
    assert json.loads(answer.content)["error"]["type"] == "invalid_request_error"
