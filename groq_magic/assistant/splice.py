"""A part of a cell put back into the whole, where its place is certain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from groq_magic.assistant.alignment import anchors, indent_of, likeness, matches
from groq_magic.assistant.definitions import definition_edits
from groq_magic.assistant.edits import Edit, reindented
from groq_magic.assistant.names import names_read
from groq_magic.assistant.placeholders import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from groq_magic.assistant.edits import Places

__all__ = ["is_instead_of", "part_edits", "target_of"]

_TARGET = re.compile(
    r"[ \t]*([A-Za-z_][\w.]*(?:\[[^\]=]*\])?)\s*(?::[^=]+)?([-+*/|&^%@]|//|\*\*)?=(?!=)(.*)"
)
_STATEMENT = re.compile(r"[ \t]*(?:async[ \t]+)?(def|class|import|from|return|[@%!])")
_KEYWORDS = frozenset(
    {"else:", "try:", "finally:", "pass", "return", "break", "continue", "return None"}
)
_SHORTEST_ANCHOR = 4
_SHORTEST_LINE = 10
# How alike two lines are of which one takes the other's place: more is asked for where nothing
# else shows that they belong together.
_ALIKE = 0.6
_ALIKE_ALONE = 0.8
# What is this much less alike than the best is another line.
_MARGIN = 0.15


def part_edits(code: str, source: str, known: Collection[str]) -> tuple[Edit, ...] | Places:
    """Return the edits that put a part of a cell into it, or how many places it fits.

    Parameters
    ----------
    code : str
        Lines of the cell, some of them changed, perhaps with placeholders for
        lines that it leaves out.
    source : str
        The cell.
    known : collection of str
        The cell's lines without their indentation.
    """
    segments = _segments(code, known)
    if len(segments) == 1 and len(segments[0]) == len(code.split("\n")):
        named = definition_edits(code, source)
        if named is not None:
            return named
    cell = _Cell.of(source)
    edits: list[Edit] = []
    low = 0
    for position, segment in enumerate(segments):
        high = _next_place(segments[position + 1 :], cell)
        found = _placed(segment, cell, low, high)
        if not isinstance(found, Edit):
            return found
        edits.append(found)
        low = found.end
    return tuple(edits)


def target_of(line: str) -> str:
    """Return what a line assigns to, `name`, `name.attribute` or `name[key]`; "" for nothing."""
    found = _TARGET.match(line)
    return found[1] if found else ""


def is_instead_of(new: str, old: str, *, alone: bool) -> bool:
    """Return whether a line takes the place of another.

    Parameters
    ----------
    new, old : str
    alone : bool
        Whether nothing else shows that they belong together.
    """
    if _kind(new) != _kind(old):
        return False
    mine, its = _TARGET.match(new), _TARGET.match(old)
    if mine and its and mine[1] == its[1]:
        # `y = f(y)` stands below what sets `y`, not instead of it.
        name = re.split(r"[.\[]", mine[1])[0]
        reads_now = bool(mine[2]) or name in names_read(mine[3])
        reads_before = bool(its[2]) or name in names_read(its[3])
        if reads_now and not reads_before:
            return False
        return likeness(new.strip(), old.strip()) >= _ALIKE
    if not alone:
        return likeness(new.strip(), old.strip()) >= _ALIKE
    if mine or its or len(new.strip()) < _SHORTEST_LINE:
        return False
    return likeness(new.strip(), old.strip()) >= _ALIKE_ALONE


@dataclass(frozen=True)
class _Cell:
    lines: list[str]
    keys: list[str]

    @classmethod
    def of(cls, source: str) -> _Cell:
        lines = source.split("\n")
        return cls(lines, [line.strip() for line in lines])

    @property
    def filled(self) -> list[int]:
        return [at for at, key in enumerate(self.keys) if key]


def _kind(line: str) -> str:
    """Return which statement a line begins, of those that no other can stand for."""
    found = _STATEMENT.match(line)
    return found[1] if found else ""


def _segments(code: str, known: Collection[str]) -> list[list[str]]:
    """Return code's lines, parted at placeholders."""
    parts: list[list[str]] = [[]]
    for line in code.split("\n"):
        if is_placeholder(line, known):
            parts.append([])
        else:
            parts[-1].append(line)
    return [_bare(part) for part in parts if any(map(str.strip, part))]


def _bare(lines: list[str]) -> list[str]:
    filled = [at for at, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if len(filled) < len(lines) else lines


def _anchors(segment: list[str], cell: _Cell) -> list[tuple[int, int]]:
    """Return the segment's lines that stand once in both and say something."""
    keys = [line.strip() for line in segment]
    return [(i, j) for i, j in anchors(cell.keys, keys) if _is_strong(keys[j])]


def _is_strong(key: str) -> bool:
    return len(key) >= _SHORTEST_ANCHOR and key not in _KEYWORDS and any(map(str.isalnum, key))


def _next_place(segments: Iterable[list[str]], cell: _Cell) -> int:
    """Return the line where the next segment with an anchor begins at the latest."""
    for segment in segments:
        found = _anchors(segment, cell)
        if found:
            return found[0][0]
    return len(cell.lines)


def _placed(segment: list[str], cell: _Cell, low: int, high: int) -> Edit | Places:
    """Return the edit that puts one segment between two lines of the cell."""
    fixed = _anchors(segment, cell)
    if not fixed:
        return _without_anchor(segment, cell, low, high)
    if fixed[0][0] < low or _crossed(segment, cell, fixed):
        return 0
    pairs = _extended(segment, cell, fixed)
    if not all(_is_tight(a, b, segment, cell) for a, b in pairwise(pairs)):
        return 0
    start = _start(segment, cell, pairs[0], low)
    end = _end(segment, cell, pairs[-1], high)
    if start is None or end is None:
        return 0
    at, of = pairs[0]
    have, want = indent_of(segment[of]), indent_of(cell.lines[at])
    last_at, last_of = pairs[-1]
    if _shift(segment[last_of], cell.lines[last_at]) != _shift(segment[of], cell.lines[at]):
        return 0
    return Edit(start, end, reindented(segment, have, want))


def _crossed(segment: list[str], cell: _Cell, fixed: list[tuple[int, int]]) -> bool:
    """Whether lines that stand once in both have another order: then it is no part as it was."""
    once = {key for key in (line.strip() for line in segment) if _is_strong(key)}
    there = [key for key in cell.keys if key in once]
    return len(set(there)) == len(there) and len(there) > len(fixed)


def _extended(
    segment: list[str], cell: _Cell, fixed: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the matches of all lines from the first anchor to the last, and next to them."""
    (i, j), (p, q) = fixed[0], fixed[-1]
    keys = [line.strip() for line in segment]
    while i and j and cell.keys[i - 1] == keys[j - 1]:
        i, j = i - 1, j - 1
    while p + 1 < len(cell.keys) and q + 1 < len(keys) and cell.keys[p + 1] == keys[q + 1]:
        p, q = p + 1, q + 1
    found = matches(cell.keys[i : p + 1], keys[j : q + 1])
    return [(i + a, j + b) for a, b in found]


def _is_tight(a: tuple[int, int], b: tuple[int, int], segment: list[str], cell: _Cell) -> bool:
    """Whether the lines between two matches are few enough to be replaced, not left out."""
    old = sum(bool(key) for key in cell.keys[a[0] + 1 : b[0]])
    new = sum(bool(line.strip()) for line in segment[a[1] + 1 : b[1]])
    return old <= (2 * new + 1 if new else 1)


def _start(segment: list[str], cell: _Cell, first: tuple[int, int], low: int) -> int | None:
    """Return the first line that is replaced; None where that is not certain."""
    at, of = first
    if not of:
        return at
    if not any(cell.keys[:at]):
        return at
    above = [n for n in range(max(low, at - of), at) if cell.keys[n]]
    found = [n for n in above if is_instead_of(segment[0], cell.lines[n], alone=False)]
    return found[0] if len(found) == 1 else None


def _end(segment: list[str], cell: _Cell, last: tuple[int, int], high: int) -> int | None:
    """Return the line after the last one that is replaced; None where that is not certain."""
    at, of = last
    rest = len(segment) - 1 - of
    if not rest:
        return at + 1
    if not any(cell.keys[at + 1 :]):
        return at + 1
    below = [n for n in range(at + 1, min(high, at + 1 + rest)) if cell.keys[n]]
    found = [n for n in below if is_instead_of(segment[-1], cell.lines[n], alone=False)]
    return found[0] + 1 if len(found) == 1 else None


def _without_anchor(segment: list[str], cell: _Cell, low: int, high: int) -> Edit | Places:
    """Return the edit for lines that are all changed: each must have one that it is like."""
    first = _like(segment[0], cell, low, high)
    if len(first) != 1:
        return len(first)
    (start,) = first
    end = start + len(segment)
    if end > high or len(segment) > 1:
        filled = [n for n in range(start, min(end, high)) if cell.keys[n]]
        if len(filled) != len([line for line in segment if line.strip()]) or not all(
            is_instead_of(new, old, alone=True)
            for new, old in zip(segment, cell.lines[start:end], strict=False)
            if new.strip()
        ):
            return 0
    have, want = indent_of(segment[0]), indent_of(cell.lines[start])
    return Edit(start, end, reindented(segment, have, want))


def _like(line: str, cell: _Cell, low: int, high: int) -> list[int]:
    """Return the lines of a cell that a changed line may stand for, the clearly best if one is."""
    scores = {
        n: likeness(line.strip(), cell.keys[n])
        for n in range(low, high)
        if cell.keys[n] and is_instead_of(line, cell.lines[n], alone=True)
    }
    best = max(scores.values(), default=0.0)
    return [n for n, score in scores.items() if score >= best - _MARGIN]


def _shift(one: str, other: str) -> int:
    return len(indent_of(other).expandtabs(4)) - len(indent_of(one).expandtabs(4))
