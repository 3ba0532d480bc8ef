"""Frames and series of pandas in prompts: shape, a profile a column, some rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip
from groq_magic.prompt.cells import (
    ROOM_FOR_COLUMNS,
    as_csv,
    cell_text,
    label_text,
    room_for_rows,
    those_that_fit,
    width_of,
)
from groq_magic.prompt.privacy import PRIVATE, Description
from groq_magic.prompt.sample import of_sample, series_part
from groq_magic.prompt.summary_column import profile

if TYPE_CHECKING:
    from groq_magic.prompt.privacy import Extent

__all__ = ["describe_index", "describe_series", "describe_table"]

# A longer index has data, not names of columns or attributes.
_MOST_LABELS = 10_000


def describe_table(frame: Any, extent: Extent) -> Description:
    """Return a frame's shape, a line a column, and its first rows as CSV.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any size: columns and rows that don't fit into 4,000 characters are left out, with a note.
    extent : Extent
    """
    rows, columns = frame.shape
    facts = f"{rows:,} rows × {columns:,} columns"  # noqa: RUF001 - a multiplication sign
    shown, lines = _without_private_rows(frame, extent)
    lines += _index_lines(shown.index, extent)
    if extent.privacy.hides_any(shown.columns.names):
        # The columns' names are values of a private column.
        lines.append(f"{label_text(tuple(shown.columns.names))}: {PRIVATE}, {columns:,} columns")
        return _describe("DataFrame", facts, lines)
    profiles = _profiles(shown, extent)
    lines += profiles
    if len(profiles) < columns:
        lines.append(f"… and {columns - len(profiles):,} more columns, left out here")
    if rows and columns:
        lines += _first_rows(shown, extent)
    return _describe("DataFrame", facts, lines)


def describe_series(series: Any, extent: Extent) -> Description:
    """Return a series' length, its profile, and its first values as CSV."""
    facts = f"{len(series):,} values"
    if extent.privacy.hides(series.name):
        return _describe("Series", facts, [f"{label_text(series.name)}: {PRIVATE}"])
    shown, lines = _without_private_rows(series, extent)
    lines += _index_lines(shown.index, extent)
    # The name of a series that was a row of a frame is a value of the frame's index.
    nameless = series.name is None or not extent.values
    frame = shown.to_frame(name="value") if nameless else shown.to_frame()
    lines.append(profile(label_text(frame.columns[0]), shown, extent))
    if len(frame):
        lines += _first_rows(frame, extent)
    return _describe("Series", facts, lines)


def describe_index(index: Any, extent: Extent) -> Description:
    """Return an index's length, its profile, and its first values as CSV.

    Only a part of a large index is read: a range may count to 10**12.
    """
    facts = f"{len(index):,} values"
    if extent.privacy.hides_any(index.names):
        return _describe("Index", facts, [f"{label_text(tuple(index.names))}: {PRIVATE}"])
    part = series_part(index)
    first = index[: extent.rows_of(len(index))]
    name = label_text("value" if index.name is None else index.name)
    line = profile(name, part.to_series(index=range(len(part))), extent)
    lines = [line + of_sample(len(part), len(index))]
    if len(first):
        shown = first.to_series(index=range(len(first))).to_frame(name=name)
        lines += _first_rows(shown, extent, of=len(index))
    return _describe("Index", facts, lines)


def _describe(kind: str, facts: str, lines: list[str]) -> Description:
    return Description(kind, facts, "\n".join(lines), opening=f"{kind}: {facts}")


def _without_private_rows(data: Any, extent: Extent) -> tuple[Any, list[str]]:
    """Return a frame or series without rows that have private labels, and a line about each.

    The rows of a transposed frame, or of a row of a frame, have columns' names as labels.
    """
    privacy, index = extent.privacy, data.index
    if not privacy.private or len(index) > _MOST_LABELS:
        return data, []
    hidden = [privacy.hides(label) for label in index]
    if not any(hidden):
        return data, []
    named = dict.fromkeys(label_text(index[at]) for at, hides in enumerate(hidden) if hides)
    kept = data.iloc[[at for at, hides in enumerate(hidden) if not hides]]
    return kept, [f"{name}: {PRIVATE}" for name in named]


def _visible_columns(frame: Any, extent: Extent) -> list[int]:
    """Return the positions of the columns that are not private."""
    privacy = extent.privacy
    return [at for at, label in enumerate(frame.columns) if not privacy.hides(label)]


def _profiles(frame: Any, extent: Extent) -> list[str]:
    """Profile columns until the room is used up, so that a wide frame costs no more."""
    names = (frame.columns[place] for place in range(frame.shape[1]))
    lines = (
        f"{label_text(name)}: {PRIVATE}"
        if extent.privacy.hides(name)
        else profile(label_text(name), frame.iloc[:, place], extent)
        for place, name in enumerate(names)
    )
    return those_that_fit(lines, lambda line: len(line) + 1, ROOM_FOR_COLUMNS)


def _first_rows(frame: Any, extent: Extent, of: int | None = None) -> list[str]:
    size = len(frame) if of is None else of
    shown = extent.rows_of(size)
    if not shown:
        return []
    # Rows first: pandas 2 would copy whole columns.
    part = frame.iloc[:shown].iloc[:, _visible_columns(frame, extent)]
    if not part.shape[1]:
        return []
    columns = _columns_that_fit(part, extent)
    fewer = extent.privacy.rows
    if len(columns) < part.shape[1] and len(part) > fewer and extent.rows is None:
        part = part.iloc[:fewer]
        columns = _columns_that_fit(part, extent)
    return as_csv([*_index_column(part, extent), *columns], len(part), size, part.shape[1])


def _columns_that_fit(part: Any, extent: Extent) -> list[list[str]]:
    """Return the cells of the first columns, their names on top."""
    room = room_for_rows(extent) - sum(map(width_of, _index_column(part, extent)))
    columns = (
        [
            label_text(part.columns[place]),
            *(cell_text(cell, extent) for cell in part.iloc[:, place]),
        ]
        for place in range(part.shape[1])
    )
    return those_that_fit(columns, width_of, room)


def _index_column(part: Any, extent: Extent) -> list[list[str]]:
    """Return the index as one column; none if it only counts rows."""
    if not _has_labels(part.index) or extent.privacy.hides_any(part.index.names):
        return []
    names = [label_text(name) for name in part.index.names if name is not None]
    return [[label_text(tuple(names) or "index"), *(clip(label_text(x), 40) for x in part.index)]]


def _index_lines(index: Any, extent: Extent) -> list[str]:
    if not _has_labels(index):
        return []
    line = f"index: {type(index).__name__}"
    if extent.privacy.hides_any(index.names):
        return [f"{line}, {label_text(tuple(index.names))}: {PRIVATE}"]
    # Text labels are values; of numbers and dates a range is shown.
    shows = extent.rows_of(len(index)) or (extent.values and index.dtype.kind in "iufmM")
    if not len(index) or not shows:
        return [line]
    return [f"{line}, {clip(label_text(index[0]), 40)} … {clip(label_text(index[-1]), 40)}"]


def _has_labels(index: Any) -> bool:
    counts = type(index).__name__ == "RangeIndex" and (index.start, index.step) == (0, 1)
    return not (counts and index.name is None)
