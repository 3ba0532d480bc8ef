"""Characters: escaping for HTML, and entities."""

from __future__ import annotations

import html
import re
from html.entities import html5

from groq_magic.printable import SURROGATE

__all__ = ["ENTITY", "ESCAPABLE", "entity", "escape", "unescape"]

ESCAPABLE = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
ENTITY = re.compile(r"&(?:#[xX][0-9a-fA-F]{1,6}|#[0-9]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED_OR_ENTITY = re.compile(rf"\\([{re.escape(ESCAPABLE)}])|{ENTITY.pattern}")
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


def entity(reference: str) -> str | None:
    """Return the character that a reference such as ``&amp;`` stands for, or None."""
    if reference[1] == "#":
        digits = reference[2:-1]
        code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
        if code in (0, 2, 3) or code > _MAX_CODE_POINT or SURROGATE.match(chr(code)):
            return "\ufffd"
        return chr(code)
    return html5.get(reference[1:])


def unescape(text: str) -> str:
    """Return a destination, title or info string without backslash escapes and entities."""
    if "\\" not in text and "&" not in text:
        return text

    def plain(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        return entity(found[0]) or found[0]

    return _ESCAPED_OR_ENTITY.sub(plain, text)
