"""Where values stand in a text: whole, escaped, rounded, or cut off."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from groq_magic.clipping import tried

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "BEGINNING",
    "TOKEN",
    "Numbers",
    "beginnings",
    "cut_values",
    "cuts_in",
    "forms_of",
    "runs_in",
]

TOKEN = re.compile(r"\w+|[^\w\s]")
# A value of more words than these is found by its beginning.
_MOST_TOKENS = 16
BEGINNING = 60
# Shorter ones stand in any text by chance.
SHORTEST_TEXT = 3
_SHORTEST_NUMBER = 4
_CUT = re.compile(r"\.{3}|…")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ESCAPED = frozenset("'\"\\")


def forms_of(text: str) -> Iterator[str]:
    """Yield a text as it stands in another one: on one line, and with Python's escapes."""
    forms = {" ".join(text.split())}
    if not text.isprintable() or not _ESCAPED.isdisjoint(text):
        forms |= {repr(text)[1:-1], repr(text + "'\"")[1:-4], text.replace("\n", "\\n")}
        forms.add(text.replace('"', '""'))
    yield from (form for form in forms if len(form) >= SHORTEST_TEXT)


class Numbers:
    """The numbers in a text, found by values of which they may be rounded.

    Parameters
    ----------
    runs : Mapping of str to list of (int, int)
        The runs of words of the text, and where they stand.
    """

    def __init__(self, runs: Mapping[str, list[tuple[int, int]]]) -> None:
        self._spans: dict[tuple[int, float], list[tuple[int, int]]] = {}
        for run, spans in runs.items():
            if len(run) >= _SHORTEST_NUMBER and _NUMBER.fullmatch(run):
                decimals = len(run.partition(".")[2])
                self._spans.setdefault((decimals, float(run)), []).extend(spans)
        self._decimals = sorted({decimals for decimals, _ in self._spans})

    def spans_of(self, value: float) -> Iterator[tuple[int, int]]:
        """Yield where a number stands, rounded or whole."""
        for decimals in self._decimals:
            rounded = tried(lambda: abs(float(round(value, decimals))), 0.0)  # noqa: B023 - called at once
            yield from self._spans.get((decimals, rounded), ())


def runs_in(text: str, known: frozenset[str]) -> dict[str, list[tuple[int, int]]]:
    """Return where each run of words stands, but for those of known words alone."""
    tokens = [(found.start(), found.end()) for found in TOKEN.finditer(text)]
    runs: dict[str, list[tuple[int, int]]] = {}
    for first, (start, _) in enumerate(tokens):
        is_known = True
        for begin, end in tokens[first : first + _MOST_TOKENS]:
            is_known = is_known and text[begin:end] in known
            if not is_known:
                runs.setdefault(" ".join(text[start:end].split()), []).append((start, end))
    return runs


def cuts_in(text: str) -> list[tuple[str, int, int]]:
    """Return what stands before each ellipsis: text, start and end, the longest first."""
    found = []
    for mark in _CUT.finditer(text):
        before = text[max(0, mark.start() - 2 * BEGINNING) : mark.start()]
        for token in TOKEN.finditer(before):
            start = mark.start() - len(before) + token.start()
            piece = text[start : mark.start()]
            if len(piece) >= SHORTEST_TEXT:
                found.append((" ".join(piece.split()), start, mark.start()))
    return found


def cut_values(cuts: list[tuple[str, int, int]], texts: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where a beginning of one of these sorted texts stands before an ellipsis."""
    for piece, start, end in cuts:
        at = bisect_left(texts, piece)
        if at < len(texts) and texts[at].startswith(piece):
            yield start, end


def beginnings(text: str, value: str) -> Iterator[tuple[int, int]]:
    """Yield where a long value, or at least its beginning, stands in a text."""
    at = text.find(value[:BEGINNING])
    while at >= 0:
        same = zip(text[at:], value, strict=False)
        length = next((n for n, (one, other) in enumerate(same) if one != other), len(value))
        yield at, min(at + length, len(text))
        at = text.find(value[:BEGINNING], at + length)
