"""Texts from outside, without anything that looks like a key."""

from __future__ import annotations

import re

__all__ = ["scrub"]

_HIDDEN = "[key]"
_KEYS = re.compile(
    r"""\bgsk_[A-Za-z0-9_*.\u2026-]{4,}                # a Groq key, or what a service shows of one
    # Other people's. Names of variables and ordinary words seldom are so long and hold digits.
    |\b(?:hf|ghp)_(?=[A-Za-z]*[0-9])[A-Za-z0-9]{20,}
    |\bhf_[A-Za-z]{34}\b                           # Hugging Face's, mostly without digits
    |\b(?:sk|xai|github_pat)[-_](?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{20,}
    |(?<=bearer\ )\s*(?=[^\s"',;0-9]*[0-9])[^\s"',;]{12,}
    |(?<=://)[^\s/@:]*:[^\s/@]*(?=@)              # a user and a password in an address
    """,
    re.IGNORECASE | re.VERBOSE,
)


def scrub(text: str, key: str = "") -> str:
    """Return `text` with `key`, and whatever looks like a key, replaced by `[key]`."""
    if len(key) >= 4:  # noqa: PLR2004 - shorter ones would hide ordinary words
        text = text.replace(key, _HIDDEN)
    return _KEYS.sub(_HIDDEN, text)
