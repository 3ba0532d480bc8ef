"""Figures of proposed code in the messages of an ask, and their replacement in later turns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.conversation import text_in
from groq_magic.prompt.image import MOST_IMAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["with_last_figures", "without_figures"]

_LEFT_OUT = "[figure, left out]"


def with_last_figures(messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return messages with only the latest images, as many as a request takes."""
    room, sent = MOST_IMAGES, []
    for message in reversed(messages):
        count = len(_images(message))
        fits, room = count <= room, room - min(count, room)
        sent.append(message if fits else _without(message))
    return sent[::-1]


def without_figures(messages: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return messages as later turns send them, with a note in place of each image."""
    return [_without(message) if _images(message) else message for message in messages]


def _images(message: Mapping[str, Any]) -> list[Any]:
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    return [part for part in parts if part["type"] == "image_url"]


def _without(message: Mapping[str, Any]) -> Mapping[str, Any]:
    left_out = [_LEFT_OUT] * len(_images(message))
    return {**message, "content": "\n".join([text_in(message), *left_out])}
