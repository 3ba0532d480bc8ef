"""Make text safe for terminals, notebook files and streams of any encoding."""

from __future__ import annotations

import json
import re
import unicodedata

__all__ = ["SURROGATE", "encodable", "escaped", "printable"]

# Half of a surrogate pair: it can't be encoded.
SURROGATE = re.compile("[\ud800-\udfff]")
# Invisible letters and marks that are printable for Python.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
# Replaces the characters of our own messages, for terminals with ASCII alone.
_ASCII = str.maketrans(
    {"…": "...", "·": "-", "–": "-", "—": "-", "≈": "~", "×": "x", "→": "->", "’": "'"}  # noqa: RUF001 - the characters that are replaced
    | dict(zip("━╸─┤▁▂▃▄▅▆▇█", "#+-|__==####", strict=True))  # plots
)


def printable(text: str) -> str:
    """Return `text` without control characters, except line breaks and tabs.

    Half a surrogate pair, which can't be encoded, becomes U+FFFD.
    """
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    return SURROGATE.sub("\ufffd", kept)


def escaped(text: str) -> str:
    r"""Return `text` with JSON escapes for invisible characters and odd spaces: `\u00a0`.

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
    """Return `text` with characters that an encoding lacks replaced by similar ones, or `?`.

    Parameters
    ----------
    text : str
    encoding : str or None
        Of a stream; None and unknown encodings replace nothing.
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
