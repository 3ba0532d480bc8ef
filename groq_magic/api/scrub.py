"""Texts from outside, without anything that looks like a key."""

from __future__ import annotations

import re

__all__ = ["scrub"]

_HIDDEN = "[key]"
_KEYS = re.compile(r"\bgsk_[A-Za-z0-9_-]{4,}|(?<=bearer )\s*[^\s\"',;]+", re.IGNORECASE)


def scrub(text: str, key: str = "") -> str:
    """Return `text` with `key`, and whatever looks like a Groq key, replaced by `[key]`."""
    if len(key) >= 4:  # noqa: PLR2004 - shorter ones would hide ordinary words
        text = text.replace(key, _HIDDEN)
    return _KEYS.sub(_HIDDEN, text)
