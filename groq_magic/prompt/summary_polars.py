"""Frames and series of polars in prompts, shown as those of pandas are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.clipping import tried
from groq_magic.prompt.cells import (
    ROOM_FOR_COLUMNS,
    as_csv,
    cell_text,
    label_text,
    room_for_rows,
    single_cell,
    those_that_fit,
    width_of,
)
from groq_magic.prompt.privacy import PRIVATE, Description
from groq_magic.prompt.sample import of_sample, places_of
from groq_magic.prompt.summary_column import TOP, dtype_text, frequent, number_text

if TYPE_CHECKING:
    from groq_magic.prompt.privacy import Extent

__all__ = ["describe_lazy_frame", "describe_polars_series", "describe_polars_table"]


def describe_polars_table(frame: Any, extent: Extent) -> Description:
    """Return a frame's shape, a line a column, and its first rows as CSV.

    Parameters
    ----------
    frame : polars.DataFrame
    extent : Extent
    """
    rows, width = frame.shape
    facts = f"{rows:,} rows × {width:,} columns"  # noqa: RUF001 - a multiplication sign
    columns = [frame.to_series(at) for at in range(width)]
    lines = _profiles(columns, extent)
    if len(lines) < width:
        lines.append(f"… and {width - len(lines):,} more columns, left out here")
    shown = extent.rows_of(rows)
    visible = [column for column in columns if not extent.privacy.hides(column.name)]
    if shown and visible:
        lines += _first_rows(visible, shown, extent)
    return Description("DataFrame", facts, "\n".join(lines), opening=f"DataFrame: {facts}")


def describe_polars_series(series: Any, extent: Extent) -> Description:
    """Return a series' length, its profile, and its first values as CSV."""
    facts = f"{len(series):,} values"
    lines = _profiles([series], extent)
    shown = extent.rows_of(len(series))
    if shown and not extent.privacy.hides(series.name):
        lines += _first_rows([series], shown, extent)
    return Description("Series", facts, "\n".join(lines), opening=f"Series: {facts}")


def describe_lazy_frame(frame: Any, extent: Extent) -> Description:
    """Return the columns and types of a query, which is not run."""
    nothing: dict[str, Any] = {}
    schema = tried(lambda: dict(frame.collect_schema()), nothing)
    lines = [f"{label_text(name)}: {dtype_text(kind, extent)}" for name, kind in schema.items()]
    lines = those_that_fit(lines, len, ROOM_FOR_COLUMNS)
    facts = f"{len(schema):,} columns, not computed"
    return Description("LazyFrame", facts, "\n".join(lines), opening=f"LazyFrame: {facts}")


def _profiles(columns: list[Any], extent: Extent) -> list[str]:
    lines = (_profile(column, extent) for column in columns)
    return those_that_fit(lines, lambda line: len(line) + 1, ROOM_FOR_COLUMNS)


def _profile(series: Any, extent: Extent) -> str:
    name = label_text(series.name or "value")
    if extent.privacy.hides(series.name):
        return f"{name}: {PRIVATE}"
    nothing: list[str] = []
    facts = tried(lambda: _facts(series, extent), nothing)
    return ", ".join([f"{name}: {dtype_text(series.dtype, extent)}", *facts])


def _facts(series: Any, extent: Extent) -> list[str]:
    rows = len(series)
    if not rows:
        return []
    nulls = series.null_count()
    if nulls == rows:
        return ["all missing"]
    facts = [f"{nulls:,} missing"] if nulls else []
    return [*facts, *_measures(series)] if extent.values else facts


def _measures(series: Any) -> list[str]:
    kind = series.dtype
    if kind.is_numeric():
        measures = ("min", series.min()), ("mean", series.mean()), ("max", series.max())
        return [f"{name} {number_text(value)}" for name, value in measures]
    if kind.is_temporal():
        return [f"min {single_cell(series.min())}", f"max {single_cell(series.max())}"]
    if str(kind) == "Boolean":
        return [f"{series.mean():.1%} true"]
    return [] if kind.is_nested() else [_most_frequent(series)]


def _most_frequent(series: Any) -> str:
    part, rows = series, len(series)
    places = places_of(rows, None)
    if len(places) > 1:
        part = series.gather_every(rows // 500_000)
    values = part.drop_nulls()
    if not len(values):
        return "values too rare for the sample"
    counts = values.value_counts(sort=True)
    # Equal counts have no fixed order: the request would differ each time.
    pairs = sorted(counts.rows(), key=lambda pair: (-pair[1], str(pair[0])))
    text = frequent(pairs[:TOP], len(pairs), len(values), sampled=part is not series)
    return text + of_sample(len(part), rows)


def _first_rows(columns: list[Any], shown: int, extent: Extent) -> list[str]:
    def cells() -> list[list[str]]:
        texts = (
            [
                label_text(column.name or "value"),
                *(cell_text(value, extent) for value in column.head(shown).to_list()),
            ]
            for column in columns
        )
        return those_that_fit(texts, width_of, room_for_rows(extent))

    fit, rows = cells(), len(columns[0])
    fewer = extent.privacy.rows
    if len(fit) < len(columns) and shown > fewer and extent.rows is None:
        shown = fewer
        fit = cells()
    return as_csv(fit, shown, rows, len(columns))
