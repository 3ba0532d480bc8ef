"""Text that a terminal, a notebook file and a stream of any encoding can take."""

from __future__ import annotations

import json
import re
import unicodedata

__all__ = ["SURROGATE", "encodable", "escaped", "printable"]

# Half of a surrogate pair: no encoding has it, so it breaks whatever writes it.
SURROGATE = re.compile("[\ud800-\udfff]")
# Letters and marks that look like nothing, though Python calls them printable.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
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


def escaped(text: str) -> str:
    r"""Return `text` with what can't be seen, or looks like a space, as JSON escapes it: `\u00a0`.

    Parameters
    ----------
    text : str
        One line: a line break is escaped too.
    """
    if text.isprintable() and not _BLANK.search(text):
        return text
    return "".join(
        c if c.isprintable() and not _BLANK.match(c) else json.dumps(c)[1:-1] for c in text
    )


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
