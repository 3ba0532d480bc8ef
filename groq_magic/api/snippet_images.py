"""The images of a request that is exported as code, as files that the code reads."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["image_files", "with_file_names"]

_DATA_URL = re.compile(r"data:image/(png|jpeg);base64,(.*)", re.DOTALL)


def image_files(request: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the images in a request, by the names of their files."""
    found = (_DATA_URL.fullmatch(url) for url in _urls(request))
    return {
        _name(each[0]): base64.b64decode(each[2], validate=True)
        for each in found
        if each is not None
    }


def with_file_names(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request with the names of files in place of its images."""
    return {**request, "messages": [_named(message) for message in request["messages"]]}


def _named(message: Mapping[str, Any]) -> Mapping[str, Any]:
    content = message.get("content")
    if not isinstance(content, list):
        return message
    parts = [
        {**part, "image_url": {"url": _name(part["image_url"]["url"])}} if _is_image(part) else part
        for part in content
    ]
    return {**message, "content": parts}


def _name(url: str) -> str:
    """Return the name of an image's file, unique by its content."""
    found = _DATA_URL.fullmatch(url)
    if found is None:
        return url
    return f"groq-image-{hashlib.sha256(url.encode()).hexdigest()[:8]}.{found[1]}"


def _urls(request: Mapping[str, Any]) -> Iterator[str]:
    for message in request["messages"]:
        content = message.get("content")
        for part in content if isinstance(content, list) else ():
            if _is_image(part):
                yield part["image_url"]["url"]


def _is_image(part: Mapping[str, Any]) -> bool:
    return part.get("type") == "image_url"
