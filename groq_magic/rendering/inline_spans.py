"""Find the ends of code spans, formulas and HTML tags in a leaf's text.

Failed searches are remembered, so that a text of opening marks alone takes one pass.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from groq_magic.rendering.maths import Formula
from groq_magic.rendering.raw_html import CLOSE_TAG, OPEN_TAG

__all__ = ["Spans"]

_BACKTICKS = re.compile(r"`+")
_TAG = re.compile(rf"{OPEN_TAG}|{CLOSE_TAG}")
_DECLARATION = re.compile(r"<![A-Za-z]")
_SPECIAL_HTML = (("<!--", "-->", 2), ("<?", "?>", 2), ("<![CDATA[", "]]>", 9))
_MAX_FORMULA = 4096
# "$5 and US$": an amount and words, without a sign that only formulas have.
_AMOUNT = re.compile(r"\d[^\\^_={}+<>]*+\Z")
# A backslash and the character that it escapes, or an unescaped dollar.
_CLOSER = re.compile(r"\\.|\$", re.DOTALL)
_MAX_FORMULA_LINES = 2


class Spans:
    """Finds ends in one leaf's text.

    Parameters
    ----------
    text : str
        The leaf's text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._runs: dict[int, list[int]] | None = None
        self._closers: dict[str, list[int]] | None = None
        self._missing: dict[str, int] = {}

    def _find(self, what: str, start: int) -> int:
        if start >= self._missing.get(what, len(self._text) + 1):
            return -1
        found = self._text.find(what, start)
        if found < 0:
            self._missing[what] = start
        return found

    def code_end(self, start: int, length: int) -> int:
        """Return where the closing run of backticks begins, or -1."""
        if self._runs is None:
            self._runs = {}
            for run in _BACKTICKS.finditer(self._text):
                self._runs.setdefault(run.end() - run.start(), []).append(run.start())
        return _first_from(self._runs.get(length, []), start)

    def html_end(self, start: int) -> int:
        """Return where the HTML tag, comment or the like that begins at `start` ends, or -1."""
        tag = _TAG.match(self._text, start)
        if tag:
            return tag.end()
        for opening, closing, skip in _SPECIAL_HTML:
            if self._text.startswith(opening, start):
                found = self._find(closing, start + skip)
                return found + len(closing) if found >= 0 else -1
        if _DECLARATION.match(self._text, start):
            return self._find(">", start) + 1 or -1
        return -1

    def formula(self, start: int) -> Formula | None:
        r"""Read the formula that begins at `start` with ``$``, ``$$``, ``\(`` or ``\[``."""
        text = self._text
        if text[start] == "\\":
            return self._bracketed(start)
        if text.startswith("$$", start):
            end = self._find("$$", start + 2)
            return self._checked(start + 2, end, end + 2, display=True) if end >= 0 else None
        return self._dollars(start)

    def _bracketed(self, start: int) -> Formula | None:
        display = self._text[start + 1] == "["
        end = self._closer("\\]" if display else "\\)", start + 2)
        # A link whose brackets are escaped: \[text\](url)
        if end < 0 or (display and self._text.startswith("(", end + 2)):
            return None
        return self._checked(start + 2, end, end + 2, display=display)

    def _closer(self, mark: str, start: int) -> int:
        """Return where the next unescaped mark begins, or -1."""
        if self._closers is None:
            self._closers = {}
            for found in _CLOSER.finditer(self._text):
                self._closers.setdefault(found[0], []).append(found.start())
        return _first_from(self._closers.get(mark, []), start)

    def _checked(self, start: int, end: int, after: int, *, display: bool) -> Formula | None:
        if not 0 < end - start <= _MAX_FORMULA:
            return None
        tex = self._text[start:end].strip()
        return Formula(tex, display, after) if tex else None

    def _dollars(self, start: int) -> Formula | None:
        text = self._text
        before, first = text[start - 1 : start], text[start + 1 : start + 2]
        if (before.isascii() and before.isalnum()) or not first or first.isspace():
            return None
        end = self._closer("$", start + 1)
        if end < 0 or end - start > _MAX_FORMULA or text[end - 1].isspace():
            return None
        after = text[end + 1 : end + 2]
        if after == "$" or (after.isascii() and after.isalnum()):
            return None
        tex = text[start + 1 : end]
        if "`" in tex or tex.count("\n") >= _MAX_FORMULA_LINES or _is_money(tex):
            return None
        return self._checked(start + 1, end, end + 1, display=False)


def _is_money(tex: str) -> bool:
    return _AMOUNT.match(tex) is not None and any(map(str.isspace, tex))


def _first_from(positions: list[int], start: int) -> int:
    index = bisect_left(positions, start)
    return positions[index] if index < len(positions) else -1
