"""Texts from outside, without anything that looks like a key."""

from __future__ import annotations

import re

__all__ = ["scrub"]

_HIDDEN = "[key]"
_KEYS = re.compile(
    r"""\bgsk_[A-Za-z0-9_*.\u2026-]{4,}                # a Groq key, or what a service shows of one
    |\b(?:sk|xai|hf|ghp|github_pat)[-_][A-Za-z0-9_-]{16,}   # other people's
    |(?<=bearer\ )\s*[^\s"',;]{8,}
    |(?<=://)[^\s/@:]*:[^\s/@]*(?=@)              # a user and a password in an address
    """,
    re.IGNORECASE | re.VERBOSE,
)


def scrub(text: str, key: str = "") -> str:
    """Return `text` with `key`, and whatever looks like a key, replaced by `[key]`."""
    if len(key) >= 4:  # noqa: PLR2004 - shorter ones would hide ordinary words
        text = text.replace(key, _HIDDEN)
    return _KEYS.sub(_HIDDEN, text)
