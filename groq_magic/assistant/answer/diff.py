"""Compare two versions of a cell line by line, and changed lines word by word."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from groq_magic.assistant.answer.alignment import likeness

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["DiffLine", "Mark", "difference"]

Mark = Literal["+", "-", " ", "…"]
_CONTEXT = 3
# Longer cells are compared by the lines that are rare in them.
_MOST_LINES = 400
# Pairs of lines that are compared for one cell, and the longest of them.
_MOST_PAIRS = 500
_LONGEST = 300
_ALIKE = 0.5
_TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)

_Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class DiffLine:
    """A line of a comparison.

    Parameters
    ----------
    mark : {"+", "-", " ", "…"}
        Added, removed, kept near a change, or kept lines that are not shown.
    text : str
        The line; for "…" the number of lines that are not shown.
    at : int
        Its index in the old version if it was removed, else in the new one.
    changed : tuple of (int, int)
        Start and end of each changed part, in a line that resembles its
        counterpart; empty where the whole line is new or removed.
    """

    mark: Mark
    text: str
    at: int = 0
    changed: _Spans = ()


def difference(before: str, after: str) -> tuple[DiffLine, ...]:
    """Return the lines of two versions of a cell that were removed, added and kept."""
    old, new = before.split("\n"), after.split("\n")
    # Frequent lines, such as empty ones, make a long comparison slow.
    is_long = max(len(old), len(new)) > _MOST_LINES
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=is_long)
    lines: list[DiffLine] = []
    codes = matcher.get_opcodes()
    left = _MOST_PAIRS
    for position, (kind, i, j, k, m) in enumerate(codes):
        if kind == "equal":
            lines += _kept(new, range(k, m), first=position == 0, last=position == len(codes) - 1)
        else:
            removed = [DiffLine("-", old[at], at) for at in range(i, j)]
            added = [DiffLine("+", new[at], at) for at in range(k, m)]
            if (pairs := len(removed) * len(added)) <= left:
                left -= pairs
                _mark_changed(removed, added)
            lines += [*removed, *added]
    return tuple(lines)


def _kept(lines: Sequence[str], span: range, *, first: bool, last: bool) -> list[DiffLine]:
    above = 0 if first else _CONTEXT
    below = len(span) - (0 if last else _CONTEXT)
    shown = [DiffLine(" ", lines[at], at) for at in span]
    if below - above > 1:
        shown[above:below] = [DiffLine("…", f"{below - above:,} lines unchanged")]
    return shown


def _mark_changed(old: list[DiffLine], new: list[DiffLine]) -> None:
    """Mark the changed characters in removed and added lines that are alike."""
    start = 0
    for i, line in enumerate(old):
        scores = {j: _likeness(line, new[j]) for j in range(start, len(new))}
        likest = max(scores, key=scores.__getitem__, default=None)
        if likest is None or scores[likest] < _ALIKE:
            continue
        removed, added = _changed_parts(line.text, new[likest].text)
        old[i] = replace(line, changed=removed)
        new[likest] = replace(new[likest], changed=added)
        start = likest + 1


def _likeness(one: DiffLine, other: DiffLine) -> float:
    texts = one.text.strip(), other.text.strip()
    if max(map(len, texts)) > _LONGEST or not all(texts):
        return 0.0
    return likeness(*texts)


def _changed_parts(old: str, new: str) -> tuple[_Spans, _Spans]:
    """Return the characters that two versions of a line don't share."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    # The shared ends are cut off first, so that text inserted between them is one piece.
    first, last = _shared_ends(before, after)
    middles = before[first : len(before) - last], after[first : len(after) - last]
    codes = difflib.SequenceMatcher(None, *middles, autojunk=False).get_opcodes()
    start = len("".join(before[:first]))
    removed: list[tuple[int, int]] = []
    added: list[tuple[int, int]] = []
    for kind, i, j, k, m in codes:
        if kind == "equal":
            continue
        one, other = "".join(middles[0][i:j]), "".join(middles[1][k:m])
        head, tail = _shared_ends(one, other)
        if 2 * (head + tail) < max(len(one), len(other)):
            head = tail = 0  # another word, not a changed one
        at = [start + len("".join(each)) for each in (middles[0][:i], middles[1][:k])]
        removed.append((at[0] + head, at[0] + len(one) - tail))
        added.append((at[1] + head, at[1] + len(other) - tail))
    return _joined(removed), _joined(added)


def _shared_ends(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """Return how much two texts share at their beginning and at their end."""
    most = min(len(one), len(other))
    head = next((n for n in range(most) if one[n] != other[n]), most)
    most -= head
    tail = next((n for n in range(most) if one[-n - 1] != other[-n - 1]), most)
    return head, tail


def _joined(spans: Iterable[tuple[int, int]]) -> _Spans:
    """Return spans without empty ones, those that touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and found[-1][1] == start:
            found[-1] = found[-1][0], end
        elif start < end:
            found.append((start, end))
    return tuple(found)
