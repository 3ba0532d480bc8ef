"""Text that a terminal, a notebook file and a stream of any encoding can take."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["SURROGATE", "encodable", "printable"]

# Half of a surrogate pair: no encoding has it, so it breaks whatever writes it.
SURROGATE = re.compile("[\ud800-\udfff]")
# What our own lines are written with, for terminals that have ASCII alone.
_ASCII = str.maketrans(
    {"…": "...", "·": "-", "–": "-", "—": "-", "≈": "~", "×": "x", "→": "->", "’": "'"}  # noqa: RUF001 - the characters that are replaced
    | dict(zip("━╸─┤▁▂▃▄▅▆▇█", "#+-|__==####", strict=True))  # plots
)


def printable(text: str) -> str:
    """Return `text` without control characters, which a terminal acts on; lines and tabs stay.

    Half a surrogate pair, which can't be written at all, becomes U+FFFD.
    """
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    return SURROGATE.sub("\ufffd", kept)


def encodable(text: str, encoding: str | None) -> str:
    """Return `text` with what an encoding lacks replaced by something like it, or by `?`.

    Parameters
    ----------
    text : str
    encoding : str or None
        A stream's encoding; None, and one that Python doesn't know, takes everything.
    """
    try:
        text.encode(encoding or "utf-8")
    except LookupError:
        return text
    except UnicodeEncodeError:
        return _replaced(text, encoding or "utf-8")
    return text


def _replaced(text: str, encoding: str) -> str:
    def fitting(c: str) -> str:
        try:
            c.encode(encoding)
        except UnicodeEncodeError:
            return c.translate(_ASCII).encode(encoding, "replace").decode(encoding)
        return c

    return "".join(map(fitting, text))
