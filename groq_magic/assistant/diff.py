"""Two versions of a cell compared, line by line."""

from __future__ import annotations

import difflib
from typing import Literal

__all__ = ["Mark", "difference"]

Mark = Literal["+", "-", " ", "…"]
_CONTEXT = 3


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
