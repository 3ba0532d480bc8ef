"""Diffs: one that a model wrote, applied to its cell, and two versions of a cell compared."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Mark", "difference", "looks_like_diff", "patched"]

Mark = Literal["+", "-", " ", "…"]
_CONTEXT = 3

_HEADER = re.compile(r"(?:diff |index |--- |\+\+\+ |\\ No newline)")
_HUNK = re.compile(r"@@(?: -(\d+))?")


@dataclass
class _Hunk:
    """Lines to be found, and the lines that take their place."""

    start: int | None
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)


def looks_like_diff(code: str) -> bool:
    """Return whether code is a unified diff, whatever its fence says."""
    lines = [line for line in code.split("\n") if line.strip()]
    if any(line.startswith("@@") for line in lines):
        return True
    changed = any(line[0] in "+-" for line in lines)
    return changed and all(line[0] in "+- " or _HEADER.match(line) for line in lines)


def patched(source: str, diff: str) -> str | None:
    """Return `source` with a diff applied; None where the diff is not of it.

    Line numbers are hints, since models get them wrong: a hunk belongs where
    its old lines stand, below the hunk before it.

    Parameters
    ----------
    source : str
    diff : str
        Unified, with or without headers.
    """
    lines = source.split("\n")
    done: list[str] = []
    at = 0
    hunks = [hunk for hunk in _hunks(diff) if hunk.old != hunk.new]
    for hunk in hunks:
        found = _place(lines, at, hunk)
        if found is None:
            return None
        done += [*lines[at:found], *hunk.new]
        at = found + len(hunk.old)
    return "\n".join([*done, *lines[at:]]) if hunks else None


def _hunks(diff: str) -> list[_Hunk]:
    hunks = [_Hunk(None)]
    begun = False
    for line in diff.rstrip("\n").split("\n"):
        hunk = _HUNK.match(line)
        if hunk:
            hunks.append(_Hunk(int(hunk[1]) - 1 if hunk[1] else None))
            begun = True
        elif begun or not _HEADER.match(line):
            _take(hunks[-1], line)
    return [hunk for hunk in hunks if hunk.old or hunk.new]


def _take(hunk: _Hunk, line: str) -> None:
    mark, text = line[:1], line[1:]
    if mark == "\\":
        return
    # A blank line of context often comes without its space.
    if mark in {" ", "-", ""}:
        hunk.old.append(text)
    if mark in {" ", "+", ""}:
        hunk.new.append(text)


def _place(lines: list[str], at: int, hunk: _Hunk) -> int | None:
    """Return where a hunk's old lines stand; of several places the nearest to its number."""
    size = len(hunk.old)
    if not size:
        return None
    wanted = [line.rstrip() for line in hunk.old]
    places = [
        start
        for start in range(at, len(lines) - size + 1)
        if [line.rstrip() for line in lines[start : start + size]] == wanted
    ]
    if hunk.start is not None:
        return min(places, key=lambda start: abs(start - (hunk.start or 0)), default=None)
    return places[0] if len(places) == 1 else None


def difference(before: str, after: str) -> tuple[tuple[Mark, str], ...]:
    """Return the lines of two versions of a cell that were removed, added and kept.

    Parameters
    ----------
    before, after : str

    Returns
    -------
    tuple of (mark, str)
        ``-`` removed, ``+`` added, a space for one kept near a change, and
        ``…`` where lines that were kept are left out: the text says how many.
    """
    old, new = before.split("\n"), after.split("\n")
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    lines: list[tuple[Mark, str]] = []
    codes = matcher.get_opcodes()
    for position, (kind, i, j, k, m) in enumerate(codes):
        if kind == "equal":
            lines += _kept(old[i:j], first=position == 0, last=position == len(codes) - 1)
        else:
            lines += [("-", line) for line in old[i:j]]
            lines += [("+", line) for line in new[k:m]]
    return tuple(lines)


def _kept(lines: list[str], *, first: bool, last: bool) -> list[tuple[Mark, str]]:
    above = 0 if first else _CONTEXT
    below = len(lines) - (0 if last else _CONTEXT)
    shown: list[tuple[Mark, str]] = [(" ", line) for line in lines]
    if below - above > 1:
        shown[above:below] = [("…", f"{below - above:,} lines unchanged")]
    return shown
