"""Faults that break an answer while it is sent, mostly streams."""

from __future__ import annotations

import dataclasses
import json
from types import MappingProxyType
from typing import TYPE_CHECKING

from groq_magic.practice.response import Chunk, Response, event, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tests.practice.fault import Fault
    from tests.practice.server import FaultyConnection

    Chunks = Iterable[Chunk]
    Break = Callable[[Fault, FaultyConnection, Chunks], Chunks]

__all__ = ["STREAM_SETTINGS", "broken", "fail_before_headers"]

FRAGMENT = 4
DONE = event("[DONE]")
FAILED = (
    "Tool call validation failed: attempted to call tool 'look_up' which was not in request.tools"
)
HALF_CHUNK = b'data: {"id":"chatcmpl-practice","object":"chat.compl\n\n'
BAD_UTF8 = b'data: {"choices":[{"index":0,"delta":{"content":"\xff\xfe"}}]}\n\n'


def kind_of(chunk: Chunk) -> str:
    """Return a chunk's kind: the first member of its delta, ``last``, ``done`` or ``body``."""
    if not chunk.data.startswith(b"data: "):
        return "body"
    if chunk.data == DONE:
        return "done"
    choices = parsed(chunk)["choices"]
    if not choices:
        return "usage"
    return "last" if choices[0]["finish_reason"] else next(iter(choices[0]["delta"]))


def parsed(chunk: Chunk) -> dict:
    return json.loads(chunk.data.removeprefix(b"data: "))


def split(fault: Fault, chunks: Chunks) -> Iterator[Chunk | None]:
    """Yield the chunks, and None after N content deltas, or in the middle of a document."""
    after, seen, is_due = fault.number("after", 3), 0, True
    for chunk in chunks:
        kind = kind_of(chunk) if is_due else ""
        begun = seen >= after and kind not in {"role", "reasoning"}
        if is_due and (begun or kind in {"last", "body"}):
            is_due = False
            half = len(chunk.data) // 2 if kind == "body" else 0
            yield Chunk(chunk.data[:half])
            yield None
            yield chunk._replace(data=chunk.data[half:])
        else:
            yield chunk
        seen += kind == "content"


def acting(act: Callable[[FaultyConnection, Fault], None]) -> Break:
    """Make a fault that acts on the connection in mid-stream."""

    def apply(fault: Fault, connection: FaultyConnection, chunks: Chunks) -> Iterator[Chunk]:
        for chunk in split(fault, chunks):
            if chunk is None:
                act(connection, fault)
            else:
                yield chunk

    return apply


def ending(write: Callable[[Fault], bytes]) -> Break:
    """Make a fault that ends the body in mid-stream with some bytes."""

    def apply(fault: Fault, _connection: FaultyConnection, chunks: Chunks) -> Iterator[Chunk]:
        for chunk in split(fault, chunks):
            if chunk is None:
                yield Chunk(write(fault))
                return
            yield chunk

    return apply


def rewriting(change: Callable[[Chunk], bytes], *kinds: str) -> Break:
    """Make a fault that changes the bytes of chunks, of all kinds or some."""

    def apply(_fault: Fault, _connection: FaultyConnection, chunks: Chunks) -> Iterator[Chunk]:
        for chunk in chunks:
            fits = not kinds or kind_of(chunk) in kinds
            yield chunk._replace(data=change(chunk)) if fits else chunk

    return apply


def split_bytes(_fault: Fault, connection: FaultyConnection, chunks: Chunks) -> Iterator[Chunk]:
    """Send chunks that aren't ASCII byte by byte."""
    for chunk in chunks:
        if chunk.data.isascii():
            yield chunk
            continue
        for byte in chunk.data:
            yield Chunk(bytes((byte,)))
            connection.flush()


def add_separator(chunk: Chunk) -> bytes:
    """Begin a content delta with U+2028, which some parsers take for a line break."""
    return chunk.data.replace(b'"content":"', b'"content":"\xe2\x80\xa8', 1)


def ping(fault: Fault, _connection: FaultyConnection, chunks: Chunks) -> Iterator[Chunk]:
    """Send a ping before every Nth content delta."""
    every, seen = max(1, int(fault.number("every", 3))), 0
    for chunk in chunks:
        if kind_of(chunk) == "content":
            if seen % every == 0:
                yield Chunk(event("{}", "ping"))
            seen += 1
        yield chunk


def end_within_event(
    _fault: Fault, _connection: FaultyConnection, chunks: Chunks
) -> Iterator[Chunk]:
    """End with the last chunk, without its blank line."""
    for chunk in chunks:
        if kind_of(chunk) == "last":
            yield chunk._replace(data=chunk.data.rstrip(b"\n") + b"\n")
            return
        yield chunk


def idle(fault: Fault, connection: FaultyConnection, chunks: Chunks) -> Iterator[Chunk]:
    yield from chunks
    connection.pause(fault.number("seconds", 1))


def cut(fault: Fault, connection: FaultyConnection, chunks: Chunks) -> Iterator[Chunk]:
    """Close the connection after K bytes of the body."""
    left = int(fault.number("bytes", 0))
    for chunk in chunks:
        yield chunk._replace(data=chunk.data[:left])
        left -= len(chunk.data)
        if left <= 0:
            connection.drop()


def error_event(fault: Fault) -> bytes:
    error = {
        "message": fault.text("message", FAILED),
        "type": fault.text("type", "invalid_request_error"),
        "code": fault.text("code", "tool_use_failed"),
        "failed_generation": fault.text("generation", '{"name":"look_up"}'),
        "status_code": int(fault.number("status", 400)),
    }
    return event(to_json({"error": error}), None if fault.name == "data-error" else "error")


def error_in_x_groq(fault: Fault) -> bytes:
    chunk = {
        "id": "chatcmpl-practice",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "practice",
        "choices": [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": None}],
        "x_groq": {"id": "req_practice", "error": fault.text("message", "over capacity")},
    }
    return event(to_json(chunk)) + DONE


def drop_usage(chunk: Chunk) -> bytes:
    """Leave the usage in `x_groq` alone, as streams once had it."""
    members = parsed(chunk)
    del members["usage"]
    return event(to_json(members))


def repeat_usage(chunk: Chunk) -> bytes:
    """Add a chunk with usage and without choices."""
    return chunk.data + event(to_json({**parsed(chunk), "choices": []}))


def split_calls(chunk: Chunk) -> bytes:
    """Send the arguments of tool calls in fragments of a few characters."""
    members, events = parsed(chunk), b""
    delta = members["choices"][0]["delta"]
    for call in delta["tool_calls"]:
        text = call["function"]["arguments"]
        parts = [text[start : start + FRAGMENT] for start in range(0, len(text), FRAGMENT)]
        begun = {**call, "function": {**call["function"], "arguments": ""}}
        rest = [{"index": call["index"], "function": {"arguments": part}} for part in parts]
        for fragment in (begun, *rest):
            delta["tool_calls"] = [fragment]
            events += event(to_json(members))
    return events


AFTER = frozenset({"after"})
SECONDS = frozenset({"seconds"})
ERROR = frozenset({"after", "code", "generation", "message", "status", "type"})
NOTHING: frozenset[str] = frozenset()

BEFORE_HEADERS: Mapping[str, tuple[Callable[[FaultyConnection, Fault], None], frozenset[str]]] = (
    MappingProxyType(
        {
            "delay": (
                lambda connection, fault: connection.wait(fault.number("seconds", 1)),
                SECONDS,
            ),
            "drop-before-headers": (lambda connection, _: connection.drop(), NOTHING),
            "reset-before-headers": (lambda connection, _: connection.reset(), NOTHING),
            "stall-before-headers": (lambda connection, _: connection.stall(), NOTHING),
        }
    )
)

IN_BODY: Mapping[str, tuple[Break, frozenset[str]]] = MappingProxyType(
    {
        "ok": (lambda _fault, _connection, chunks: chunks, NOTHING),
        "drop": (acting(lambda connection, _: connection.drop()), AFTER),
        "reset": (acting(lambda connection, _: connection.reset()), AFTER),
        "stall": (acting(lambda connection, _: connection.stall()), AFTER),
        "pause": (
            acting(lambda connection, fault: connection.pause(fault.number("seconds", 1))),
            AFTER | SECONDS,
        ),
        "cut": (cut, frozenset({"bytes"})),
        "malformed-json": (ending(lambda _: HALF_CHUNK), AFTER),
        "bad-utf8": (ending(lambda _: BAD_UTF8), AFTER),
        "event-error": (ending(error_event), ERROR),
        "data-error": (ending(error_event), ERROR),
        "event-error-bare": (
            ending(lambda _: event('{"message":"over capacity"}', "error")),
            AFTER,
        ),
        "x-groq-error": (ending(error_in_x_groq), AFTER | {"message"}),
        "ping": (ping, frozenset({"every"})),
        "no-finish-reason": (rewriting(lambda _: b"", "last"), NOTHING),
        "no-done": (rewriting(lambda _: b"", "done"), NOTHING),
        "eof": (ending(lambda _: b""), AFTER),
        "no-blank-line": (end_within_event, NOTHING),
        "comments": (rewriting(lambda chunk: b": keep-alive\n\n" + chunk.data), NOTHING),
        "crlf": (rewriting(lambda chunk: chunk.data.replace(b"\n", b"\r\n")), NOTHING),
        "bytes": (split_bytes, NOTHING),
        "u2028": (rewriting(add_separator, "content"), NOTHING),
        "usage-apart": (rewriting(repeat_usage, "last"), NOTHING),
        "old-usage": (rewriting(drop_usage, "last"), NOTHING),
        "idle": (idle, SECONDS),
        "tool-fragments": (rewriting(split_calls, "tool_calls"), NOTHING),
    }
)

# Faults that send events; a JSON document can't contain them.
OF_EVENTS = frozenset(
    {"malformed-json", "bad-utf8", "event-error", "data-error", "event-error-bare"}
    | {"x-groq-error", "comments"}
)

STREAM_SETTINGS: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: settings for name, (_, settings) in {**BEFORE_HEADERS, **IN_BODY}.items()}
)
"""The settings that each of these faults takes."""


def fail_before_headers(fault: Fault, connection: FaultyConnection) -> None:
    """Do what a fault does before the headers are sent."""
    if fault.name in BEFORE_HEADERS:
        act, _ = BEFORE_HEADERS[fault.name]
        act(connection, fault)


def broken(fault: Fault, connection: FaultyConnection, response: Response) -> Response:
    """Apply a fault to the body of a response; event faults leave documents unchanged."""
    is_stream = "Content-Length" not in response.headers
    if fault.name not in IN_BODY or (fault.name in OF_EVENTS and not is_stream):
        return response
    apply, _ = IN_BODY[fault.name]
    return dataclasses.replace(response, chunks=apply(fault, connection, response.chunks))
