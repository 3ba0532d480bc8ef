"""Put a changed part of a cell back into the cell, if its place is certain."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from groq_magic.assistant.answer.alignment import anchors, indent_of, likeness, matches
from groq_magic.assistant.answer.definitions import definition_edits
from groq_magic.assistant.answer.edits import Edit, reindented
from groq_magic.assistant.answer.line_pairs import is_instead_of, is_statement
from groq_magic.assistant.answer.placeholders import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from groq_magic.assistant.answer.edits import Places

__all__ = ["part_edits"]

_KEYWORDS = frozenset(
    {"else:", "try:", "finally:", "pass", "return", "break", "continue", "return None"}
)
_MOST_SEGMENTS = 30
_SHORTEST_ANCHOR = 4
# Likeness: a line that is so much less alike than the best one is a different line.
_MARGIN = 0.15


def part_edits(
    code: str, source: str, known: Collection[str], failing: int
) -> tuple[Edit, ...] | Places:
    """Return the edits that put a part of a cell into it, or the number of places that it fits.

    Parameters
    ----------
    code : str
        Lines of the cell, some of them changed, perhaps with placeholders for
        lines that it leaves out.
    source : str
        The cell.
    known : collection of str
        The cell's lines without their indentation.
    failing : int
        The failing line of the cell, from 0; -1 if unknown.
    """
    segments = _segments(code, known)
    if not 0 < len(segments) <= _MOST_SEGMENTS:
        return 0
    # With placeholders all other lines are the cell's.
    has_gaps = any(is_placeholder(line, known) for line in code.split("\n"))
    if not has_gaps:
        named = definition_edits(code, source)
        if named is not None:
            return named
    lines = source.split("\n")
    cell = _Cell(lines, [line.strip() for line in lines], failing, has_gaps)
    edits: list[Edit] = []
    low = 0
    for position, segment in enumerate(segments):
        high = _next_place(segments[position + 1 :], cell)
        found = _place_segment(segment, cell, low, high)
        if not isinstance(found, Edit):
            return found
        edits.append(found)
        low = found.end
    return tuple(edits)


@dataclass(frozen=True)
class _Cell:
    lines: list[str]
    keys: list[str]
    failing: int
    has_gaps: bool


def _segments(code: str, known: Collection[str]) -> list[list[str]]:
    """Return code's lines, split at placeholders."""
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
    """Return the segment's distinctive lines that occur once in both texts."""
    keys = [line.strip() for line in segment]
    return [(i, j) for i, j in anchors(cell.keys, keys) if _is_strong(keys[j])]


def _is_strong(key: str) -> bool:
    return len(key) >= _SHORTEST_ANCHOR and key not in _KEYWORDS and any(map(str.isalnum, key))


def _next_place(segments: Iterable[list[str]], cell: _Cell) -> int:
    """Return the latest line at which the next segment with an anchor can begin."""
    for segment in segments:
        found = _anchors(segment, cell)
        if found:
            return found[0][0]
    return len(cell.lines)


def _place_segment(segment: list[str], cell: _Cell, low: int, high: int) -> Edit | Places:
    """Return the edit that puts one segment between two lines of the cell."""
    code = [n for n, line in enumerate(segment) if not _is_new_comment(line, cell)]
    if not code:
        return 0
    # Comments at the ends are placed with the code that they are about.
    first, last = code[0], code[-1]
    found = _place_code(segment[first : last + 1], cell, low, high)
    if not isinstance(found, Edit) or last - first + 1 == len(segment):
        return found
    have, want = indent_of(segment[first]), indent_of(found.lines[0])
    before, after = segment[:first], segment[last + 1 :]
    above, below = cell.keys[: found.start][-1:], cell.keys[found.end :][:1]
    if (before and "#" in "".join(above)[:1]) or (after and "#" in "".join(below)[:1]):
        return 0  # it may replace the comment that is there
    lines = (*reindented(before, have, want), *found.lines, *reindented(after, have, want))
    return Edit(found.start, found.end, lines)


def _is_new_comment(line: str, cell: _Cell) -> bool:
    text = line.strip()
    return not text or (text.startswith("#") and text not in cell.keys)


def _place_code(segment: list[str], cell: _Cell, low: int, high: int) -> Edit | Places:
    fixed = _anchors(segment, cell)
    if not fixed:
        return _without_anchor(segment, cell, low, high)
    if fixed[0][0] < low or _crossed(segment, cell, fixed):
        return 0
    pairs = _extended(segment, cell, fixed)
    start = _start(segment, cell, pairs[0], low)
    end = _end(segment, cell, pairs[-1], high)
    is_tight = all(_is_tight(a, b, segment, cell) for a, b in pairwise(pairs))
    (at, of), (last_at, last_of) = pairs[0], pairs[-1]
    shift = _shift(segment[of], cell.lines[at])
    if start is None or end is None or not is_tight:
        return 0
    if _shift(segment[last_of], cell.lines[last_at]) != shift:
        return 0
    return Edit(start, end, reindented(segment, indent_of(segment[of]), indent_of(cell.lines[at])))


def _crossed(segment: list[str], cell: _Cell, fixed: list[tuple[int, int]]) -> bool:
    """Whether lines that occur once in both texts have another order in the segment."""
    once = {key for key in (line.strip() for line in segment) if _is_strong(key)}
    there = [key for key in cell.keys if key in once]
    return len(set(there)) == len(there) and len(there) > len(fixed)


def _extended(
    segment: list[str], cell: _Cell, fixed: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the matches of all lines from the first anchor to the last, and adjacent ones."""
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
    """Return the first line that is replaced; None if that is not certain."""
    at, of = first
    if not of:
        return at
    if not any(cell.keys[:at]):
        return at
    above = [n for n in range(max(low, at - of), at) if cell.keys[n]]
    found = [n for n in above if is_instead_of(segment[0], cell.lines[n], alone=False)]
    return found[0] if len(found) == 1 else None


def _end(segment: list[str], cell: _Cell, last: tuple[int, int], high: int) -> int | None:
    """Return the line after the last one that is replaced; None if that is not certain."""
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
    """Return the edit for lines that are all changed: each must resemble one of the cell's."""
    places = _like(segment[0], cell, low, high)
    if len(places) != 1:
        return len(places)
    (start,) = places
    end = start + len(segment)
    old = cell.lines[start:end]
    if end > high or not all(map(_is_pair, segment, old)):
        return 0
    is_failing = cell.failing in range(start, end)
    if not is_failing and not cell.has_gaps and not all(map(is_statement, _filled(segment))):
        # An expression may only show a value.
        return 0
    return Edit(start, end, reindented(segment, indent_of(segment[0]), indent_of(old[0])))


def _filled(lines: Iterable[str]) -> list[str]:
    return [line for line in lines if line.strip()]


def _is_pair(new: str, old: str) -> bool:
    is_same = new.strip() == old.strip()
    return is_same or (bool(new.strip()) and is_instead_of(new, old, alone=True))


def _like(line: str, cell: _Cell, low: int, high: int) -> list[int]:
    """Return the lines of a cell that a changed line may replace: those most like it."""
    scores = {
        n: likeness(line.strip(), cell.keys[n])
        for n in range(low, high)
        if cell.keys[n] and is_instead_of(line, cell.lines[n], alone=True)
    }
    best = max(scores.values(), default=0.0)
    return [n for n, score in scores.items() if score >= best - _MARGIN]


def _shift(one: str, other: str) -> int:
    return len(indent_of(other).expandtabs(4)) - len(indent_of(one).expandtabs(4))
