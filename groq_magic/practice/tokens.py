"""Estimate tokens, and cut text into token-like pieces: good enough for lessons and limits."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["PER_REQUEST", "count", "message_text", "message_tokens", "pieces"]

# For the tokens that begin the answer.
PER_REQUEST = 3
_PER_MESSAGE = 4
_PER_IMAGE = 1_000
_BYTES_PER_TOKEN = 4

_PIECE = re.compile(r" ?\w{1,8}| ?[^\w\s]{1,3}|\s")


def pieces(text: str) -> Iterator[str]:
    """Cut a text into pieces about as long as a model's tokens; joined, they are the text."""
    return (match.group() for match in _PIECE.finditer(text))


def count(text: str) -> int:
    """Estimate how many tokens a text has."""
    return math.ceil(len(text.encode("utf-8", "surrogatepass")) / _BYTES_PER_TOKEN)


def message_text(message: Mapping[str, object]) -> str:
    """Return the text of a message, with ``[image]`` for each image."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "\n".join(
        str(part.get("text", "")) if part.get("type") == "text" else "[image]" for part in content
    )


def message_tokens(message: Mapping[str, object]) -> int:
    """Estimate the tokens of a message, with its role, images and tool calls."""
    content = message.get("content")
    parts: Sequence[object] = content if isinstance(content, list) else ()
    images = sum(1 for part in parts if isinstance(part, dict) and part.get("type") == "image_url")
    calls = message.get("tool_calls")
    call_tokens = count(str(calls)) if calls else 0
    return _PER_MESSAGE + count(message_text(message)) + call_tokens + images * _PER_IMAGE
