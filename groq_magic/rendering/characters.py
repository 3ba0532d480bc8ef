"""Characters: escaping for HTML, entities, and what input is cleaned of."""

from __future__ import annotations

import html
import re
from html.entities import html5

from groq_magic.printable import SURROGATE

__all__ = ["ENTITY", "ESCAPABLE", "clean_input", "entity", "escape", "lines_of", "unescape_marks"]

ESCAPABLE = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
ENTITY = re.compile(r"&(?:#[xX][0-9a-fA-F]{1,6}|#[0-9]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED_OR_ENTITY = re.compile(rf"\\([{re.escape(ESCAPABLE)}])|{ENTITY.pattern}")
# STX and ETX mark places in Python-Markdown's output; a text must not forge them.
_UNWANTED = re.compile("[\0\x02\x03]")
_LINE_END = re.compile("\r\n?")
_MAX_CODE_POINT = 0x10FFFF


def escape(text: str) -> str:
    """Return text as HTML content or a quoted attribute's value.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        With ``& < > " '`` as character references.
    """
    return html.escape(text, quote=True)


def clean_input(text: str) -> str:
    r"""Return Markdown with ``\n`` as its only line end and no character that HTML can't hold."""
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    if _UNWANTED.search(text):
        text = _UNWANTED.sub("\ufffd", text)
    if SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def entity(reference: str) -> str | None:
    """Return the character that a reference such as ``&amp;`` stands for, or None."""
    if reference[1] == "#":
        digits = reference[2:-1]
        code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
        if code in (0, 2, 3) or code > _MAX_CODE_POINT or SURROGATE.match(chr(code)):
            return "\ufffd"
        return chr(code)
    return html5.get(reference[1:])


def lines_of(text: str) -> list[str]:
    """Return the lines of a whole text; the end of the last one begins no other."""
    lines = clean_input(text).split("\n")
    return lines if lines[-1] else lines[:-1]


def unescape_marks(text: str) -> str:
    """Return a destination, title or info string without backslash escapes and entities."""
    if "\\" not in text and "&" not in text:
        return text

    def plain(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        return entity(found[0]) or found[0]

    return _ESCAPED_OR_ENTITY.sub(plain, text)
