"""One-line phrases as HTML and as plain text."""

from __future__ import annotations

import re
from html import escape

__all__ = ["SEPARATOR", "first_words", "phrase_html", "phrase_plain", "quoted"]

SEPARATOR = " · "

_QUOTED = 48  # characters: enough to recognise a prompt by
_CODE = re.compile(r"`([^`\n]+)`")


def phrase_html(phrase: str) -> str:
    """Return a phrase as safe HTML: everything escaped, backticks as ``<code>``."""
    return _CODE.sub(r"<code>\1</code>", escape(phrase))


def phrase_plain(phrase: str) -> str:
    """Return a phrase as plain text, without its backticks."""
    return _CODE.sub(r"\1", phrase)


def first_words(text: str, most: int) -> str:
    """Return the beginning of a text on one line, with `…` where it is cut.

    Parameters
    ----------
    text : str
    most : int
        Characters at most, without the `…`; a word longer than that is cut.
    """
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    end = line.rfind(" ", 1, most + 1)
    return f"{line[: end if end > 0 else most]}…"


def quoted(prompt: str) -> str:
    """Return the beginning of a prompt in quotation marks, for a line that names the prompt."""
    # Only the beginning of a long prompt is read.
    return f"\u201c{first_words(prompt[: 10 * _QUOTED], _QUOTED)}\u201d"
