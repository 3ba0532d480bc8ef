"""Find a quote in the values of a row, even if it is written a little differently."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["FoundQuote", "find_quote"]

# The soft hyphen, and characters without a width.
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_SIMILAR = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    }
)
# The hyphen in a word that continues on the next line.
_AT_LINE_END = re.compile(r"(?<=\w)[-\u2010\u00ad][^\S\n]*\n\s*(?=\w)")
_QUOTES = "\"'`"


@dataclass(frozen=True)
class FoundQuote:
    """The place of a quote.

    Parameters
    ----------
    is_found : bool
    at : int or None
        The offset in the text, in characters.
    name : str or None
        The name of the text.
    """

    is_found: bool
    at: int | None = None
    name: str | None = None


def find_quote(quote: str, texts: Iterable[tuple[str, str]]) -> FoundQuote:
    """Find a quote in the texts of a row.

    White space, hyphens at the ends of lines, ligatures, accents, quotation marks and dashes may
    differ; capitals and all other characters may not.

    Parameters
    ----------
    quote : str
    texts : iterable of (str, str)
        Names and texts.
    """
    texts = list(texts)
    exact = quote.strip()
    for name, text in texts if exact else ():
        at = text.find(exact)
        if at >= 0:
            return FoundQuote(is_found=True, at=at, name=name)
    plain, _ = _normal(quote, joins="")
    plain = plain.strip(" ")
    unquoted = plain[1:-1].strip(" ") if plain[:1] in _QUOTES and plain[-1:] in _QUOTES else ""
    for sought in filter(None, (plain, unquoted)):
        if not any(map(str.isalnum, sought)) and sought == unquoted:
            continue
        for name, text in texts:
            # A word that is broken at a hyphen may have that hyphen or not.
            for joins in ("", "-"):
                folded, places = _normal(text, joins=joins)
                at = folded.find(sought)
                if at >= 0:
                    return FoundQuote(is_found=True, at=places[at], name=name)
    return FoundQuote(is_found=False)


def _normal(text: str, *, joins: str) -> tuple[str, list[int]]:
    """Return a text in its normal form, and the offset in the text of each of its characters.

    Parameters
    ----------
    text : str
    joins : str
        The replacement for a hyphen at the end of a line.
    """
    pieces: list[str] = []
    places: list[int] = []
    ends = {found.start(): found.end() for found in _AT_LINE_END.finditer(text)}
    at = 0
    while at < len(text):
        piece, after = text[at], at + 1
        if at in ends:
            piece, after = joins, ends[at]
        elif piece.isspace():
            piece = "" if pieces and pieces[-1] == " " else " "
        elif piece in _INVISIBLE:
            piece = ""
        elif not piece.isascii():
            piece = unicodedata.normalize("NFKD", piece.translate(_SIMILAR)).translate(_SIMILAR)
        if piece:
            pieces.append(piece)
            places += [at] * len(piece)
        at = after
    return "".join(pieces), places
