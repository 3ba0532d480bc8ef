"""One chunk of a stream, or a whole reply, read without trust in its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from groq_magic.printable import printable

__all__ = ["Chunk", "ToolCall", "chunk_of"]

_LONGEST_NAME = 200


@dataclass(frozen=True)
class ToolCall:
    """A call of a tool, or a fragment of one."""

    index: int
    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Chunk:
    """What one chunk brings; what it lacks is empty or None.

    `cut` is what `x_groq.error` says: the service ended the answer early.
    `recognised` is False for JSON that is no chat completion at all.
    """

    text: str = ""
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str | None = None
    usage: Mapping[str, Any] | None = None
    model: str = ""
    request_id: str = ""
    error: object = None
    cut: object = None
    recognised: bool = True


def chunk_of(data: object) -> Chunk:
    """Return the chunk that parsed JSON holds, streamed (`delta`) or whole (`message`)."""
    if not isinstance(data, Mapping):
        return Chunk(recognised=False)
    inner = _mapping(data.get("x_groq"))
    error = data.get("error")
    choices = data.get("choices")
    first = _mapping(choices[0]) if isinstance(choices, list) and choices else {}
    delta = _mapping(first.get("delta") or first.get("message"))
    usage = data.get("usage") or inner.get("usage")
    return Chunk(
        text=_text(delta.get("content")),
        reasoning=_text(delta.get("reasoning")),
        tool_calls=_calls(delta.get("tool_calls")),
        finish_reason=_name(first.get("finish_reason")) or None,
        usage=usage if isinstance(usage, Mapping) else None,
        model=_name(data.get("model")),
        request_id=_name(inner.get("id")) or _name(data.get("id")),
        error=error or None,
        cut=inner.get("error") or None,
        recognised=bool(error) or isinstance(choices, list) or usage is not None,
    )


def _calls(items: object) -> tuple[ToolCall, ...]:
    if not isinstance(items, list):
        return ()
    calls = []
    for place, item in enumerate(items):
        call = _mapping(item)
        function = _mapping(call.get("function"))
        index = call.get("index")
        calls.append(
            ToolCall(
                index if isinstance(index, int) else place,
                _text(call.get("id")),
                _text(function.get("name")),
                _text(function.get("arguments")),
            )
        )
    return tuple(calls)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _name(value: object) -> str:
    """Return a short text that is shown as it is."""
    text = _text(value)[:_LONGEST_NAME]
    return text if text.isprintable() else printable(text)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
