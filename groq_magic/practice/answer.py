"""The bytes of one answer, true to recorded ones (groq-api.md §5)."""

from __future__ import annotations

import hashlib
import secrets
import time
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

from groq_magic.practice.response import Chunk, dumped, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.practice.completion import Completion
    from groq_magic.practice.request import ChatRequest

__all__ = ["Answer"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PROMPT_SPEED = 20_000
_PLACEHOLDER = "\ufffe"


class Answer:
    """One answer, to be written as a document or as a stream.

    Parameters
    ----------
    request : ChatRequest
    completion : Completion
    cached : int
        How many tokens of the prompt were cached.
    """

    def __init__(self, request: ChatRequest, completion: Completion, cached: int) -> None:
        self._request = request
        self._completion = completion
        self._cached = cached
        self._started = time.monotonic()
        self.request_id = "req_01" + "".join(secrets.choice(_ALPHABET) for _ in range(24))
        seed = request.parameters.get("seed")
        self._groq = {
            "id": self.request_id,
            "seed": secrets.randbelow(2**31) if seed is None else seed,
        }
        unique, model = secrets.token_hex(16), request.model.id
        parts = (unique[:8], unique[8:12], unique[12:16], unique[16:20], unique[20:])
        self._head = {
            "id": "chatcmpl-" + "-".join(parts),
            "object": "chat.completion.chunk" if request.streams else "chat.completion",
            "created": int(time.time()),
            "model": model,
            "system_fingerprint": "fp_" + hashlib.sha256(model.encode()).hexdigest()[:10],
        }

    def document(self) -> dict[str, object]:
        """Write the body of an answer that isn't streamed."""
        completion = self._completion
        message: dict[str, object] = {"role": "assistant"}
        if completion.content or not completion.tool_calls:
            message["content"] = "".join(completion.content)
        if completion.reasoning:
            message["reasoning"] = "".join(completion.reasoning)
        if completion.tool_calls:
            message["tool_calls"] = completion.tool_calls
        if completion.executed_tools:
            message["executed_tools"] = completion.executed_tools
        return {
            **self._head,
            "choices": [_choice("message", message, completion.finish_reason)],
            "usage": self._usage(),
            "usage_breakdown": None,
            "x_groq": self._groq,
            "service_tier": self._request.tier,
        }

    def stream(self) -> Iterator[Chunk]:
        """Write a streamed answer."""
        completion = self._completion
        yield Chunk(self._event({"role": "assistant", "content": ""}, x_groq=self._groq))
        channel = {"channel": "analysis"} if self._request.model.is_gpt_oss else {}
        yield from self._deltas(completion.reasoning, {"reasoning": _PLACEHOLDER, **channel})
        if completion.executed_tools:
            yield Chunk(self._event({"executed_tools": completion.executed_tools}))
        yield from self._deltas(completion.content, {"content": _PLACEHOLDER})
        if completion.tool_calls:
            calls = [{**call, "index": index} for index, call in enumerate(completion.tool_calls)]
            yield Chunk(self._event({"tool_calls": calls}))
        usage = self._usage()
        groq = {"id": self.request_id, "usage": usage}
        yield Chunk(self._event({}, completion.finish_reason, x_groq=groq, usage=usage))
        if (self._request.parameters.get("stream_options") or {}).get("include_usage"):
            yield Chunk(event(dumped({**self._head, "choices": [], "usage": usage})))
        yield Chunk(event("[DONE]"))

    def _deltas(self, pieces: tuple[str, ...], delta: dict[str, str]) -> Iterator[Chunk]:
        # One event is like the next but for the text: written once, and filled in.
        before, after = self._event(delta).decode().split(f'"{_PLACEHOLDER}"')
        for piece in pieces:
            data = f"{before}{encode_basestring(piece)}{after}"
            yield Chunk(data.encode("utf-8", "replace"), is_delta=True)

    def _event(self, delta: object, finish_reason: str | None = None, **more: object) -> bytes:
        choice = _choice("delta", delta, finish_reason)
        return event(dumped({**self._head, "choices": [choice], **more}))

    def _usage(self) -> dict[str, object]:
        """Give the usage; the time is that since the request."""
        prompt, completion = self._request.prompt_tokens, self._completion
        prompt_time, took = prompt / _PROMPT_SPEED, time.monotonic() - self._started
        usage: dict[str, object] = {
            "queue_time": 0.001,
            "prompt_tokens": prompt,
            "prompt_time": round(prompt_time, 9),
            "completion_tokens": completion.tokens,
            "completion_time": round(took, 9),
            "total_tokens": prompt + completion.tokens,
            "total_time": round(prompt_time + took, 9),
        }
        if self._cached:
            usage["prompt_tokens_details"] = {"cached_tokens": self._cached}
        if completion.reasoning_tokens:
            reasoned = {"reasoning_tokens": completion.reasoning_tokens}
            usage["completion_tokens_details"] = reasoned
        return usage


def _choice(name: str, value: object, finish_reason: str | None) -> dict[str, object]:
    return {"index": 0, name: value, "logprobs": None, "finish_reason": finish_reason}
