"""Frames and series in prompts: shape, a profile a column, some rows."""

from __future__ import annotations

import csv
import io
from typing import Any

from groq_magic.prompt.clipping import clip, flat
from groq_magic.prompt.summary_column import cell, profile

__all__ = ["summarise_series", "summarise_table"]

# Together with the heads, within 4,000 characters.
_ROOM_FOR_COLUMNS = 2_100
_ROOM_FOR_ROWS = 1_400
_FIRST_ROWS = 5
_ROWS_SHOWN_WHOLE = 20
_LONGEST_NAME = 60


def summarise_table(frame: Any) -> str:
    """Return a frame's shape, a line a column, and its first rows as CSV.

    Parameters
    ----------
    frame : pandas.DataFrame
        Of any size: what does not fit in 4,000 characters is left out, and it
        says so. Frames of 20 rows and fewer are shown whole where they fit.
    """
    rows, columns = frame.shape
    lines = [f"DataFrame: {rows:,} rows × {columns:,} columns"]  # noqa: RUF001 - a multiplication sign
    if _says_something(frame.index):
        lines.append(_index_line(frame.index))
    profiles = _profiles(frame)
    lines += profiles
    if len(profiles) < columns:
        lines.append(f"… and {columns - len(profiles):,} more columns, left out here")
    if rows and columns:
        lines += _first_rows(frame)
    return "\n".join(lines)


def summarise_series(series: Any, kind: str = "Series") -> str:
    """Return a series' (or index') length, its profile, and its first values as CSV."""
    frame = series.to_frame(name="value" if series.name is None else series.name)
    rows = len(series)
    lines = [f"{kind}: {rows:,} values"]
    if _says_something(series.index):
        lines.append(_index_line(series.index))
    lines.append(profile(_name(frame.columns[0]), series))
    if rows:
        lines += _first_rows(frame)
    return "\n".join(lines)


def _profiles(frame: Any) -> list[str]:
    """Profile columns until the room is used up: a wide frame costs no more than a narrow one."""
    room = _ROOM_FOR_COLUMNS
    lines: list[str] = []
    for position in range(frame.shape[1]):
        line = profile(_name(frame.columns[position]), frame.iloc[:, position])
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    return lines


def _first_rows(frame: Any) -> list[str]:
    part = frame if len(frame) <= _ROWS_SHOWN_WHOLE else frame.iloc[:_FIRST_ROWS]
    columns = _columns_that_fit(part)
    if len(columns) < frame.shape[1] and len(part) > _FIRST_ROWS:
        part = frame.iloc[:_FIRST_ROWS]
        columns = _columns_that_fit(part)
    head = "all rows" if len(part) == len(frame) else f"first {len(part)} rows"
    if len(columns) < frame.shape[1]:
        head += f" of the first {len(columns):,} columns"
    out = io.StringIO()
    table = [*_index_column(part), *columns]
    csv.writer(out, lineterminator="\n").writerows(zip(*table, strict=True))
    return [f"{head}, as CSV:", out.getvalue().rstrip("\n")]


def _columns_that_fit(part: Any) -> list[list[str]]:
    """Return the cells of the first columns, their names on top."""
    room = _ROOM_FOR_ROWS - sum(map(_width, _index_column(part)))
    columns: list[list[str]] = []
    for position in range(part.shape[1]):
        column = [_name(part.columns[position]), *map(cell, part.iloc[:, position])]
        room -= _width(column)
        if room < 0:
            break
        columns.append(column)
    return columns


def _width(column: list[str]) -> int:
    """Return how many characters the column takes as CSV, at most."""
    return sum(len(text) + text.count('"') + 3 for text in column)


def _index_column(part: Any) -> list[list[str]]:
    """Return the index as one column, or no column where it only counts."""
    if not _says_something(part.index):
        return []
    names = [str(name) for name in part.index.names if name is not None]
    return [[_name(tuple(names) or "index"), *(clip(_name(x), 40) for x in part.index)]]


def _index_line(index: Any) -> str:
    line = f"index: {type(index).__name__}"
    if not len(index):
        return line
    return f"{line}, {clip(_name(index[0]), 40)} … {clip(_name(index[-1]), 40)}"


def _says_something(index: Any) -> bool:
    counts = type(index).__name__ == "RangeIndex" and (index.start, index.step) == (0, 1)
    return not (counts and index.name is None)


def _name(label: Any) -> str:
    """Return a column's or row's label on one line; the levels of a MultiIndex joined."""
    if isinstance(label, tuple):
        return flat(" / ".join(cell(level) for level in label), _LONGEST_NAME)
    return flat(label, _LONGEST_NAME) if isinstance(label, str) else cell(label)
