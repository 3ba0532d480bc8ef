"""The bytes of an answer, true to the recorded ones (groq-api.md §5)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from groq_magic.practice.steps import Kind, Response, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from groq_magic.practice.completion import Completion

__all__ = ["Envelope", "dumped", "event", "fingerprint", "json_response", "plain_body", "stream"]

Usage = dict[str, Any]


@dataclass(frozen=True)
class Envelope:
    """What all chunks of one answer share.

    Parameters
    ----------
    id, request_id : str
        ``chatcmpl-…`` and ``req_…``.
    created : int
        Seconds since 1970.
    model, fingerprint : str
    seed : int
    tier : str
        The service tier.
    channel : bool
        Whether reasoning deltas name their channel.
    """

    id: str
    request_id: str
    created: int
    model: str
    fingerprint: str
    seed: int
    tier: str
    channel: bool


def dumped(value: object) -> str:
    """Write JSON as the API does: compact, in plain UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def fingerprint(model: str) -> str:
    """Give the `system_fingerprint` of a model."""
    return "fp_" + hashlib.sha256(model.encode("utf-8", "replace")).hexdigest()[:10]


def event(data: str, name: str | None = None) -> bytes:
    """Write one server-sent event."""
    head = "" if name is None else f"event: {name}\n"
    return f"{head}data: {data}\n\n".encode("utf-8", "replace")


def json_response(status: int, body: bytes, headers: Mapping[str, str]) -> Response:
    """Give an answer that comes in one piece."""
    every = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    return Response(status, every, (Step(Kind.HEAD), Step(Kind.BODY, body)))


def plain_body(envelope: Envelope, completion: Completion, usage: Usage) -> bytes:
    """Write the body of an answer that isn't streamed."""
    message: dict[str, object] = {"role": "assistant"}
    if completion.content or not completion.tool_calls:
        message["content"] = "".join(completion.content)
    if completion.reasoning:
        message["reasoning"] = "".join(completion.reasoning)
    if completion.tool_calls:
        message["tool_calls"] = list(completion.tool_calls)
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": completion.finish_reason,
    }
    body = {
        "id": envelope.id,
        "object": "chat.completion",
        "created": envelope.created,
        "model": envelope.model,
        "choices": [choice],
        "usage": usage,
        "usage_breakdown": None,
        "system_fingerprint": envelope.fingerprint,
        "x_groq": {"id": envelope.request_id, "seed": envelope.seed},
        "service_tier": envelope.tier,
    }
    return dumped(body).encode("utf-8", "replace")


def stream(
    envelope: Envelope, completion: Completion, usage: Callable[[], Usage], *, final_usage: bool
) -> Iterator[Step]:
    """Write a streamed answer, a chunk a step.

    Parameters
    ----------
    envelope : Envelope
    completion : Completion
    usage : callable
        Asked once, after the last delta.
    final_usage : bool
        Whether a chunk without choices closes the stream
        (``stream_options.include_usage``).
    """
    head = dumped(
        {
            "id": envelope.id,
            "object": "chat.completion.chunk",
            "created": envelope.created,
            "model": envelope.model,
            "system_fingerprint": envelope.fingerprint,
        }
    )[:-1]

    def chunk(delta: object, finish_reason: str | None = None, **more: object) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        rest = dumped({"choices": [choice], **more})[1:]
        return event(f"{head},{rest}")

    yield Step(Kind.HEAD)
    opening = {"id": envelope.request_id, "seed": envelope.seed}
    yield Step(Kind.OPENING, chunk({"role": "assistant", "content": ""}, x_groq=opening))
    marker = "\ufffe"
    for kind, name, pieces in (
        (Kind.REASONING, "reasoning", completion.reasoning),
        (Kind.CONTENT, "content", completion.content),
    ):
        channel = {"channel": "analysis"} if name == "reasoning" and envelope.channel else {}
        before, after = chunk({name: marker, **channel}).decode().split(f'"{marker}"')
        for piece in pieces:
            data = f"{before}{encode_basestring(piece)}{after}"
            yield Step(kind, data.encode("utf-8", "replace"))
    if completion.tool_calls:
        calls = [{**call, "index": index} for index, call in enumerate(completion.tool_calls)]
        yield Step(Kind.CALL, chunk({"tool_calls": calls}))
    spent = usage()
    closing = {"id": envelope.request_id, "usage": spent}
    yield Step(Kind.LAST, chunk({}, completion.finish_reason, x_groq=closing, usage=spent))
    if final_usage:
        yield Step(Kind.OTHER, event(f'{head},"choices":[],"usage":{dumped(spent)}}}'))
    yield Step(Kind.DONE, event("[DONE]"))
