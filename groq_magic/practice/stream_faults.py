"""Faults that spoil an answer on its way: streams first of all."""

from __future__ import annotations

import dataclasses
import json
from types import MappingProxyType
from typing import TYPE_CHECKING

from groq_magic.practice.steps import Kind, Response, Step
from groq_magic.practice.wire import dumped, event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from groq_magic.practice.fault import Fault

    Steps = Iterable[Step]
    Spoil = Callable[[Fault, Steps], Steps]

__all__ = ["STREAM_SETTINGS", "spoiled"]

_BEFORE = (Kind.PAUSE, Kind.HEAD, Kind.OPENING, Kind.REASONING)
_FRAGMENT = 4
_DONE = event("[DONE]")
_FAILED = (
    "Tool call validation failed: attempted to call tool 'look_up' which was not in request.tools"
)
_HALF_CHUNK = b'data: {"id":"chatcmpl-practice","object":"chat.compl\n\n'
_BAD_UTF8 = b'data: {"choices":[{"index":0,"delta":{"content":"\xff\xfe"}}]}\n\n'


def _broken(fault: Fault, steps: Steps, injected: Sequence[Step], *, ends: bool) -> Iterator[Step]:
    """Put steps in after N content deltas; a body that isn't streamed breaks at its half."""
    after, seen, is_due = fault.number("after", 3), 0, True
    for step in steps:
        begun = seen >= after and step.kind not in _BEFORE
        rest = step
        if is_due and (begun or step.kind in (Kind.LAST, Kind.BODY)):
            is_due = False
            if step.kind is Kind.BODY:
                half = len(step.data) // 2
                yield step._replace(data=step.data[:half])
                rest = step._replace(data=step.data[half:])
            yield from injected
            if ends:
                return
        yield rest
        seen += step.kind is Kind.CONTENT


def _injecting(*injected: Step, ends: bool = True) -> Spoil:
    return lambda fault, steps: _broken(fault, steps, injected, ends=ends)


def _sending(data: bytes, *, ends: bool = True) -> Spoil:
    return _injecting(Step(Kind.OTHER, data), ends=ends)


def _before_headers(kind: Kind) -> Spoil:
    return lambda _fault, _steps: (Step(kind),)


def _delayed(fault: Fault, steps: Steps) -> Iterator[Step]:
    yield Step(Kind.PAUSE, seconds=fault.number("seconds", 1))
    yield from steps


def _paused(fault: Fault, steps: Steps) -> Iterator[Step]:
    """Say nothing for a while, then go on."""
    pause = Step(Kind.PAUSE, seconds=fault.number("seconds", 1))
    return _broken(fault, steps, (pause,), ends=False)


def _without(*kinds: Kind) -> Spoil:
    return lambda _fault, steps: (step for step in steps if step.kind not in kinds)


def _replacing(change: Callable[[Step], bytes], *kinds: Kind) -> Spoil:
    def spoil(_fault: Fault, steps: Steps) -> Iterator[Step]:
        for step in steps:
            wanted = step.data and (not kinds or step.kind in kinds)
            yield step._replace(data=change(step)) if wanted else step

    return spoil


def _byte_by_byte(_fault: Fault, steps: Steps) -> Iterator[Step]:
    """Send whatever isn't plain ASCII a byte at a time."""
    for step in steps:
        if step.data.isascii():
            yield step
            continue
        for number in range(len(step.data)):
            is_last = number == len(step.data) - 1
            yield Step(step.kind if is_last else Kind.OTHER, step.data[number : number + 1])
            yield Step(Kind.PAUSE)


def _with_separator(step: Step) -> bytes:
    """Begin a content delta with U+2028, which some take for the end of a line."""
    return step.data.replace(b'"content":"', b'"content":"\xe2\x80\xa8', 1)


def _pinging(fault: Fault, steps: Steps) -> Iterator[Step]:
    """Put a ping before every Nth content delta."""
    every, seen = max(1, int(fault.number("every", 3))), 0
    for step in steps:
        if step.kind is Kind.CONTENT:
            if seen % every == 0:
                yield Step(Kind.OTHER, event("{}", "ping"))
            seen += 1
        yield step


def _unfinished_event(_fault: Fault, steps: Steps) -> Iterator[Step]:
    """End with the last chunk, and that without its blank line."""
    for step in steps:
        if step.kind is Kind.LAST:
            yield step._replace(data=step.data.rstrip(b"\n") + b"\n")
            return
        yield step


def _idle(fault: Fault, steps: Steps) -> Iterator[Step]:
    yield from steps
    yield Step(Kind.PAUSE, seconds=fault.number("seconds", 1))


def _cut(fault: Fault, steps: Steps) -> Iterator[Step]:
    """Close the connection after K bytes of the body."""
    left = int(fault.number("bytes", 0))
    for step in steps:
        if step.data and len(step.data) >= left:
            yield Step(Kind.OTHER, step.data[:left])
            yield Step(Kind.CLOSE)
            return
        left -= len(step.data)
        yield step


def _error_event(fault: Fault, steps: Steps) -> Iterator[Step]:
    error = {
        "message": fault.text("message", _FAILED),
        "type": fault.text("type", "invalid_request_error"),
        "code": fault.text("code", "tool_use_failed"),
        "failed_generation": fault.text("generation", '{"name":"look_up"}'),
        "status_code": int(fault.number("status", 400)),
    }
    name = None if fault.name == "data-error" else "error"
    data = event(dumped({"error": error}), name)
    return _broken(fault, steps, (Step(Kind.OTHER, data),), ends=True)


def _groq_error(fault: Fault, steps: Steps) -> Iterator[Step]:
    chunk = {
        "id": "chatcmpl-practice",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "practice",
        "choices": [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": None}],
        "x_groq": {"id": "req_practice", "error": fault.text("message", "over capacity")},
    }
    injected = (Step(Kind.OTHER, event(dumped(chunk))), Step(Kind.DONE, _DONE))
    return _broken(fault, steps, injected, ends=True)


def _old_usage(step: Step) -> bytes:
    """Leave the usage in `x_groq` alone, as streams once had it."""
    chunk = json.loads(step.data.removeprefix(b"data: "))
    return event(dumped({name: value for name, value in chunk.items() if name != "usage"}))


def _usage_apart(_fault: Fault, steps: Steps) -> Iterator[Step]:
    """Add a chunk with usage and without choices."""
    for step in steps:
        yield step
        if step.kind is Kind.LAST:
            chunk = json.loads(step.data.removeprefix(b"data: "))
            yield Step(Kind.OTHER, event(dumped({**chunk, "choices": []})))


def _call_in_pieces(_fault: Fault, steps: Steps) -> Iterator[Step]:
    """Send the arguments of tool calls in fragments of a few characters."""
    for step in steps:
        if step.kind is not Kind.CALL:
            yield step
            continue
        chunk = json.loads(step.data.removeprefix(b"data: "))
        delta = chunk["choices"][0]["delta"]
        for call in delta["tool_calls"]:
            text = call["function"]["arguments"]
            call["function"]["arguments"] = ""
            delta["tool_calls"] = [call]
            yield Step(Kind.CALL, event(dumped(chunk)))
            for start in range(0, len(text), _FRAGMENT):
                function = {"arguments": text[start : start + _FRAGMENT]}
                delta["tool_calls"] = [{"index": call["index"], "function": function}]
                yield Step(Kind.CALL, event(dumped(chunk)))


_AFTER = frozenset({"after"})
_SECONDS = frozenset({"seconds"})
_ERROR = frozenset({"after", "code", "generation", "message", "status", "type"})
_NOTHING: frozenset[str] = frozenset()

_FAULTS: Mapping[str, tuple[Spoil, frozenset[str]]] = MappingProxyType(
    {
        "ok": (lambda _fault, steps: steps, _NOTHING),
        "delay": (_delayed, _SECONDS),
        "drop-before-headers": (_before_headers(Kind.CLOSE), _NOTHING),
        "reset-before-headers": (_before_headers(Kind.RESET), _NOTHING),
        "stall-before-headers": (_before_headers(Kind.STALL), _NOTHING),
        "drop": (_injecting(Step(Kind.CLOSE)), _AFTER),
        "reset": (_injecting(Step(Kind.PAUSE, seconds=0.05), Step(Kind.RESET)), _AFTER),
        "stall": (_injecting(Step(Kind.STALL)), _AFTER),
        "pause": (_paused, _AFTER | _SECONDS),
        "cut": (_cut, frozenset({"bytes"})),
        "malformed-json": (_sending(_HALF_CHUNK), _AFTER),
        "bad-utf8": (_sending(_BAD_UTF8), _AFTER),
        "event-error": (_error_event, _ERROR),
        "data-error": (_error_event, _ERROR),
        "event-error-bare": (_sending(event('{"message":"over capacity"}', "error")), _AFTER),
        "x-groq-error": (_groq_error, _AFTER | {"message"}),
        "ping": (_pinging, frozenset({"every"})),
        "no-finish-reason": (_without(Kind.LAST), _NOTHING),
        "no-done": (_without(Kind.DONE), _NOTHING),
        "eof": (_injecting(), _AFTER),
        "no-blank-line": (_unfinished_event, _NOTHING),
        "comments": (_replacing(lambda step: b": keep-alive\n\n" + step.data), _NOTHING),
        "crlf": (_replacing(lambda step: step.data.replace(b"\n", b"\r\n")), _NOTHING),
        "bytes": (_byte_by_byte, _NOTHING),
        "u2028": (_replacing(_with_separator, Kind.CONTENT), _NOTHING),
        "usage-apart": (_usage_apart, _NOTHING),
        "old-usage": (_replacing(_old_usage, Kind.LAST), _NOTHING),
        "idle": (_idle, _SECONDS),
        "tool-fragments": (_call_in_pieces, _NOTHING),
    }
)

# What they send is events, which no JSON document holds, and no Content-Length counts.
_OF_EVENTS = frozenset(
    {"malformed-json", "bad-utf8", "event-error", "data-error", "event-error-bare"}
    | {"x-groq-error", "comments"}
)

STREAM_SETTINGS: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: settings for name, (_, settings) in _FAULTS.items()}
)
"""The settings that each of these faults takes."""


def spoiled(fault: Fault, response: Response) -> Response:
    """Apply a fault to an answer.

    A fault of another family leaves it as it is, and so does one that only a
    stream can have where the answer is a document.
    """
    is_stream = response.headers.get("Content-Type") == "text/event-stream"
    if fault.name not in _FAULTS or (fault.name in _OF_EVENTS and not is_stream):
        return response
    spoil, _ = _FAULTS[fault.name]
    return dataclasses.replace(response, steps=spoil(fault, response.steps))
