from __future__ import annotations

import csv
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.markers import examples
from tests.unit.prompt.summaries import summarise


def sales(rows: int) -> pd.DataFrame:
    chance = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "id": np.arange(rows),
            "price": chance.normal(50, 10, rows),
            "city": chance.choice(["Paris", "Rome", "Oslo", "Wien"], rows),
            "when": pd.date_range("2020-01-01", periods=rows, freq="h"),
            "ok": chance.random(rows) > 0.3,
        }
    )
    frame.loc[::50, "price"] = np.nan
    return frame


def test_a_frame_is_its_shape_its_columns_and_its_first_rows() -> None:
    frame = pd.DataFrame(
        {
            "n": range(40),
            "half": [None, 0.5] * 20,
            "kind": ["bee", "wasp", "bee", "ant"] * 10,
            "day": pd.date_range("2026-01-01", periods=40),
            "ok": [True, False] * 20,
        }
    )
    # pandas 2 and 3 name types of texts and dates differently.
    assert summarise(frame).splitlines() == [
        "DataFrame: 40 rows × 5 columns",
        "n: int64, min 0, mean 19.5, max 39",
        "half: float64, 20 missing, min 0.5, mean 0.5, max 0.5",
        f"kind: {frame.kind.dtype}, top bee 50%, wasp 25%, ant 25%",
        f"day: {frame.day.dtype}, min 2026-01-01, max 2026-02-09",
        "ok: bool, 50.0% true",
        "first 5 rows, as CSV:",
        "n,half,kind,day,ok",
        "0,,bee,2026-01-01,True",
        "1,0.5,wasp,2026-01-02,False",
        "2,,bee,2026-01-03,True",
        "3,0.5,ant,2026-01-04,False",
        "4,,bee,2026-01-05,True",
    ]


def test_a_hundred_thousand_rows_take_no_more_characters_than_a_few() -> None:
    text = summarise(sales(100_000))
    assert len(text) <= 800
    assert "DataFrame: 100,000 rows × 5 columns" in text
    assert "price: float64, 2,000 missing" in text


def test_a_small_frame_is_shown_whole() -> None:
    text = summarise(sales(20))
    assert "all rows, as CSV:" in text
    assert len(text.split("as CSV:\n")[1].splitlines()) == 21


def test_a_wide_frame_stays_within_its_room_and_counts_the_rest() -> None:
    wide = pd.DataFrame(np.ones((100, 1000)), columns=[f"column {i}" for i in range(1000)])
    text = summarise(wide)
    assert len(text) <= 4000
    profiled = sum(line.startswith("column ") and ": float64" in line for line in text.splitlines())
    assert f"… and {1000 - profiled} more columns, left out here" in text
    assert "first 5 rows of the first" in text


@pytest.mark.parametrize("rows", [5, 20, 100])
def test_huge_texts_stay_within_their_room(rows: int) -> None:
    frame = pd.DataFrame({f"c{i}" * 100: ['"' * 1_000 + "\n"] * rows for i in range(50)})
    frame.index = pd.Index(['"' * 10_000] * rows)
    text = summarise(frame)
    assert len(text) <= 4000
    assert "more columns, left out here" in text


def test_duplicate_column_names_are_each_summarised() -> None:
    text = summarise(pd.DataFrame([[1, "x"], [2, "y"]], columns=["a", "a"]))
    assert "a: int64, min 1" in text
    assert "a: object" in text or "a: str" in text
    assert "a,a\n1,x\n2,y" in text


def test_a_multiindex_in_rows_and_columns() -> None:
    frame = pd.DataFrame(
        [[1, 2], [3, 4]],
        columns=pd.MultiIndex.from_tuples([("price", "min"), ("price", "max")]),
        index=pd.MultiIndex.from_tuples([("Oslo", 1), ("Rome", 2)], names=["city", None]),
    )
    text = summarise(frame)
    assert "index: MultiIndex, Oslo / 1 … Rome / 2" in text
    assert "price / min: int64, min 1, mean 2, max 3" in text
    assert "city,price / min,price / max\nOslo / 1,1,2\nRome / 2,3,4" in text


def test_an_index_that_only_counts_is_left_out_and_another_is_kept() -> None:
    assert "index" not in summarise(pd.DataFrame({"a": [1, 2]}))
    dated = pd.DataFrame({"a": [1, 2]}, index=pd.to_datetime(["2026-01-01", "2026-01-02"]))
    assert "index: DatetimeIndex, 2026-01-01 … 2026-01-02" in summarise(dated)
    assert "index,a\n2026-01-01,1" in summarise(dated)


@pytest.mark.parametrize(
    ("values", "fact"),
    [
        (pd.Categorical(["a", "a", "b"], categories=["a", "b", "z"]), "category, top a 67%, b 33%"),
        ([None, None], "all missing"),
        ([np.nan, np.nan], "float64, all missing"),
        ([[1], [2], {"k": 1}], "object, top <list> 67%, <dict> 33%"),
        ([{"a": {1}}, None], "1 missing, all different"),
        (["a", "b", "c"], "all different"),
        (["a", "a", "b", "c", "d"], "top a 40%, b 20%, c 20% of 4 different"),
        (pd.array([1, None, 3], dtype="Int64"), "Int64, 1 missing, min 1, mean 2, max 3"),
        (pd.array([True, None], dtype="boolean"), "boolean, 1 missing, 100.0% true"),
        (pd.to_timedelta(["1h", "2h"]), "min 0 days 01:00:00, max 0 days 02:00:00"),
        (pd.period_range("2026-01", periods=3, freq="M"), "min 2026-01, max 2026-03"),
        (pd.date_range("2026-01-01", periods=2, tz="UTC"), "min 2026-01-01 00:00:00+00:00"),
        (pd.interval_range(0, 3), "all different"),
        ([1 + 2j, 3j], "complex128"),
        ([np.inf, -np.inf], "min -inf, mean nan, max inf"),
        (pd.arrays.SparseArray([0, 0, 1]), "Sparse[int64, 0], min 0"),
        ([2**70, 1], "object"),
        ([1, "a", (2,), None], "1 missing"),
    ],
)
def test_columns_of_every_kind(values: Any, fact: str) -> None:
    assert fact in summarise(pd.DataFrame({"c": values}))


class Raises:
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    def __repr__(self) -> str:
        raise RuntimeError


def test_cells_that_raise_do_no_harm() -> None:
    text = summarise(pd.DataFrame({"c": [Raises(), Raises()]}))
    assert "c: object" in text
    assert "<Raises, whose repr raised RuntimeError>" in text


def test_the_address_of_an_object_in_a_cell_is_left_out() -> None:
    assert " at 0x" not in summarise(pd.DataFrame({"c": [object()] * 3}))


def test_unhashable_cells_are_never_compared_since_that_takes_quadratic_time() -> None:
    comparisons: list[object] = []

    class Comparable:
        __hash__ = None  # type: ignore[assignment]

        def __eq__(self, other: object) -> bool:
            comparisons.append(other)
            return self is other

    assert "top <Comparable> 100%" in summarise(
        pd.DataFrame({"c": [Comparable() for _ in range(99)]})
    )
    assert comparisons == []


def test_a_frame_that_raises_where_ours_would_not_falls_back_on_its_repr() -> None:
    class OddFrame(pd.DataFrame):
        @property
        def iloc(self) -> Any:
            raise RuntimeError

        def __repr__(self) -> str:
            return "an odd frame"

    assert summarise(OddFrame({"c": [1]})) == "an odd frame"


def test_cells_that_hold_containers_are_cut_before_they_are_written() -> None:
    text = summarise(pd.DataFrame({"c": [list(range(1_000_000))]}))
    assert "list of 1,000,000 items, in part:" in text


def test_values_that_the_sample_misses_are_called_rare() -> None:
    values: list[str | None] = [None] * 1_000_000
    values[1] = "rare"
    assert "values too rare for the sample" in summarise(pd.DataFrame({"c": values}))


@pytest.mark.parametrize(
    ("frame", "lines"),
    [
        (pd.DataFrame(), ["DataFrame: 0 rows × 0 columns"]),
        (pd.DataFrame({"a": []}), ["DataFrame: 0 rows × 1 columns", "a: float64"]),
        (pd.DataFrame(index=range(3)), ["DataFrame: 3 rows × 0 columns"]),
    ],
)
def test_empty_frames(frame: pd.DataFrame, lines: list[str]) -> None:
    # An empty frame's index is said in some pandas and not in others.
    assert [x for x in summarise(frame).splitlines() if not x.startswith("index")] == lines


def test_a_series_is_summarised_with_its_index_and_values() -> None:
    counts = pd.Series(["Oslo", "Oslo", "Rome"], name="city").value_counts()
    assert summarise(counts).splitlines() == [
        "Series: 2 values",
        "index: Index, Oslo … Rome",
        "count: int64, min 1, mean 1.5, max 2",
        "all rows, as CSV:",
        "city,count",
        "Oslo,2",
        "Rome,1",
    ]
    assert "value: float64" in summarise(pd.Series([0.5]))


def test_an_index_is_summarised_by_its_values() -> None:
    assert summarise(pd.Index(["a", "b"])).splitlines()[0] == "Index: 2 values"
    assert "(2 values" not in summarise(pd.MultiIndex.from_product([["a"], [1, 2]]))


@given(
    st.dictionaries(
        st.text(max_size=80),
        st.lists(st.none() | st.integers() | st.floats() | st.text(max_size=200), min_size=3,
                 max_size=3),
        min_size=1,
        max_size=8,
    )
)  # fmt: skip
@settings(max_examples=examples(50))
def test_the_rows_are_csv_that_can_be_read_back(columns: dict[str, list[Any]]) -> None:
    text = summarise(pd.DataFrame(columns))
    assert len(text) <= 4000
    table = text.split("as CSV:\n", 1)[1]
    rows = list(csv.reader(table.split("\n")))
    assert {len(row) for row in rows} == {len(columns)}
    assert len(rows) == 4


def test_the_same_frame_gives_the_same_text() -> None:
    frame = pd.DataFrame({"c": [f"{i % 7}" for i in range(100_000)]})
    assert summarise(frame) == summarise(frame)
