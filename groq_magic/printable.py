"""Text as a terminal may have it."""

from __future__ import annotations

import unicodedata

__all__ = ["printable"]

_UNFIT = ("Cc", "Cs")


def printable(text: str) -> str:
    """Return `text` without control characters, which a terminal acts on; lines and tabs stay.

    Lone surrogates go too: no front end can be sent one.
    """
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _UNFIT)
