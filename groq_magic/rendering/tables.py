"""GFM tables: cells of rows, and the delimiter row with the alignment of columns."""

from __future__ import annotations

import re

__all__ = ["MAX_COLUMNS", "alignments", "cells"]

MAX_COLUMNS = 256
_DELIMITER = r"[ \t]*+:?-++:?[ \t]*+"
_DELIMITERS = re.compile(rf"\|?{_DELIMITER}(?:\|{_DELIMITER})*+\|?[ \t]*+$")
_CELL = re.compile(r"((?:[^|\\]|\\.|\\$)*+)(\||$)", re.DOTALL)


def cells(row: str) -> list[str]:
    r"""Split a row at its bars; ``\|`` is a bar in the text."""
    row = row.strip(" \t")
    row = row.removeprefix("|")
    found: list[str] = []
    position = 0
    while position < len(row):
        cell = _CELL.match(row, position)
        if cell is None:
            break
        found.append(cell[1].strip(" \t").replace("\\|", "|"))
        position = cell.end()
    return found


def alignments(row: str) -> tuple[str, ...]:
    """Read a delimiter row.

    Returns
    -------
    tuple of str
        left, center, right or nothing by column; empty if it is not a delimiter row.
    """
    row = row.strip(" \t")
    if not _DELIMITERS.match(row):
        return ()
    found = []
    for cell in cells(row):
        left, right = cell.startswith(":"), cell.endswith(":")
        found.append("center" if left and right else "left" if left else "right" if right else "")
    return tuple(found) if len(found) <= MAX_COLUMNS else ()
