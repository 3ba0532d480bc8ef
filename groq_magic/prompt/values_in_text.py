"""Where values stand in a text: whole, escaped, rounded, or cut off."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

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
# What is written in several ways: quotes, backslashes, blanks that are not single.
_ODD = re.compile(r"""['"\\]|\s\s|^\s|\s$""")
_LARGEST = 1e300


def forms_of(texts: Iterable[str]) -> set[str]:
    """Return the forms of texts within other texts: on one line, with Python's escapes."""
    forms = set(texts)
    # Most texts have one form: a column may hold a million.
    odd = {t for t in forms if not t.isprintable() or _ODD.search(t)}
    forms -= odd
    for text in odd:
        forms |= {" ".join(text.split()), repr(text)[1:-1], repr(text + "'\"")[1:-4]}
        forms |= {text.replace("\n", "\\n"), text.replace('"', '""')}
    return {form for form in forms if len(form) >= SHORTEST_TEXT}


class Numbers:
    """The numbers in a text, found by the values that they may be rounded from.

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

    def spans_of(self, values: Iterable[float]) -> Iterator[tuple[int, int]]:
        """Yield where numbers stand, rounded or whole."""
        if not self._decimals:
            return
        finite = {value for value in values if -_LARGEST < value < _LARGEST}
        for decimals in self._decimals:
            for rounded in {abs(float(round(value, decimals))) for value in finite}:
                yield from self._spans.get((decimals, rounded), ())


def runs_in(text: str, known: frozenset[str]) -> dict[str, list[tuple[int, int]]]:
    """Return where each run of words stands, except runs of known words only."""
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


def cut_values(
    cuts: list[tuple[str, int, int]], texts: Collection[str]
) -> Iterator[tuple[int, int]]:
    """Yield where the beginning of a text stands before an ellipsis."""
    heads = {piece[:SHORTEST_TEXT] for piece, _, _ in cuts}
    near = sorted(text for text in texts if text[:SHORTEST_TEXT] in heads) if heads else []
    for piece, start, end in cuts:
        at = bisect_left(near, piece)
        if at < len(near) and near[at].startswith(piece):
            yield start, end


def beginnings(text: str, value: str) -> Iterator[tuple[int, int]]:
    """Yield where a long value, or at least its beginning, stands in a text."""
    at = text.find(value[:BEGINNING])
    while at >= 0:
        same = zip(text[at:], value, strict=False)
        length = next((n for n, (one, other) in enumerate(same) if one != other), len(value))
        yield at, min(at + length, len(text))
        at = text.find(value[:BEGINNING], at + length)
