"""Frames and series in prompts: shape, a profile a column, some rows."""

from __future__ import annotations

import csv
import io
from typing import Any

from groq_magic.clipping import clip, flat, is_a, plain
from groq_magic.prompt.sample import of_sample, series_part
from groq_magic.prompt.summary_column import cell, profile

__all__ = ["summarise_index", "summarise_series", "summarise_table"]

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


def summarise_series(series: Any) -> str:
    """Return a series' length, its profile, and its first values as CSV."""
    lines = [f"Series: {len(series):,} values"]
    if _says_something(series.index):
        lines.append(_index_line(series.index))
    return "\n".join([*lines, *_profile_and_first(series, series.iloc[: _ROWS_SHOWN_WHOLE + 1])])


def summarise_index(index: Any) -> str:
    """Return an index' length, its profile, and its first values as CSV.

    Only a part of a large one becomes values: a range may count to 10**12.
    """
    part, first = series_part(index), index[: _ROWS_SHOWN_WHOLE + 1]
    lines = [f"Index: {len(index):,} values"]
    profiled = part.to_series(index=range(len(part)))
    lines += _profile_and_first(profiled, first.to_series(index=range(len(first))))
    lines[1] += of_sample(len(part), len(index))
    return "\n".join(lines)


def _profile_and_first(series: Any, first: Any) -> list[str]:
    frame = first.to_frame(name="value" if first.name is None else first.name)
    line = profile(_name(frame.columns[0]), series)
    return [line, *_first_rows(frame)] if len(first) else [line]


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
    names = [_name(name) for name in part.index.names if name is not None]
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
    if is_a(label, tuple):
        return flat(" / ".join(map(cell, tuple.__iter__(label))), _LONGEST_NAME)
    return flat(plain(label), _LONGEST_NAME) if is_a(label, str) else cell(label)
