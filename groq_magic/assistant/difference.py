"""Two versions of a cell, line by line."""

from __future__ import annotations

import difflib
from typing import Literal

__all__ = ["Mark", "difference"]

Mark = Literal["+", "-", " ", "…"]
_CONTEXT = 3


def difference(before: str, after: str) -> tuple[tuple[Mark, str], ...]:
    """Return the lines that went, came and stayed.

    Parameters
    ----------
    before, after : str

    Returns
    -------
    tuple of (mark, str)
        ``-`` gone, ``+`` new, a space for one that stayed near a change, and
        ``…`` where lines that stayed are left out: the text says how many.
    """
    old, new = before.split("\n"), after.split("\n")
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    lines: list[tuple[Mark, str]] = []
    codes = matcher.get_opcodes()
    for position, (kind, i, j, k, m) in enumerate(codes):
        if kind == "equal":
            lines += _stayed(old[i:j], first=position == 0, last=position == len(codes) - 1)
        else:
            lines += [("-", line) for line in old[i:j]]
            lines += [("+", line) for line in new[k:m]]
    return tuple(lines)


def _stayed(lines: list[str], *, first: bool, last: bool) -> list[tuple[Mark, str]]:
    above = 0 if first else _CONTEXT
    below = 0 if last else _CONTEXT
    gone = len(lines) - above - below
    if gone <= 1:
        return [(" ", line) for line in lines]
    shown: list[tuple[Mark, str]] = [(" ", line) for line in lines[:above]]
    shown.append(("…", f"{gone:,} lines unchanged"))
    return shown + [(" ", line) for line in lines[len(lines) - below :]]
