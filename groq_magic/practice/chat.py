"""One chat request, from its body to its response."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.practice import tokens, wire
from groq_magic.practice.checks import check
from groq_magic.practice.completion import complete
from groq_magic.practice.steps import Kind, Response, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from groq_magic.practice.chat_request import ChatRequest
    from groq_magic.practice.completion import Completion
    from groq_magic.practice.practice import Practice
    from groq_magic.practice.record import Record

__all__ = ["Chat", "begin"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PROMPT_SPEED = 20_000
_CACHE_BLOCK = 64


@dataclass(frozen=True)
class Chat:
    """An admitted request with its answer.

    Parameters
    ----------
    response : Response
    tokens_per_second : float
        At which it is to be sent.
    settle : callable
        To be called with the record once it is over: counts what was really said.
    """

    response: Response
    tokens_per_second: float
    settle: Callable[[Record], None]


def begin(practice: Practice, body: object) -> Chat:
    """Check, admit and answer a request.

    Raises
    ------
    Refusal
        As the API would.
    """
    request = check(body)
    admitted = request.prompt_tokens + (request.longest or 0)
    practice.quota.admit(admitted, request.model.id, request.tier)
    scripted = practice.script.take(request.question)
    completion = complete(request, scripted, practice.quota.tokens_per_minute)
    cached = practice.cached_messages(request.messages)
    speed = practice.options.tokens_per_second
    if scripted is not None and scripted.tokens_per_second is not None:
        speed = scripted.tokens_per_second

    def settle(record: Record) -> None:
        sent = record.pieces if request.streams else completion.tokens
        unsaid = max(0, len(completion.reasoning) + len(completion.content) - sent)
        practice.quota.settle(admitted, request.prompt_tokens + completion.tokens - unsaid)

    usage = _usage(request, completion, cached)
    response = _response(practice, request, completion, usage, speed)
    return Chat(response, speed, settle)


def _response(
    practice: Practice,
    request: ChatRequest,
    completion: Completion,
    usage: Callable[[], dict[str, Any]],
    speed: float,
) -> Response:
    envelope = _envelope(request)
    headers = {**practice.quota.headers(), "x-request-id": envelope.request_id}
    delay = (Step(Kind.PAUSE, seconds=practice.options.first_token_delay),)
    if not request.streams:
        working = completion.tokens / speed if speed else 0.0

        def whole() -> Iterator[Step]:
            yield from delay
            yield Step(Kind.PAUSE, seconds=working)
            yield from wire.json_response(200, body, {}).steps

        body = wire.plain_body(envelope, completion, usage())
        told = wire.json_response(200, body, headers)
        return Response(200, told.headers, whole())
    options = request.parameters.get("stream_options") or {}
    chunks = wire.stream(
        envelope, completion, usage, final_usage=bool(options.get("include_usage"))
    )
    kind = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
    return Response(200, {**kind, **headers}, _joined(delay, chunks))


def _joined(first: Iterable[Step], then: Iterable[Step]) -> Iterator[Step]:
    yield from first
    yield from then


def _envelope(request: ChatRequest) -> wire.Envelope:
    unique = secrets.token_hex(16)
    parts = (unique[:8], unique[8:12], unique[12:16], unique[16:20], unique[20:])
    seed = request.parameters.get("seed")
    return wire.Envelope(
        id="chatcmpl-" + "-".join(parts),
        request_id="req_01" + "".join(secrets.choice(_ALPHABET) for _ in range(24)),
        created=int(time.time()),
        model=request.model.id,
        fingerprint=wire.fingerprint(request.model.id),
        seed=secrets.randbelow(2**31) if seed is None else seed,
        tier=request.tier,
        channel=request.model.is_gpt_oss,
    )


def _usage(
    request: ChatRequest, completion: Completion, cached: int
) -> Callable[[], dict[str, Any]]:
    """Measure from now on what the answer takes; give the usage when asked."""
    started = time.monotonic()
    prompt_time = request.prompt_tokens / _PROMPT_SPEED
    known = sum(tokens.message_tokens(message) for message in request.messages[:cached])

    def usage() -> dict[str, Any]:
        took = time.monotonic() - started
        spent: dict[str, Any] = {
            "queue_time": 0.001,
            "prompt_tokens": request.prompt_tokens,
            "prompt_time": round(prompt_time, 9),
            "completion_tokens": completion.tokens,
            "completion_time": round(took, 9),
            "total_tokens": request.prompt_tokens + completion.tokens,
            "total_time": round(prompt_time + took, 9),
        }
        if known >= _CACHE_BLOCK:
            blocks = known // _CACHE_BLOCK * _CACHE_BLOCK
            spent["prompt_tokens_details"] = {"cached_tokens": blocks}
        if completion.reasoning_tokens:
            reasoned = completion.reasoning_tokens
            spent["completion_tokens_details"] = {"reasoning_tokens": reasoned}
        return spent

    return usage
