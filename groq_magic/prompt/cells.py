"""Labels, cells and rows of a table as text, of pandas and polars alike."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, Any, TypeVar

from groq_magic.clipping import count_of, flat, is_a, number, plain
from groq_magic.prompt.scalars import can_be_searched
from groq_magic.prompt.summary_nested import is_nested, outline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from groq_magic.prompt.privacy import Extent

__all__ = [
    "ROOM_FOR_COLUMNS",
    "as_csv",
    "cell_text",
    "label_text",
    "room_for_rows",
    "single_cell",
    "those_that_fit",
    "width_of",
]

# Characters; together with the headings less than 4,000.
ROOM_FOR_COLUMNS = 2_100
_ROOM_FOR_ROWS = 1_400
# If the user has named a number of rows.
_ROOM_FOR_ROWS_ASKED = 60_000
_LONGEST_NAME = 60
_LONGEST_CELL = 40
_NULLS = frozenset({"nan", "None", "NaT", "<NA>"})

_Part = TypeVar("_Part")


def room_for_rows(extent: Extent) -> int:
    """Return the number of characters that a table's rows may take."""
    return _ROOM_FOR_ROWS if extent.rows is None else _ROOM_FOR_ROWS_ASKED


def label_text(label: Any) -> str:
    """Return a column's or row's label on one line, with the levels of a MultiIndex joined."""
    if is_a(label, tuple):
        return flat(" / ".join(map(_label_part, tuple.__iter__(label))), _LONGEST_NAME)
    return flat(plain(label), _LONGEST_NAME) if is_a(label, str) else _label_part(label)


def _label_part(label: Any) -> str:
    return flat(plain(label), _LONGEST_CELL) if is_a(label, str) else single_cell(label)


def cell_text(value: Any, extent: Extent) -> str:
    """Return a cell's value in at most 40 characters on one line; "" for null."""
    is_hidden = bool(extent.privacy.private) and not (is_a(value, str) or can_be_searched(value))
    if is_nested(value) or is_hidden:
        return flat(outline(value, extent), _LONGEST_CELL)
    return single_cell(value)


def single_cell(value: Any) -> str:
    """Return the value of a cell that is no container, as `cell_text` does."""
    if is_a(value, str):
        return flat(plain(value), _LONGEST_CELL)
    if is_a(value, float):
        return "" if math.isnan(float.__float__(value)) else number(value)
    text = flat(value, _LONGEST_CELL)
    return "" if text in _NULLS else text.removesuffix(" 00:00:00")


def as_csv(columns: list[list[str]], shown: int, rows: int, width: int) -> list[str]:
    """Return the first rows as CSV, under a line that describes them.

    Parameters
    ----------
    columns : list of list of str
        The cells of each column, its name first.
    shown, rows : int
        The number of rows shown, and of all rows.
    width : int
        The number of all columns, also those that don't fit.
    """
    head = "all rows" if shown == rows else f"first {count_of(shown, 'row')}"
    if len(columns) < width:
        head += f" of the first {len(columns):,} columns"
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(zip(*columns, strict=True))
    return [f"{head}, as CSV:", out.getvalue().rstrip("\n")]


def those_that_fit(parts: Iterable[_Part], size: Callable[[_Part], int], room: int) -> list[_Part]:
    """Return the first parts, as many as fit into the room."""
    found = []
    for part in parts:
        room -= size(part)
        if room < 0:
            break
        found.append(part)
    return found


def width_of(column: list[str]) -> int:
    """Return the most characters that a column takes as CSV."""
    return sum(len(text) + text.count('"') + 3 for text in column)
