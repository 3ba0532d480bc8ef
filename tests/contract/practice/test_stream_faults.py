"""The stream faults that `tests.practice` documents, as the SDK meets them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import groq
import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL = "openai/gpt-oss-20b"
MESSAGES = [{"role": "user", "content": "Hello"}]
PIECES = ["one", " two", " three", " four", " five"]


@pytest.fixture
def streamed(practice: Any, client: groq.Groq) -> Callable[..., Any]:
    """Stream a scripted answer with a fault; return text, chunks and the exception."""

    def run(fault: str, **more: Any) -> tuple[str, list[Any], Exception | None]:
        practice.script([{"pieces": PIECES}])
        practice.faults(fault)
        chunks, caught = [], None
        try:
            with client.with_options(timeout=more.pop("timeout", 10)).chat.completions.create(
                model=MODEL, messages=MESSAGES, stream=True
            ) as stream:
                for chunk in stream:
                    chunks.append(chunk)  # noqa: PERF402 - keeps the chunks before an error
        except Exception as error:  # noqa: BLE001 - the tests check which one it is
            caught = error
        text = "".join(
            choice.delta.content or "" for chunk in chunks for choice in chunk.choices or []
        )
        return text, chunks, caught

    return run


def finish_reasons(chunks: list[Any]) -> list[str]:
    return [
        choice.finish_reason
        for chunk in chunks
        for choice in chunk.choices or []
        if choice.finish_reason
    ]


def test_ok_is_no_fault(streamed: Any) -> None:
    text, chunks, caught = streamed("ok")
    assert (text, caught) == ("one two three four five", None)
    assert finish_reasons(chunks) == ["stop"]


@pytest.mark.parametrize("fault", ["drop-before-headers", "reset-before-headers"])
def test_a_connection_lost_before_headers(streamed: Any, fault: Any) -> None:
    _, chunks, caught = streamed(fault)
    assert isinstance(caught, groq.APIConnectionError)
    assert chunks == []


def test_a_stall_before_headers_times_out(streamed: Any) -> None:
    _, chunks, caught = streamed("stall-before-headers", timeout=0.2)
    assert isinstance(caught, groq.APITimeoutError)
    assert chunks == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("drop:after=3", httpx.RemoteProtocolError),
        ("reset:after=3", httpx.ReadError),
        ("malformed-json:after=3", json.JSONDecodeError),
        ("bad-utf8:after=3", UnicodeDecodeError),
        ("event-error:after=3", groq.APIError),
        ("data-error:after=3", groq.APIError),
    ],
)
def test_a_break_keeps_the_text_before_it(streamed: Any, fault: Any, error: Any) -> None:
    text, _, caught = streamed(fault)
    assert type(caught) is error
    assert text == "one two three"


def test_a_stall_mid_stream_times_out(streamed: Any) -> None:
    text, _, caught = streamed("stall:after=2", timeout=0.3)
    assert type(caught) is httpx.ReadTimeout
    assert text == "one two"


def test_an_error_event_has_the_inner_dict_as_its_body(streamed: Any) -> None:
    _, _, caught = streamed("event-error:message=No such tool: x:code=tool_use_failed")
    assert caught.body["message"] == "No such tool: x"
    assert caught.body["status_code"] == 400
    assert not hasattr(caught, "status_code")


def test_an_error_event_without_the_key_is_a_chunk_without_choices(streamed: Any) -> None:
    text, chunks, caught = streamed("event-error-bare:after=2")
    assert (text, caught) == ("one two", None)
    assert chunks[-1].choices is None
    assert chunks[-1].event == "error"
    assert finish_reasons(chunks) == []


def test_pings_are_chunks_without_choices(streamed: Any) -> None:
    text, chunks, caught = streamed("ping:every=2")
    assert (text, caught) == ("one two three four five", None)
    assert [chunk.event for chunk in chunks if chunk.choices is None] == ["ping"] * 3


def test_an_error_in_x_groq_raises_nothing(streamed: Any) -> None:
    text, chunks, caught = streamed("x-groq-error:after=2:message=over capacity")
    assert (text, caught) == ("one two", None)
    assert chunks[-1].x_groq.error == "over capacity"


@pytest.mark.parametrize("fault", ["no-finish-reason", "eof:after=9", "no-blank-line"])
def test_a_truncated_stream_raises_nothing(streamed: Any, fault: Any) -> None:
    text, chunks, caught = streamed(fault)
    assert (text, caught) == ("one two three four five", None)
    assert finish_reasons(chunks) == []


def test_a_stream_without_done_is_whole(streamed: Any) -> None:
    _, chunks, caught = streamed("no-done")
    assert caught is None
    assert finish_reasons(chunks) == ["stop"]


@pytest.mark.parametrize("fault", ["comments", "crlf", "bytes", "pause:after=2:seconds=0.05"])
def test_unusual_but_valid_streams_are_read_whole(
    practice: Any, client: groq.Groq, fault: Any
) -> None:
    practice.script([{"pieces": ["naïve", " 🎉", " ≈"]}])
    practice.faults(fault)
    stream = client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "naïve 🎉 ≈"


def test_a_line_separator_breaks_no_line(streamed: Any) -> None:
    text, _, caught = streamed("u2028")
    assert caught is None
    assert text.startswith("\u2028one\u2028 two")


def test_usage_may_come_in_a_chunk_without_choices(streamed: Any) -> None:
    _, chunks, caught = streamed("usage-apart")
    assert caught is None
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens > 0


def test_older_streams_have_usage_in_x_groq_alone(streamed: Any) -> None:
    _, chunks, _ = streamed("old-usage")
    assert chunks[-1].usage is None
    assert chunks[-1].x_groq.usage.completion_tokens > 0


def test_the_server_may_idle_after_done(practice: Any, ask: Any) -> None:
    practice.faults("idle:seconds=0.05")
    assert ask(stream=True).events[-1] == "[DONE]"


def test_a_delay_and_a_whole_answer(streamed: Any) -> None:
    text, _, caught = streamed("delay:seconds=0.05")
    assert (text, caught) == ("one two three four five", None)


@pytest.mark.parametrize("size", [0, 1, 300, 1000])
def test_a_body_can_be_cut_at_any_byte(practice: Any, size: Any) -> None:
    practice.faults(f"cut:bytes={size}")
    got = bytearray()

    def read() -> None:
        request = {"model": MODEL, "messages": MESSAGES, "stream": True}
        key = {"Authorization": "Bearer any"}
        path = "/openai/v1/chat/completions"
        with practice.control.stream("POST", path, json=request, headers=key) as answer:
            assert answer.status_code == 200
            for data in answer.iter_raw():
                got.extend(data)

    with pytest.raises(httpx.RemoteProtocolError):
        read()
    assert len(got) == size


@pytest.mark.parametrize("fault", ["drop", "cut:bytes=50", "reset", "eof"])
def test_plain_answers_break_too(practice: Any, client: groq.Groq, fault: Any) -> None:
    practice.faults(fault)
    with pytest.raises(groq.APIConnectionError):
        client.chat.completions.create(model=MODEL, messages=MESSAGES)


def test_a_login_page_comes_as_text(practice: Any, client: groq.Groq) -> None:
    practice.faults("html-200")
    answer = client.chat.completions.create(model=MODEL, messages=MESSAGES)
    assert isinstance(answer, str)


def test_wrong_json_comes_as_an_object_full_of_none(practice: Any, client: groq.Groq) -> None:
    practice.faults("wrong-json")
    answer = client.chat.completions.create(model=MODEL, messages=MESSAGES)
    assert answer.choices is None


def test_tool_calls_may_come_in_fragments(practice: Any, client: groq.Groq) -> None:
    call = {"name": "add", "arguments": {"a": 1, "b": 2}}
    practice.script([{"tool_calls": [call]}])
    practice.faults("tool-fragments")
    stream = client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
    calls = [call for chunk in stream for call in chunk.choices[0].delta.tool_calls or []]
    assert len(calls) > 3
    joined = "".join(call.function.arguments for call in calls)
    assert json.loads(joined) == {"a": 1, "b": 2}


def test_each_fault_applies_to_one_request(practice: Any, ask: Any) -> None:
    practice.faults("503", "ok", "500")
    assert [ask().status for _ in range(4)] == [503, 200, 500, 200]


def test_a_fault_can_be_given_several_times(practice: Any, ask: Any) -> None:
    practice.faults("503:times=2")
    assert [ask().status for _ in range(3)] == [503, 503, 200]


@pytest.mark.parametrize(
    "fault", ["nonsense", "503:colour=red", "drop:times=x", "drop:after=x", "429:kind=week"]
)
def test_an_unknown_fault_is_refused(practice: Any, fault: Any) -> None:
    answer = practice.control.post("/practice/faults", json={"faults": ["503", fault]})
    assert answer.status_code == 400
