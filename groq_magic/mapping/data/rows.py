"""The data of a map as rows: frames, series, lists and dicts of pandas, polars or Python.

pandas and polars are looked for among the loaded modules, never imported.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, is_a, plain, tried, type_name
from groq_magic.errors import OptionError
from groq_magic.prompt.scalars import is_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["ITEM", "Column", "Rows", "rows_of"]

# The name for the items of a list, in braces and in the frame.
ITEM = "row"
_SEQUENCES = (list, tuple, deque, range)
_KINDS = "It takes a DataFrame, a Series, a list, a dict of lists, or a dict of texts."


@dataclass(frozen=True)
class Column:
    """One column of the data.

    Parameters
    ----------
    label : object
        The label in the data.
    name : str
        The name in braces.
    read : callable
        Returns the cells. Called once, when the cells are first needed.
    """

    label: Any
    name: str
    read: Callable[[], Sequence[Any]] = field(repr=False)

    @cached_property
    def cells(self) -> Sequence[Any]:
        """The cells, in the order of the rows."""
        return self.read()


@dataclass(frozen=True)
class Rows:
    """The data of a map.

    Parameters
    ----------
    columns : tuple of Column
    index : sequence
        The rows' labels; a range for data without labels.
    frame : DataFrame or None
        A copy of the data, of pandas or polars; None for lists and dicts.
    has_items : bool
        Whether `{{row}}` is an item of a list or Series, not a row of a table.
    """

    columns: tuple[Column, ...]
    index: Any
    frame: Any = field(default=None, repr=False)
    has_items: bool = False

    def __len__(self) -> int:
        return len(self.index)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the columns in braces; several columns may have the same name."""
        return tuple(column.name for column in self.columns)

    def label(self, position: int) -> str:
        """Return the label of a row for messages."""
        return clip(_text_of(self.index[position]), 60)

    def take(self, positions: Sequence[int]) -> Rows:
        """Return the rows at these positions, in this order."""
        if self.frame is not None:
            frame = self.frame
            is_polars = is_of(frame, "polars", "DataFrame")
            part = frame[list(positions)] if is_polars else frame.iloc[list(positions)]
            rows = _of_frame(part, has_items=self.has_items)
            # Polars has no labels: messages name the rows' positions in the whole data.
            index = [self.index[position] for position in positions] if is_polars else rows.index
            return replace(rows, index=index)
        columns = (
            _column(column.label, [column.cells[position] for position in positions])
            for column in self.columns
        )
        return Rows(
            tuple(columns), [self.index[position] for position in positions], None, self.has_items
        )

    def sample(self, count: int, seed: int = 0) -> Rows:
        """Return random rows, in the order of the data; the same rows for the same seed."""
        positions = random.Random(seed).sample(range(len(self)), min(count, len(self)))  # noqa: S311 - no secret
        return self.take(sorted(positions))


def rows_of(value: Any) -> Rows:
    """Return a copy of data as rows.

    Parameters
    ----------
    value : object
        A DataFrame or Series of pandas or polars, a list of items or of records, a dict of
        lists, or a dict of texts by name, whose names become the index.

    Raises
    ------
    OptionError
        For anything else.
    """
    if is_a(value, dict):
        return _of_dict(dict(dict.items(value)))
    if is_a(value, *_SEQUENCES):
        return _of_items(list(value))
    found = _of_library(value)
    if found is None:
        raise _no_rows(value)
    return found


def _of_library(value: Any) -> Rows | None:
    """Return data of pandas, polars or numpy as rows, None for anything else."""
    if is_of(value, "pandas", "DataFrame"):
        return _of_frame(value.copy())
    if is_of(value, "polars", "DataFrame"):
        return _of_frame(value)  # frames of polars don't change, so no copy is needed
    if is_of(value, "pandas", "Series", "Index"):
        if is_of(value, "pandas", "MultiIndex"):
            return _of_frame(value.to_frame(index=False, allow_duplicates=True))
        name = ITEM if value.name is None else value.name
        return _of_frame(value.to_frame(name=name).copy(), has_items=True)
    if is_of(value, "polars", "Series"):
        return _of_frame(value.to_frame(value.name or ITEM), has_items=True)
    return _of_array(value) if is_of(value, "numpy", "ndarray") else None


def _of_array(value: Any) -> Rows:
    if value.ndim != 1:
        raise OptionError(
            f"The data is an array of {value.ndim} dimensions.", "Use a list, a Series or a table."
        )
    if names := value.dtype.names:
        columns = tuple(_column(name, value[name].tolist()) for name in names)
        return Rows(columns, range(len(value)))
    return _of_items(value.tolist())


def _no_rows(value: Any) -> OptionError:
    kind = type_name(value)
    article = "an" if kind[:1].lower() in "aeiou" else "a"
    remedy = "`.collect()` makes a DataFrame of it." if kind == "LazyFrame" else _KINDS
    return OptionError(f"The data is {article} {kind}, which has no rows.", remedy)


def _of_frame(frame: Any, *, has_items: bool = False) -> Rows:
    """Return a frame as rows, without copying it."""
    if is_of(frame, "polars", "DataFrame"):
        columns = (Column(each.name, each.name, each.to_list) for each in frame.get_columns())
        return Rows(tuple(columns), range(frame.height), frame, has_items)

    columns = (
        Column(label, _text_of(label), frame.iloc[:, position].tolist)
        for position, label in enumerate(frame.columns)
    )
    return Rows(tuple(columns), frame.index, frame, has_items)


def _of_items(items: list[Any], index: Sequence[Any] | None = None) -> Rows:
    """Return the items of a list as rows; dicts become the rows of a table."""
    index = range(len(items)) if index is None else index
    if not items or not all(_is_record(item) for item in items):
        return Rows((_column(ITEM, items),), index, None, has_items=True)
    names: dict[str, None] = dict.fromkeys(name for item in items for name in dict.keys(item))
    columns = (_column(name, [dict.get(item, name) for item in items]) for name in names)
    return Rows(tuple(columns), index)


def _is_record(item: Any) -> bool:
    return is_a(item, dict) and bool(item) and all(is_a(name, str) for name in dict.keys(item))


def _of_dict(value: Mapping[Any, Any]) -> Rows:
    listed = {name: each for name, each in value.items() if _is_list(each)}
    if not listed:
        return _of_items(list(value.values()), list(value))
    if any(is_of(each, "pandas", "Series") for each in listed.values()):
        import pandas as pd

        try:
            return _of_frame(pd.DataFrame(dict(value)).copy())
        except ValueError as error:
            raise OptionError(f"The data can't be read as a table: {error}.", _KINDS) from None
    if len(listed) < len(value):
        raise OptionError("The data mixes lists and single values.", _KINDS)
    columns = tuple(_column(name, _listed(each)) for name, each in listed.items())
    sizes = {len(column.cells) for column in columns}
    if len(sizes) > 1:
        first = columns[0]
        other = next(one for one in columns if len(one.cells) != len(first.cells))
        raise OptionError(
            f"The data's lists differ in length: `{clip(first.name, 60)}` has "
            f"{len(first.cells):,}, `{clip(other.name, 60)}` has {len(other.cells):,}.",
            "All columns of a table have the same length.",
        )
    return Rows(columns, range(len(columns[0].cells)))


def _is_list(value: Any) -> bool:
    return is_a(value, *_SEQUENCES) or (
        is_of(value, "pandas", "Series", "Index")
        or is_of(value, "polars", "Series")
        or is_of(value, "numpy", "ndarray")
    )


def _listed(value: Any) -> list[Any]:
    if is_a(value, *_SEQUENCES):
        return list(value)
    cells: list[Any] = value.to_list() if hasattr(value, "to_list") else value.tolist()
    return cells


def _column(label: Any, cells: Sequence[Any]) -> Column:
    return Column(label, _text_of(label), lambda: cells)


def _text_of(label: Any) -> str:
    """Return the text of a label; the levels of a multi-index are joined."""
    if is_a(label, tuple):
        return "_".join(filter(None, map(_text_of, _items(label))))
    return plain(label) if is_a(label, str) else tried(lambda: plain(str(label)), type_name(label))


def _items(label: tuple[Any, ...]) -> Iterable[Any]:
    return tuple.__iter__(label)
