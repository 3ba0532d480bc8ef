"""Find the lines of one text in another, in a time linear in their number."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["anchors", "indent_of", "likeness", "matches"]

# Pairs of lines that are compared in one gap between anchors.
_GAP = 2_500
_LONGEST = 300


def anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of lines that occur once in each text, in an order common to both.

    Parameters
    ----------
    old, new : sequence of str
        Lines; empty ones are ignored.
    """
    in_old, in_new = Counter(old), Counter(new)
    place = {line: at for at, line in enumerate(old) if line and in_old[line] == 1}
    pairs = [(place[line], at) for at, line in enumerate(new) if line in place]
    return _rising([pair for pair in pairs if in_new[new[pair[1]]] == 1])


def matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of lines that two texts share, increasing in both: a patience diff.

    Parameters
    ----------
    old, new : sequence of str
        Lines; empty ones are ignored.
    """
    found: list[tuple[int, int]] = []
    i = j = 0
    for p, q in (*anchors(old, new), (len(old), len(new))):
        found += _between(old, new, (i, p), (j, q))
        if p < len(old):
            found.append((p, q))
        i, j = p + 1, q + 1
    return found


def likeness(one: str, other: str) -> float:
    """Return how alike two lines are, from 0 to 1; their ends beyond 300 characters don't count."""
    matcher = difflib.SequenceMatcher(None, one[:_LONGEST], other[:_LONGEST], autojunk=False)
    return matcher.ratio()


def indent_of(line: str) -> str:
    """Return the blanks that a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest subsequence of `pairs` whose first members increase."""
    tails: list[int] = []  # the smallest last member of an increasing subsequence of each length
    ends: list[int] = []  # the pair that is this member
    before: list[int] = []
    for at, (first, _) in enumerate(pairs):
        length = bisect_left(tails, first)
        tails[length : length + 1] = [first]
        ends[length : length + 1] = [at]
        before.append(ends[length - 1] if length else -1)
    found, at = [], ends[-1] if ends else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _between(
    old: Sequence[str], new: Sequence[str], span: tuple[int, int], other: tuple[int, int]
) -> list[tuple[int, int]]:
    """Return the matches within two spans: from both ends, and what is left if it is small."""
    (i, p), (j, q) = span, other
    head, tail = [], []
    while i < p and j < q and old[i] == new[j]:
        head.append((i, j))
        i, j = i + 1, j + 1
    while i < p and j < q and old[p - 1] == new[q - 1]:
        p, q = p - 1, q - 1
        tail.append((p, q))
    middle = []
    if 0 < (p - i) * (q - j) <= _GAP:
        matcher = difflib.SequenceMatcher(None, old[i:p], new[j:q], autojunk=False)
        middle = [
            (i + block.a + n, j + block.b + n)
            for block in matcher.get_matching_blocks()
            for n in range(block.size)
        ]
    return [pair for pair in (*head, *middle, *tail[::-1]) if old[pair[0]]]
