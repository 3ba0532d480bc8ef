"""Frames and series in prompts: shape, a profile a column, some rows."""

from __future__ import annotations

import csv
import io
import math
import sys
import warnings
from typing import TYPE_CHECKING, Any, TypeVar

from groq_magic.clipping import clip, flat, is_a, number, plain, tried, type_name
from groq_magic.prompt.sample import of_sample, series_part
from groq_magic.prompt.summary_nested import is_nested, summarise_nested

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["summarise_index", "summarise_series", "summarise_table"]

# Together with the heads, within 4,000 characters.
_ROOM_FOR_COLUMNS = 2_100
_ROOM_FOR_ROWS = 1_400
_FIRST_ROWS = 5
_ROWS_SHOWN_WHOLE = 20
_LONGEST_NAME = 60
_Part = TypeVar("_Part")
_MOST_PROFILED = 20_000
_TOP = 3
_LONGEST_CELL = 40
_PLAIN = frozenset({str, int, float, bool, type(None)})
_NULLS = frozenset({"nan", "None", "NaT", "<NA>"})


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
    line = _profile(_name(frame.columns[0]), series)
    return [line, *_first_rows(frame)] if len(first) else [line]


def _profiles(frame: Any) -> list[str]:
    """Profile columns until the room is used up: a wide frame costs no more than a narrow one."""
    columns = range(frame.shape[1])
    lines = (_profile(_name(frame.columns[place]), frame.iloc[:, place]) for place in columns)
    return _fitting(lines, lambda line: len(line) + 1, _ROOM_FOR_COLUMNS)


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
    columns = (
        [_name(part.columns[place]), *map(_cell, part.iloc[:, place])]
        for place in range(part.shape[1])
    )
    return _fitting(columns, _width, room)


def _fitting(parts: Iterable[_Part], size: Callable[[_Part], int], room: int) -> list[_Part]:
    """Return the first parts, as many as fit into the room."""
    fitting = []
    for part in parts:
        room -= size(part)
        if room < 0:
            break
        fitting.append(part)
    return fitting


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
        return flat(" / ".join(map(_cell, tuple.__iter__(label))), _LONGEST_NAME)
    return flat(plain(label), _LONGEST_NAME) if is_a(label, str) else _cell(label)


def _cell(value: Any) -> str:
    """Return a cell's value in at most 40 characters on one line, null as nothing."""
    if is_nested(value):
        return flat(summarise_nested(value), _LONGEST_CELL)
    if is_a(value, str):
        return flat(plain(value), _LONGEST_CELL)
    if is_a(value, float):
        return "" if math.isnan(float.__float__(value)) else number(value)
    text = flat(value, _LONGEST_CELL)
    return "" if text in _NULLS else text.removesuffix(" 00:00:00")


def _profile(name: str, series: Any) -> str:
    """Return one line on a pandas series, under the name it is given."""
    line = f"{name}: {clip(tried(lambda: plain(str(series.dtype)), 'unknown'), 40)}"
    # An extension dtype or a user's __eq__ may raise anything.
    facts = tried(lambda: _measured(series), None)
    return ", ".join([line, *(facts or ())])


def _measured(series: Any) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of overflows and infinities in someone's data
        part = series_part(series)
        facts = _facts(part)
    if facts:
        facts[-1] += of_sample(len(part), len(series))
    return facts


def _facts(series: Any) -> list[str]:
    rows = len(series)
    if not rows:
        return []
    nulls = int(series.isna().sum())
    if nulls == rows:
        return ["all null"]
    facts = [f"{nulls / rows:.1%} null"] if nulls else []
    kind = series.dtype.kind
    if kind == "b":
        facts.append(f"{float(series.mean()):.1%} true")
    elif kind in "iuf":
        facts += [
            f"min {_number(series.min())}",
            f"mean {_number(series.mean())}",
            f"max {_number(series.max())}",
        ]
    elif kind in "mM" or str(series.dtype).startswith("period"):
        facts += [f"min {_cell(series.min())}", f"max {_cell(series.max())}"]
    else:
        facts.append(_commonest(series))
    return facts


def _commonest(series: Any) -> str:
    sampled = len(series) > _MOST_PROFILED
    if sampled:
        # Positions by chance, always the same: a step could fall in with a period of the data.
        chance = sys.modules["numpy"].random.default_rng(0)
        series = series.iloc[chance.integers(0, len(series), _MOST_PROFILED)]
    if str(series.dtype) == "object" and not _PLAIN.issuperset(map(type, series)):
        # pandas counts lists and dicts too, in quadratic time: count them by their type.
        series = series.dropna().map(_countable)
    counts = series.value_counts()
    counts = counts[counts > 0]  # a categorical counts what isn't there, too
    if counts.empty:
        return "values too rare for the sample"
    if counts.iloc[0] == 1:
        return "all different"
    values = counts.sum()
    top = ", ".join(f"{_cell(x)} {n / values:.0%}" for x, n in counts.iloc[:_TOP].items())
    more = f" of {len(counts):,}{'+' * sampled} different" if len(counts) > _TOP else ""
    return f"top {top}{more}"


def _countable(value: Any) -> Any:
    """Return a value, or its type for one that can't be counted."""
    hashable = tried(lambda: isinstance(hash(value), int), otherwise=False)
    return value if hashable else f"<{type_name(value)}>"


def _number(value: Any) -> str:
    return number(value.item() if hasattr(value, "item") else value)
