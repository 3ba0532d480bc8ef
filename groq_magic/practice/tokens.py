"""Token-like pieces of text: an estimate, good enough for lessons and limits."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = [
    "AROUND",
    "PER_IMAGE",
    "PER_MESSAGE",
    "count",
    "message_text",
    "message_tokens",
    "pieces",
]

PER_IMAGE = 1_000
PER_MESSAGE = 4
# Tokens that begin the answer.
AROUND = 3
_BYTES = 4  # per token, about

_PIECE = re.compile(r" ?\w{1,8}| ?[^\w\s]{1,3}|\s")


def pieces(text: str) -> Iterator[str]:
    """Cut a text into pieces about as long as a model's tokens; joined, they are the text."""
    return (match.group() for match in _PIECE.finditer(text))


def count(text: str) -> int:
    """Estimate how many tokens a text has."""
    return math.ceil(len(text.encode("utf-8", "surrogatepass")) / _BYTES)


def message_text(message: Mapping[str, object]) -> str:
    """Give the words of a message; an image stands as ``[image]``."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "\n".join(
        str(part.get("text", "")) if part.get("type") == "text" else "[image]" for part in content
    )


def message_tokens(message: Mapping[str, object]) -> int:
    """Estimate what one message costs, its role and images included."""
    content = message.get("content")
    parts: Sequence[object] = content if isinstance(content, list) else ()
    images = sum(1 for part in parts if isinstance(part, dict) and part.get("type") == "image_url")
    calls = message.get("tool_calls")
    called = count(str(calls)) if calls else 0
    return PER_MESSAGE + count(message_text(message)) + called + images * PER_IMAGE
