"""Compare code with a cell: whether it covers the whole cell, or quotes a part of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from groq_magic.assistant.answer.alignment import matches
from groq_magic.assistant.answer.definitions import definitions_of
from groq_magic.assistant.answer.edits import places_of
from groq_magic.assistant.answer.line_pairs import begins_alike, is_instead_of, target_of
from groq_magic.assistant.names import names_imported, names_read, names_set

__all__ = ["Coverage", "coverage_of"]

_MAGIC = re.compile(r"[ \t]*[%!]")
_COMMENT = re.compile(r"[ \t]*#")
# Pairs of changed lines that are compared for one cell.
_MOST_PAIRS = 2_000
_LEAST_SHARE = 0.5
_LEAST_LINES = 3
_MOST_CUT = 2


@dataclass(frozen=True)
class Coverage:
    """The lines of a cell that some code covers.

    Parameters
    ----------
    total : int
        Lines of the cell that are neither blank nor comments.
    lines : frozenset of int
        Those that the code has, the same or changed.
    is_whole : bool
        Whether the code replaces the whole cell.
    is_quote : bool
        Whether the code is some lines of the cell, unchanged.
    is_shortened : bool
        Whether the code is the cell without one or two lines at an end, otherwise unchanged.
    """

    total: int
    lines: frozenset[int]
    is_whole: bool = False
    is_quote: bool = False
    is_shortened: bool = False

    @property
    def share(self) -> float:
        """The share of the cell's lines that the code covers, from 0 to 1."""
        return len(self.lines) / max(1, self.total)


@dataclass(frozen=True)
class _Gap:
    """Lines of the cell without a match, and those of the code in the same place."""

    old: range
    new: range
    changed: tuple[tuple[int, int], ...]


def coverage_of(code: str, source: str) -> Coverage:
    """Return the lines of a cell that some code covers.

    Parameters
    ----------
    code : str
    source : str
        The cell, without its cell magic.
    """
    old, new = _lines(source), _lines(code)
    keys, new_keys = [line.strip() for line in old], [line.strip() for line in new]
    pairs = matches(keys, new_keys)
    gaps = _gaps(pairs, old, new) if len(old) > 1 or pairs else [_only_line(old, new)]
    lines = frozenset(i for i, _ in pairs) | {i for gap in gaps for i, _ in gap.changed}
    places = places_of(new, old) if new else []
    # Without its decorator a function is a different one.
    is_quote = bool(places) and not (places[0] and old[places[0] - 1].lstrip().startswith("@"))
    if is_quote:
        is_shortened = _LEAST_LINES <= len(new) < len(old) <= len(new) + _MOST_CUT
        return Coverage(len(old), lines, is_quote=True, is_shortened=is_shortened)
    is_whole = not _loses_definitions(code, source) and (
        _is_rewritten(lines, old, new) or _is_edited(lines, gaps, old, new)
    )
    return Coverage(len(old), lines, is_whole=is_whole)


def _lines(code: str) -> list[str]:
    """Return the lines that are neither blank nor comments; of comments alone all lines."""
    filled = [line for line in code.split("\n") if line.strip()]
    return [line for line in filled if not _COMMENT.match(line)] or filled


def _gaps(pairs: list[tuple[int, int]], old: list[str], new: list[str]) -> list[_Gap]:
    gaps, i, j, left = [], 0, 0, _MOST_PAIRS
    for p, q in (*pairs, (len(old), len(new))):
        if p > i or q > j:
            size = (p - i) * (q - j)
            changed = _changed(old, new, range(i, p), range(j, q)) if size <= left else ()
            left -= size if size <= left else 0
            gaps.append(_Gap(range(i, p), range(j, q), changed))
        i, j = p + 1, q + 1
    return gaps


def _only_line(old: list[str], new: list[str]) -> _Gap:
    """Return the one gap of a cell of one line: a line that begins alike takes its place."""
    gap = _Gap(range(len(old)), range(len(new)), ())
    for j, line in enumerate(new):
        for i, only in enumerate(old):
            if begins_alike(line, only) or is_instead_of(line, only, alone=False):
                return replace(gap, changed=((i, j),))
    return gap


def _changed(
    old: list[str], new: list[str], span: range, other: range
) -> tuple[tuple[int, int], ...]:
    """Return the changed lines of a gap: each is paired with the first one that it is like."""
    found: list[tuple[int, int]] = []
    start = other.start
    for i in span:
        for j in range(start, other.stop):
            if is_instead_of(new[j], old[i], alone=False):
                found.append((i, j))
                start = j + 1
                break
    return tuple(found)


def _loses_definitions(code: str, source: str) -> bool:
    """Whether functions, classes or methods of the cell are missing, and not renamed."""
    before = {one.path for one in definitions_of(source)}
    after = {one.path for one in definitions_of(code)}
    return len(before - after) > len(after - before)


def _is_rewritten(lines: frozenset[int], old: list[str], new: list[str]) -> bool:
    """Whether the code has no line of the cell, but sets all names that the cell sets."""
    names = names_set(line for line in old if not line[0].isspace())
    # A function of this name is in a module, not in the cell that imports it.
    imports_stay = names_imported(old) <= names_imported(new)
    sets_all = bool(names) and names <= names_set(new) and imports_stay
    return not lines and sets_all and 2 * len(new) >= len(old)


def _is_edited(lines: frozenset[int], gaps: list[_Gap], old: list[str], new: list[str]) -> bool:
    """Whether the code is the cell from its first line to its last, some of them changed."""
    if not lines or len(lines) < _LEAST_SHARE * len(old):
        return False
    counts = Counter(line.strip() for line in old)
    for gap in gaps:
        size, instead = len(gap.old), len(gap.new)
        if size > (2 * instead + 1 if instead else max(1, len(old) // 4)):
            return False
        if not instead and any(counts[old[i].strip()] > 1 for i in gap.old):
            return False  # it is not certain which of them is missing
        paired = {i for i, _ in gap.changed}
        missing = [i for i in gap.old if i not in paired and not _MAGIC.match(old[i])]
        if paired and missing and instead == len(paired):
            # Each new line is one of the cell's, and other lines are left out.
            return False
        at_start, at_end = gap.old.start == 0, gap.old.stop == len(old)
        has_first = any(i == 0 for i, _ in gap.changed)
        has_last = any(i == len(old) - 1 for i, _ in gap.changed)
        open_start = at_start and size and not has_first
        open_end = at_end and size and not has_last
        if (open_start or open_end) and not _is_replaced(gap, old, new):
            return False
    return True


def _is_replaced(gap: _Gap, old: list[str], new: list[str]) -> bool:
    """Whether other lines replace those at an end of the cell."""
    if gap.changed or len(gap.new) < len(gap.old):
        return False
    lines = [new[j] for j in gap.new]
    lost = names_set(old[i] for i in gap.old)
    if not lost <= names_set(lines):
        return False
    # `df = df.dropna()` follows the line that sets `df`, and does not replace it.
    return _read_first(lines, lost) <= _read_first([old[i] for i in gap.old], lost)


def _read_first(lines: list[str], names: set[str]) -> set[str]:
    """Return the names among `names` that lines read before they set them."""
    found: set[str] = set()
    seen: set[str] = set()
    for line in lines:
        right = line.partition("=")[2] if target_of(line) else line
        found |= (names & names_read(right)) - seen
        seen |= names_set([line])
    return found
