"""Data as rows: every kind of data that a map takes, and data that it refuses."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from groq_magic.errors import OptionError
from groq_magic.mapping.data.rows import rows_of


def cells(value: Any) -> list[tuple[Any, ...]]:
    rows = rows_of(value)
    return list(zip(*(column.cells for column in rows.columns), strict=True))


def names(value: Any) -> list[str]:
    return [column.name for column in rows_of(value).columns]


def test_a_pandas_frame_is_its_columns_and_keeps_its_index() -> None:
    frame = pd.DataFrame({"text": ["a", "b"], "n": [1, 2]}, index=["x", "y"])
    rows = rows_of(frame)
    assert names(frame) == ["text", "n"]
    assert cells(frame) == [("a", 1), ("b", 2)]
    assert list(rows.index) == ["x", "y"]
    assert not rows.has_items
    assert len(rows) == 2


def test_a_polars_frame_has_no_index() -> None:
    rows = rows_of(pl.DataFrame({"text": ["a", None]}))
    assert list(rows.columns[0].cells) == ["a", None]
    assert list(rows.index) == [0, 1]


@pytest.mark.parametrize(
    "value",
    [
        ["a", "b"],
        ("a", "b"),
        pd.Series(["a", "b"]),
        pl.Series(["a", "b"]),
        pd.Index(["a", "b"]),
        np.array(["a", "b"]),
    ],
)
def test_items_of_a_list_or_series_are_rows_of_one_column(value: Any) -> None:
    rows = rows_of(value)
    assert rows.has_items
    assert names(value) == ["row"]
    assert cells(value) == [("a",), ("b",)]


@pytest.mark.parametrize("kind", [pd.Series, lambda values, name: pl.Series(name, values)])
def test_the_name_of_a_series_is_its_columns(kind: Any) -> None:
    assert names(kind(["a"], name="review text")) == ["review text"]


def test_a_series_keeps_its_index() -> None:
    assert list(rows_of(pd.Series([1, 2], index=["x", "x"])).index) == ["x", "x"]


def test_a_dict_of_lists_is_a_table() -> None:
    assert cells({"a": [1, 2], "b": ("x", "y"), "c": np.array([3, 4])}) == [
        (1, "x", 3),
        (2, "y", 4),
    ]


def test_a_dict_of_series_is_a_table_by_their_index() -> None:
    rows = rows_of({"a": pd.Series([1, 2], index=["x", "y"]), "b": pd.Series([4, 3], ["y", "x"])})
    assert list(rows.index) == ["x", "y"]
    assert [list(column.cells) for column in rows.columns] == [[1, 2], [3, 4]]


def test_a_dict_of_texts_is_items_with_their_names_as_index() -> None:
    rows = rows_of({"one": "a", "two": "b"})
    assert rows.has_items
    assert list(rows.index) == ["one", "two"]
    assert list(rows.columns[0].cells) == ["a", "b"]


def test_a_list_of_records_is_a_table_with_all_their_fields() -> None:
    assert names([{"a": 1}, {"b": 2, "a": 3}]) == ["a", "b"]
    assert cells([{"a": 1}, {"b": 2, "a": 3}]) == [(1, None), (3, 2)]


def test_a_dict_of_records_is_a_table_with_their_names_as_index() -> None:
    rows = rows_of({"x": {"a": 1}, "y": {"a": 2}})
    assert list(rows.index) == ["x", "y"]
    assert names({"x": {"a": 1}}) == ["a"]


@pytest.mark.parametrize(
    "value",
    [[], {}, pd.DataFrame(), pd.DataFrame({"a": []}), pl.DataFrame(), pd.Series(dtype=object)],
)
def test_empty_data_has_no_rows(value: Any) -> None:
    assert len(rows_of(value)) == 0


def test_rows_without_columns_are_counted() -> None:
    assert len(rows_of(pd.DataFrame(index=[1, 2, 3]))) == 3


def test_duplicate_columns_and_labels_of_any_kind_have_names() -> None:
    frame = pd.DataFrame([[1, 2, 3, 4]], columns=["a", "a", 0, ("x", "y")])
    assert names(frame) == ["a", "a", "0", "x_y"]
    assert cells(frame) == [(1, 2, 3, 4)]


def test_names_of_columns_in_levels_are_joined() -> None:
    frame = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "")]))
    assert names(frame) == ["a_x", "a"]


def test_cells_keep_their_types() -> None:
    when = pd.Timestamp("2026-01-02")
    frame = pd.DataFrame(
        {
            "when": [when, pd.NaT],
            "kind": pd.Categorical(["a", None]),
            "whole": pd.array([1, None], dtype="Int64"),
            "raw": [b"x", {"k": [1]}],
        }
    )
    first, second = cells(frame)
    assert first == (when, "a", 1, b"x")
    assert second[0] is pd.NaT
    assert second[2] is pd.NA
    assert second[3] == {"k": [1]}


def test_changes_to_the_data_do_not_reach_the_rows() -> None:
    frame, items, table = pd.DataFrame({"a": [1]}), ["x"], {"a": [1]}
    seen = [rows_of(frame), rows_of(items), rows_of(table)]
    frame.loc[0, "a"] = 2
    items[0] = "y"
    table["a"][0] = 2
    assert [list(rows.columns[0].cells) for rows in seen] == [[1], ["x"], [1]]
    assert seen[0].frame["a"].tolist() == [1]


@pytest.mark.parametrize(
    "value",
    [
        pd.DataFrame({"a": [1, 2, 3]}, index=["x", "x", "z"]),
        pl.DataFrame({"a": [1, 2, 3]}),
        {"a": [1, 2, 3]},
        [1, 2, 3],
        pd.Series([1, 2, 3]),
        {"x": 1, "y": 2, "z": 3},
    ],
)
def test_rows_are_taken_by_position(value: Any) -> None:
    rows = rows_of(value)
    taken = rows.take([2, 0])
    assert len(taken) == 2
    assert list(taken.columns[0].cells) == [3, 1]
    assert list(taken.index) == [list(rows.index)[place] for place in (2, 0)]


def test_a_sample_is_the_same_each_time_and_in_order() -> None:
    rows = rows_of(list(range(1000)))
    first, second = rows.sample(10, seed=1), rows.sample(10, seed=1)
    values = list(first.columns[0].cells)
    assert values == list(second.columns[0].cells) == sorted(values)
    assert values != list(rows.sample(10, seed=2).columns[0].cells)
    assert len(rows.sample(5000, seed=1)) == 1000


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("a text", "is a str"),
        (7, "is an int"),
        (None, "is a NoneType"),
        ({1, 2}, "is a set"),
        ((each for each in "ab"), "is a generator"),
        (np.zeros((2, 2)), "2 dimensions"),
        (pl.LazyFrame({"a": [1]}), "is a LazyFrame"),
        ({"a": [1], "b": [1, 2]}, "`a` has 1, `b` has 2"),
        ({"a": [1], "b": 2}, "mixes lists and single values"),
        (dt.date(2026, 1, 1), "is a date"),
    ],
)
def test_data_without_rows_is_refused_in_one_line(value: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        rows_of(value)


def test_a_class_that_raises_is_refused_or_taken_as_an_item() -> None:
    class Bad:
        def __len__(self) -> int:
            raise RuntimeError

        def __repr__(self) -> str:
            raise RuntimeError

    with pytest.raises(OptionError, match="Bad"):
        rows_of(Bad())
    assert len(rows_of([Bad()])) == 1


def test_plain_data_needs_no_pandas() -> None:
    code = (
        "import sys; from groq_magic.mapping.data.rows import rows_of;"
        "rows_of([1]); rows_of({'a': [1]}); rows_of({'a': 'x'});"
        "assert not {'pandas', 'polars', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_index_in_levels_and_an_array_of_records_are_tables() -> None:
    levels = rows_of(pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None]))
    assert (levels.names, levels.columns[1].cells) == (("x", "1"), [1, 2])
    records = rows_of(np.array([("a", 1)], dtype=[("x", "U1"), ("y", int)]))
    assert (records.names, records.columns[1].cells) == (("x", "y"), [1])
