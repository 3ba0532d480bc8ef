"""The API key: where it is found, what it must look like, and how it stays unseen."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from groq_magic.errors import ApiKeyError

__all__ = ["KEY_NAME", "KEY_PAGE", "ApiKey", "checked", "found_key"]

KEY_NAME = "GROQ_API_KEY"
KEY_PAGE = "https://console.groq.com/keys"
_GET_ONE = f"`%groq_key` asks for one; {KEY_PAGE} gives one."


@dataclass(frozen=True)
class ApiKey:
    """A key and where it came from; its repr shows the source alone."""

    value: str = field(repr=False)
    source: str

    def __str__(self) -> str:
        return f"key from {self.source}"


def found_key(folder: Path | None = None) -> ApiKey | None:
    """Return the key of the environment, else of the nearest `.env` upward of `folder`.

    Of a `.env` only `GROQ_API_KEY` is read, never a URL.

    Raises
    ------
    ApiKeyError
        When the one that is found is malformed.
    """
    value = os.environ.get(KEY_NAME)
    if value is not None and value.strip():
        return checked(value, KEY_NAME)
    for place in _upward(folder):
        value = _from_file(place / ".env")
        if value is not None and value.strip():
            return checked(value, ".env")
    return None


def checked(value: str, source: str) -> ApiKey:
    """Return `value` as a key, without surrounding white space.

    Raises
    ------
    ApiKeyError
        When it is blank, quoted, or holds what no key holds: white space
        or characters beyond ASCII (a copied smart quote, say).
    """
    text = value.strip()
    if not text:
        raise ApiKeyError("The key is blank.", _GET_ONE)
    if text[0] in "\"'`" or text[-1] in "\"'`":
        raise ApiKeyError(f"The key of {source} is in quote marks.", "Give it without them.")
    if not text.isascii():
        raise ApiKeyError(
            f"The key of {source} holds characters that no key has, such as smart quotes.",
            f"Copy it again from {KEY_PAGE}.",
        )
    if any(c.isspace() or not c.isprintable() for c in text):
        raise ApiKeyError(
            f"The key of {source} holds white space or a line break inside.",
            f"Copy it again from {KEY_PAGE}.",
        )
    return ApiKey(text, source)


def _upward(folder: Path | None) -> list[Path]:
    try:
        start = (folder or Path.cwd()).resolve()
    except OSError:
        # The working folder may have been deleted.
        return []
    return [start, *start.parents]


def _from_file(path: Path) -> str | None:
    try:
        if not path.is_file():
            return None
        from dotenv import dotenv_values

        # Without interpolation: a key is text, and `$` in it means nothing.
        return dotenv_values(path, interpolate=False).get(KEY_NAME)
    except (OSError, UnicodeDecodeError):
        return None
