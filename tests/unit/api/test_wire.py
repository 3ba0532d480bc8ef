"""What comes over the wire, read without trust: events, chunks, durations, waits."""

from __future__ import annotations

import json
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.api.deltas import ThinkSplitter, chunk_of
from groq_magic.api.durations import requested_wait, seconds_of
from groq_magic.api.limits import hit_in, limits_in
from groq_magic.api.send import backoff
from groq_magic.api.sse import Event, EventReader
from groq_magic.durations import in_words


def events(*pieces: bytes) -> list[Event]:
    reader = EventReader()
    found = [event for piece in pieces for event in reader.feed(piece)]
    return [*found, *reader.finish()]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"data: a\n\n", [Event("", "a")]),
        (b"data:a\n\ndata: b\n\n", [Event("", "a"), Event("", "b")]),
        (b"event: error\ndata: a\n\n", [Event("error", "a")]),
        (b"data: a\ndata: b\n\n", [Event("", "a\nb")]),
        (b": a comment\n\ndata: a\n\n", [Event("", "a")]),
        (b"data: a\r\n\r\ndata: b\r\r", [Event("", "a"), Event("", "b")]),
        (b"data: a", [Event("", "a")]),
        (b"data: a\n", [Event("", "a")]),
        (b"id: 1\nretry: 5\ndata: a\n\n", [Event("", "a")]),
        ("data: a\u2028b\x0bc\x85d\n\n".encode(), [Event("", "a\u2028b\x0bc\x85d")]),
        (b"data: \xff\n\n", [Event("", "\N{REPLACEMENT CHARACTER}")]),
        (b"\n\n\n", []),
        (b"", []),
    ],
)
def test_events_are_read(body: bytes, expected: list[Event]) -> None:
    assert events(body) == expected
    assert events(*(body[at : at + 1] for at in range(len(body)))) == expected


LINES = st.sampled_from([": c", "event: error", "data: ä\u2028", "data: {}", "data", "x", ""])


@given(st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r"])), max_size=12), st.data())
def test_events_are_the_same_wherever_the_bytes_are_cut(
    lines: list[tuple[str, str]], data: st.DataObject
) -> None:
    body = "".join(line + end for line, end in lines).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=5)))
    bounds = list(zip([0, *cuts], [*cuts, len(body)], strict=True))
    assert events(*(body[a:b] for a, b in bounds)) == events(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "choices",
                    "delta",
                    "content",
                    "usage",
                    "error",
                    "x_groq",
                    "id",
                    "tool_calls",
                    "index",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_a_chunk_of_some_kind(value: Any) -> None:
    chunk = chunk_of(value)
    assert isinstance(chunk.text, str)
    assert isinstance(chunk.reasoning, str)
    assert isinstance(chunk.model, str)


def test_a_chunk_is_read_streamed_and_whole() -> None:
    streamed = chunk_of({"choices": [{"delta": {"content": "a", "reasoning": "b"}}]})
    whole = chunk_of({"choices": [{"message": {"content": "a"}, "finish_reason": "stop"}]})
    assert (streamed.text, streamed.reasoning, streamed.finish_reason) == ("a", "b", None)
    assert (whole.text, whole.finish_reason) == ("a", "stop")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("547ms", 0.547),
        ("7.66s", 7.66),
        ("2m59.56s", 179.56),
        ("1h2m3s", 3723.0),
        ("1m", 60.0),
        ("250µs", 0.00025),
        ("", None),
        (None, None),
        ("5", None),
        ("soon", None),
        ("5s later", None),
    ],
)
def test_durations_are_gos(text: str | None, seconds: float | None) -> None:
    found = seconds_of(text)
    assert found == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (4.4, "4 s"), (99, "99 s"), (578, "10 min"), (3600, "1 h"), (7500, "2 h 5 min")],
)
def test_waits_are_said_as_people_do(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "1m5s"}, 65.0),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "whenever"}, None),
        ({"retry-after": formatdate(1_000_030, usegmt=True)}, 30.0),
        ({"retry-after": formatdate(999_000, usegmt=True)}, 0.0),
    ],
)
def test_the_wait_is_what_the_service_asks_for(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert requested_wait(headers, now=1_000_000) == seconds


def test_waits_of_our_own_grow_to_a_bound() -> None:
    assert all(0.75 <= backoff(1) <= 1.0 for _ in range(50))
    assert all(3.0 <= backoff(3) <= 4.0 for _ in range(50))
    assert all(15.0 <= backoff(30) <= 20.0 for _ in range(50))


def test_a_limit_refills_as_time_goes() -> None:
    headers = {
        "x-ratelimit-limit-tokens": "6000",
        "x-ratelimit-remaining-tokens": "3000",
        "x-ratelimit-reset-tokens": "30s",
        "x-ratelimit-limit-requests": "14400",
        "x-ratelimit-remaining-requests": "14400",
    }
    limits = limits_in(headers, now=100.0)
    minute, day = limits.get("TPM"), limits.get("RPD")
    assert minute is not None
    assert day is not None
    assert [minute.left(now) for now in (100, 110, 160, 50)] == [3000, 4000, 6000, 3000]
    assert [minute.full_in(now) for now in (100, 110, 160)] == [30, 20, 0]
    assert day.full_in(100) == 0


@pytest.mark.parametrize("value", ["", "many", "nan", "inf"])
def test_limits_that_are_no_numbers_are_left_out(value: str) -> None:
    headers = {"x-ratelimit-limit-tokens": value, "x-ratelimit-remaining-tokens": "5"}
    assert limits_in(headers).known == ()


def test_a_429_says_which_limit_was_hit() -> None:
    hit = hit_in(
        "Rate limit reached for model `m` in organization `o` service tier `on_demand` on tokens "
        "per minute (TPM): Limit 6000, Used 5034, Requested 1443. Please try again in 4.77s. Need"
    )
    assert hit is not None
    assert (hit.kind, hit.limit, hit.used, hit.requested, hit.wait) == (
        "TPM",
        6000,
        5034,
        1443,
        4.77,
    )
    large = hit_in("on tokens per minute (TPM): Limit 6000, Requested 12328, please reduce")
    assert large is not None
    assert (large.used, large.requested, large.wait) == (None, 12328, None)
    assert hit_in("slow down") is None


def thought(*pieces: str) -> tuple[str, str]:
    splitter = ThinkSplitter()
    parts = [splitter.feed(piece) for piece in pieces] + [splitter.finish()]
    return "".join(part[0] for part in parts), "".join(part[1] for part in parts)


@pytest.mark.parametrize(
    ("text", "answer", "reasoning"),
    [
        ("plain", "plain", ""),
        ("<think>a</think>b", "b", "a"),
        ("\n <think>\na\n</think>\n\nb", "b", "a\n"),
        ("<think>never closed", "", "never closed"),
        ("<think>a</thi", "", "a</thi"),
        ("<thin", "<thin", ""),
        ("<thinking>a", "<thinking>a", ""),
        ("a <think>b</think>", "a <think>b</think>", ""),
        ("<think></think>b", "b", ""),
        ("<think>a</think>b</think>c", "b</think>c", "a"),
        ("  ", "  ", ""),
    ],
)
def test_thinking_is_split_from_the_answer_however_it_is_cut(
    text: str, answer: str, reasoning: str
) -> None:
    assert thought(text) == (answer, reasoning)
    whole = thought(*text)
    assert (whole[0].strip(), whole[1].strip()) == (answer.strip(), reasoning.strip())


@given(st.text("<>/think ab\n", max_size=40))
def test_no_text_is_lost_to_thinking(text: str) -> None:
    answer, reasoning = thought(*text)
    kept = answer + reasoning
    assert [c for c in kept if c in "ab"] == [c for c in text if c in "ab"]


def test_the_recorded_stream_is_read() -> None:
    delta = {"choices": [{"index": 0, "delta": {"content": " the"}, "finish_reason": None}]}
    body = f"data: {json.dumps(delta)}\n\ndata: [DONE]\n\n".encode()
    first, last = events(body)
    assert chunk_of(json.loads(first.data)).text == " the"
    assert last.data == "[DONE]"
