"""The JSON of an answer, as a document or a stream, like recorded answers of Groq."""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

from groq_magic.practice.response import Chunk, event, new_id, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.practice.completion import Completion
    from groq_magic.practice.request import ChatRequest

__all__ = ["Answer"]

_PROMPT_SPEED = 20_000  # tokens per second
_PLACEHOLDER = "\ufffe"


class Answer:
    """One answer, as a JSON document or as a stream.

    Parameters
    ----------
    request : ChatRequest
    completion : Completion
    cached : int
        The number of cached tokens in the prompt.
    """

    def __init__(self, request: ChatRequest, completion: Completion, cached: int) -> None:
        self._request = request
        self._completion = completion
        self._cached = cached
        self._started = time.monotonic()
        self.request_id = new_id("req")
        seed = request.parameters.get("seed")
        self._groq = {
            "id": self.request_id,
            "seed": secrets.randbelow(2**31) if seed is None else seed,
        }
        model = request.model.id
        self._head = {
            "id": f"chatcmpl-{uuid.uuid4()}",
            "object": "chat.completion.chunk" if request.streams else "chat.completion",
            "created": int(time.time()),
            "model": model,
            "system_fingerprint": "fp_" + hashlib.sha256(model.encode()).hexdigest()[:10],
        }

    def document(self) -> dict[str, object]:
        """Return the body of an answer that isn't streamed."""
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
        """Yield the events of a streamed answer."""
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
            yield Chunk(event(to_json({**self._head, "choices": [], "usage": usage})))
        yield Chunk(event("[DONE]"))

    def _deltas(self, pieces: tuple[str, ...], delta: dict[str, str]) -> Iterator[Chunk]:
        # Fast: the events differ only in their text, so the rest is serialised once.
        before, after = self._event(delta).decode().split(f'"{_PLACEHOLDER}"')
        for piece in pieces:
            data = f"{before}{encode_basestring(piece)}{after}"
            yield Chunk(data.encode("utf-8", "replace"), is_delta=True)

    def _event(self, delta: object, finish_reason: str | None = None, **more: object) -> bytes:
        choice = _choice("delta", delta, finish_reason)
        return event(to_json({**self._head, "choices": [choice], **more}))

    def _usage(self) -> dict[str, object]:
        prompt, completion = self._request.prompt_tokens, self._completion
        prompt_time, elapsed = prompt / _PROMPT_SPEED, time.monotonic() - self._started
        usage: dict[str, object] = {
            "queue_time": 0.001,
            "prompt_tokens": prompt,
            "prompt_time": round(prompt_time, 9),
            "completion_tokens": completion.tokens,
            "completion_time": round(elapsed, 9),
            "total_tokens": prompt + completion.tokens,
            "total_time": round(prompt_time + elapsed, 9),
        }
        if self._cached:
            usage["prompt_tokens_details"] = {"cached_tokens": self._cached}
        if completion.reasoning_tokens:
            details = {"reasoning_tokens": completion.reasoning_tokens}
            usage["completion_tokens_details"] = details
        return usage


def _choice(name: str, value: object, finish_reason: str | None) -> dict[str, object]:
    return {"index": 0, name: value, "logprobs": None, "finish_reason": finish_reason}
