"""The result of a map: a frame with the rows, the fields of their answers, and errors."""

from __future__ import annotations

import importlib.util
from collections import Counter
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from groq_magic.clipping import clip, tried
from groq_magic.errors import OptionError
from groq_magic.mapping.requests.answer_type import quote_name
from groq_magic.mapping.results.evidence import find_quote
from groq_magic.prompt.scalars import is_of
from groq_magic.schemas import Mismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from groq_magic.mapping.data.prompts import RowPrompts
    from groq_magic.mapping.data.rows import Rows
    from groq_magic.mapping.requests.answer_type import AnswerType
    from groq_magic.mapping.requests.request_plan import RequestPlan
    from groq_magic.mapping.sending.row_request import RowAnswer

__all__ = [
    "EMPTY",
    "ERROR",
    "NOT_ASKED",
    "ResultColumns",
    "RowCells",
    "cells_frame",
    "cells_of",
    "is_invented",
    "result_columns",
]

ERROR = "error"
NOT_ASKED = "Not asked yet."
EMPTY = MappingProxyType({ERROR: NOT_ASKED})
RowCells: TypeAlias = "Mapping[str, Any]"
_OK, _AT, _IN = "_ok", "_at", "_in"


@dataclass(frozen=True)
class ResultColumns:
    """The new columns with the answers of one model.

    Parameters
    ----------
    model : str
        The model's id.
    types : mapping of str to str
        The type of each column by its content: a field, the field's quote, or a fact about that
        quote.
    column_names : mapping of str to str
        The name of each column in the frame by its content.
    """

    model: str
    types: Mapping[str, str] = field(repr=False)
    column_names: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in the frame."""
        return tuple(self.column_names.values())


def result_columns(
    prompts: RowPrompts, answer_type: AnswerType, models: Sequence[str], prefix: str = ""
) -> tuple[ResultColumns, ...]:
    """Return the columns that a map adds, for each model.

    Parameters
    ----------
    prompts : RowPrompts
    answer_type : AnswerType
    models : sequence of str
        The models' ids. With several models, the names of columns end in the model's name.
    prefix : str
        The beginning of each name.

    Raises
    ------
    OptionError
        When the data has a column with such a name, or pandas is not installed.
    """
    rows = prompts.rows
    if rows.frame is None and importlib.util.find_spec("pandas") is None:
        raise OptionError(
            "The result is a DataFrame, and pandas isn't installed.", "Run `%pip install pandas`."
        )
    if twice := [model for model, count in Counter(models).items() if count > 1]:
        raise OptionError(f"-m names {twice[0]} twice.", "Name each model once.")
    kinds: dict[str, str] = {}
    for name, schema in answer_type.fields.items():
        _add(kinds, name, _kind_of(schema, answer_type))
        if answer_type.evidence:
            quote = quote_name(name)
            _add(kinds, quote, "string")
            _add(kinds, quote + _OK, "boolean")
            _add(kinds, quote + _AT, "integer")
            if len(prompts.parts) > 1:
                _add(kinds, quote + _IN, "string")
    _add(kinds, ERROR, "string")
    found = tuple(
        ResultColumns(model, kinds, {name: f"{prefix}{name}{suffix}" for name in kinds})
        for model, suffix in zip(models, _suffixes(models), strict=True)
    )
    for name in (name for columns in found for name in columns.names):
        if name in rows.names:
            raise OptionError(
                f"The data already has a column `{clip(name, 60)}`.",
                f"`--prefix {'new_' if prefix != 'new_' else 'p_'}` renames the new ones.",
            )
    return found


def cells_frame(
    rows: Rows,
    results: Iterable[tuple[ResultColumns, RequestPlan, Mapping[str, RowCells]]],
) -> Any:
    """Return the rows with the cells of their answers, as a DataFrame of pandas or of polars.

    Parameters
    ----------
    rows : Rows
    results : iterable of (ResultColumns, RequestPlan, mapping of str to mapping)
        For each model its columns, its requests, and the cells of answers by the rows' keys.
    """
    columns: dict[str, tuple[str, list[Any]]] = {}
    for names, plan, answers in results:
        # Equal rows share one answer.
        found = [answers.get(key, EMPTY) for key in plan.keys]
        columns |= {
            names.column_names[each]: (kind, [row.get(each) for row in found])
            for each, kind in names.types.items()
        }
    if is_of(rows.frame, "polars", "DataFrame"):
        return rows.frame.with_columns(
            _polars_series(name, kind, cells) for name, (kind, cells) in columns.items()
        )
    frame = _pandas_frame(rows)
    levels = [""] * (frame.columns.nlevels - 1)
    for name, (kind, cells) in columns.items():
        frame[(name, *levels) if levels else name] = _pandas_column(kind, cells, frame.index)
    return frame


def cells_of(plan: RequestPlan, key: str, answer: RowAnswer) -> RowCells:
    """Return the cells of a row's new columns by their content, without missing values.

    Parameters
    ----------
    plan : RequestPlan
    key : str
        The row's key.
    answer : RowAnswer
    """
    if answer.error:
        return {ERROR: answer.error}
    try:
        found = plan.answer_type.read(answer.text)
    except Mismatch as mismatch:
        return {ERROR: mismatch.shown()}
    cells = dict(found.data)
    if found.quotes:
        texts = plan.prompts.row(plan.positions[key]).texts
        for name, quote in found.quotes.items():
            place = find_quote(quote, texts)
            column = quote_name(name)
            cells |= {column: quote, column + _OK: place.is_found}
            cells |= {column + _AT: place.at, column + _IN: place.name}
    return cells


def is_invented(cells: RowCells, quote: str) -> bool:
    """Return whether the column `quote` has a quote that is not in its row."""
    return cells.get(quote + _OK) is False and bool(cells[quote].strip())


def _add(kinds: dict[str, str], name: str, kind: str) -> None:
    if name in kinds:
        raise OptionError(
            f"Two new columns would be called `{clip(name, 60)}`.", "Rename the schema's field."
        )
    kinds[name] = kind


def _suffixes(models: Sequence[str]) -> list[str]:
    if len(models) == 1:
        return [""]
    short = [model.rpartition("/")[2] for model in models]
    counts = Counter(short)
    return [
        f"_{name if counts[name] == 1 else model}"
        for name, model in zip(short, models, strict=True)
    ]


def _kind_of(schema: Any, answer_type: AnswerType) -> str:
    """Return the type of a field's column: string, integer, number, boolean, date, or any."""
    if isinstance(schema, dict) and "$ref" in schema and answer_type.schema is not None:
        definitions = answer_type.schema.json_schema.get("$defs", {})
        schema = definitions.get(schema["$ref"].rpartition("/")[2], schema)
    if not isinstance(schema, dict):
        return "any"  # `true` is a schema too
    parts = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    if len(parts) == 1:
        return _kind_of(parts[0], answer_type)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = " or ".join(each for each in kind if each != "null")
    if kind == "string":
        return "date" if schema.get("format") in {"date", "date-time"} else "string"
    return kind if kind in {"integer", "number", "boolean"} and "enum" not in schema else "any"


def _pandas_frame(rows: Rows) -> Any:
    if rows.frame is None:
        try:
            return _pandas_rows(rows)
        except UnicodeEncodeError:
            # With pyarrow pandas has strings of Arrow, which allow no lone surrogates.
            return _pandas_rows(rows, object)
    frame = rows.frame.copy()
    if frame.columns.inferred_type in {"categorical", "interval", "period"}:
        # Such an index allows no other names.
        frame.columns = frame.columns.astype(object)
    return frame


def _pandas_rows(rows: Rows, dtype: Any = None) -> Any:
    import pandas as pd

    is_range = isinstance(rows.index, range)
    index = pd.RangeIndex(len(rows)) if is_range else pd.Index(list(rows.index), dtype=dtype)
    labels = [column.label for column in rows.columns]
    made = [pd.Series(list(column.cells), index, dtype=dtype) for column in rows.columns]
    frame = pd.DataFrame(dict(enumerate(made)), index=index)
    frame.columns = pd.Index(labels, dtype=dtype)
    return frame


def _pandas_column(kind: str, cells: list[Any], index: Any) -> Any:
    import pandas as pd

    makers: dict[str, Callable[[], Any]] = {
        "integer": lambda: pd.Series(cells, index, dtype="Int64"),
        "boolean": lambda: pd.Series(cells, index, dtype="boolean"),
        "number": lambda: pd.Series(cells, index, dtype="float64"),
        "date": lambda: _pandas_dates(pd.Series(cells, index, dtype=object)),
    }
    made = tried(makers[kind], None) if kind in makers else None
    # Values that don't fit the type are kept as objects.
    return pd.Series(cells, index, dtype=object) if made is None else made


def _pandas_dates(cells: Any) -> Any:
    """Return dates, always in microseconds, so that parts of a frame can be concatenated."""
    import pandas as pd

    return pd.to_datetime(cells, format="ISO8601").dt.as_unit("us")


def _polars_series(name: str, kind: str, cells: list[Any]) -> Any:
    import polars as pl

    kinds: dict[str, Any] = {
        "integer": pl.Int64,
        "boolean": pl.Boolean,
        "number": pl.Float64,
        "string": pl.String,
        "date": pl.String,
    }
    made: Any = tried(lambda: pl.Series(name, cells, dtype=kinds.get(kind)), None)
    if made is None:
        return pl.Series(name, cells, dtype=pl.Object)
    if kind == "date":
        date = tried(made.str.to_date, None)
        return tried(made.str.to_datetime, made) if date is None else date
    return made
