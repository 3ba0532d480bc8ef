"""Whether the messages of a chat request are sound."""

from __future__ import annotations

import base64
import binascii
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from groq_magic.practice.refusals import bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.practice.refusals import Refusal

__all__ = ["MOST_IMAGES", "check_messages"]

MOST_IMAGES = 3
_MEMBERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "system": frozenset({"role", "content"}),
        "developer": frozenset({"role", "content"}),
        "user": frozenset({"role", "content"}),
        "assistant": frozenset({"role", "content", "reasoning", "tool_calls"}),
        "tool": frozenset({"role", "content", "tool_call_id"}),
    }
)
_DATA_URL = re.compile(r"data:image/[\w.+-]+;base64,(.*)", re.DOTALL)


def check_messages(messages: object, *, sees: bool) -> tuple[Mapping[str, Any], ...]:
    """Check every message, and that a model that sees is asked to see.

    Raises
    ------
    Refusal
        400, naming the message by its number.
    """
    if not isinstance(messages, list):
        raise bad_request("'messages' : value must be an array", param="messages")
    if not messages:
        raise bad_request("'messages' : minimum number of items is 1", param="messages")
    images = sum(
        _check_message(number, message, sees=sees) for number, message in enumerate(messages)
    )
    if images > MOST_IMAGES:
        raise bad_request(
            f"Too many images provided. This model supports up to {MOST_IMAGES} images",
            param="messages",
        )
    return tuple(messages)


def _wrong(number: int, what: str) -> Refusal:
    return bad_request(f"'messages.{number}' : {what}", param="messages")


def _check_message(number: int, message: object, *, sees: bool) -> int:
    if not isinstance(message, dict):
        raise _wrong(number, "value must be an object")
    role = message.get("role")
    if not isinstance(role, str) or role not in _MEMBERS:
        listed = ", ".join(_MEMBERS)
        raise bad_request(f"'messages.{number}.role' : value must be one of {listed}")
    where = f"for 'role:{role}' the following must be satisfied"
    for name in message:
        if name not in _MEMBERS[role]:
            wrong = f"'messages.{number}' : property '{name}' is unsupported"
            raise _wrong(number, f"{where}[({wrong})]")
    if role == "tool" and not isinstance(message.get("tool_call_id"), str):
        missing = f"'messages.{number}.tool_call_id' : property 'tool_call_id' is missing"
        raise _wrong(number, f"{where}[({missing})]")
    content = message.get("content")
    if content is None and role == "assistant":
        return 0
    if content is None:
        missing = f"'messages.{number}.content' : property 'content' is missing"
        raise _wrong(number, f"{where}[({missing})]")
    return _check_content(number, content, sees=sees)


def _check_content(number: int, content: object, *, sees: bool) -> int:
    if isinstance(content, str):
        return 0
    if not isinstance(content, list):
        raise bad_request(f"messages[{number}].content must be a string", param="messages")
    return sum(_check_part(number, part, sees=sees) for part in content)


def _check_part(number: int, part: object, *, sees: bool) -> int:
    if not isinstance(part, dict):
        raise _wrong(number, "every part of the content must be an object")
    if part.get("type") == "text" and isinstance(part.get("text"), str):
        return 0
    if part.get("type") != "image_url":
        raise _wrong(number, "a part of the content must be of type text or image_url")
    if not sees:
        raise bad_request(f"messages[{number}].content must be a string", param="messages")
    image = part.get("image_url")
    url = image.get("url") if isinstance(image, dict) else None
    if not isinstance(url, str) or not url.startswith(("https://", "http://", "data:")):
        raise _wrong(number, "image_url.url must be an http(s) or a data URL")
    if url.startswith("data:"):
        _check_data_url(number, url)
    return 1


def _check_data_url(number: int, url: str) -> None:
    found = _DATA_URL.fullmatch(url)
    try:
        data = base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error:
        data = b""
    if not data:
        raise _wrong(number, "invalid image data")
