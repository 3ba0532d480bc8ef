from __future__ import annotations

import datetime as dt
import decimal
import enum
import json
import pathlib
import subprocess
import sys
import textwrap
from collections import Counter, OrderedDict, deque, namedtuple
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.errors import PromptError
from tests.unit.prompt.summaries import summarise

Point = namedtuple("Point", "x y")  # noqa: PYI024 - the untyped kind is what is met


class Colour(str, enum.Enum):  # noqa: UP042 - the kind whose str() is not its value
    RED = "red"


@dataclass
class Tree:
    name: str
    children: list[Tree] = field(default_factory=list)


def test_a_function_is_its_source() -> None:
    def double(value: int) -> int:
        return 2 * value

    assert summarise(double).strip().startswith("def double(value: int)")
    assert "return 2 * value" in summarise(double)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("text\n  as it is", "text\n  as it is"),
        ("", ""),
        (3, "3"),
        (2.5, "2.5"),
        (True, "True"),
        (None, "None"),
        (np.float64(2.5), "2.5"),
        (np.int8(-3), "-3"),
        (np.array([True])[0], "True"),
        (np.str_("bees"), "bees"),
        (Colour.RED, "Colour.RED"),
        (pd.NA, "<NA>"),
        (pd.NaT, "NaT"),
        (pd.Timestamp("2026-01-02"), "2026-01-02 00:00:00"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (decimal.Decimal("1.10"), "1.10"),
        (pathlib.PurePosixPath("a/b"), "a/b"),
        (pytest, "module pytest"),
    ],
)
def test_single_values_are_shown_as_they_are(value: Any, text: str) -> None:
    assert summarise(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, 2, {"b": (3,)}]}, "{'a': [1, 2, {'b': (3,)}]}"),
        ([], "[]"),
        ({}, "{}"),
        ((), "()"),
        (set(), "set()"),
        ({3, 1, 2}, "{1, 2, 3}"),
        ({"b", "a", 1}, "{'a', 'b', 1}"),
        (frozenset({1}), "frozenset(1)"),
        (deque([1, 2]), "deque(1, 2)"),
        (OrderedDict(a=1), "{'a': 1}"),
        (Counter("aab"), "{'a': 2, 'b': 1}"),
        (Point(1, "b"), "Point(x=1, y='b')"),
        (
            Tree("oak", [Tree("leaf")]),
            "Tree(name='oak', children=[Tree(name='leaf', children=[])])",
        ),
        ([b"12345"], "[<5 bytes>]"),
        ([object()], "[<object object>]"),
        ({"df": pd.DataFrame({"a": [1, 2]})}, "{'df': <DataFrame 2 × 1>}"),
        ([np.zeros((1000, 3))], "[<ndarray 1,000 × 3>]"),
        ([np.float64(1.5)], f"[{np.float64(1.5)!r}]"),  # "1.5" in numpy 1
    ],
)
def test_small_nested_data_is_written_in_full(value: Any, text: str) -> None:
    assert summarise(value) == text


def test_recursive_data_ends() -> None:
    loop: list[Any] = [1]
    loop.append({"again": loop})
    assert summarise(loop) == "[1, {'again': <itself>}]"


@pytest.mark.parametrize(
    "value",
    [
        list(range(1_000_000)),
        dict.fromkeys(range(1000), "x" * 1000),
        {"a": list(range(10_000)), "b": list(range(10_000)), "z": "last"},
        [["x" * 100_000]] * 1000,
        ("y" * 5_000_000,),
        {"k" * 100_000: 1},
        {f"{i}" for i in range(10_000)},
    ],
)
def test_large_nested_data_is_shown_in_part_with_a_note(value: Any) -> None:
    text = summarise(value)
    assert len(text) <= 4000
    assert "…" in text
    assert f"{type(value).__name__} of {len(value):,} items, in part:" in text or len(value) == 1


def test_one_long_item_leaves_room_for_its_neighbours() -> None:
    text = summarise({"a": list(range(10_000)), "b": list(range(10_000)), "z": "last"})
    assert "'b': [0, 1" in text
    assert "'z': 'last'" in text


def test_data_deeper_than_six_levels_is_left_out() -> None:
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    assert "<list…>" in summarise(deep)


def test_long_text_is_cut_with_a_mark_that_counts_the_rest() -> None:
    text = summarise("a" * 150_000)
    assert text.startswith("a" * 100_000)
    assert text.endswith("[… 50,000 more characters left out]")


class Raises:
    def __repr__(self) -> str:
        raise RuntimeError("no")


class NoText:
    def __repr__(self) -> str:
        return 5  # type: ignore[return-value]


class Huge:
    def __repr__(self) -> str:
        return "x" * 10_000_000


class OddDict(dict[str, int]):
    def items(self) -> Any:
        raise RuntimeError


def test_a_repr_that_raises_is_named_not_raised() -> None:
    assert summarise(Raises()) == "<Raises, whose repr raised RuntimeError>"
    assert summarise(NoText()) == "<NoText, whose repr raised TypeError>"
    assert summarise([Raises()]) == "[<Raises, whose repr raised RuntimeError>]"
    assert summarise(10**5000) == "<int of about 5,001 digits>"


def test_a_huge_repr_is_cut() -> None:
    assert len(summarise(Huge())) < 4100
    assert "9,996,000 more characters left out" in summarise(Huge())
    assert len(summarise([Huge()] * 100)) <= 4000


def test_a_container_that_raises_falls_back_on_its_repr() -> None:
    assert summarise(OddDict(a=1)) == "{'a': 1}"


def test_addresses_are_left_out_since_they_differ_from_run_to_run() -> None:
    assert " at 0x" not in summarise(object())
    assert summarise(object()) == summarise(object())


@pytest.mark.parametrize("value", [b"x", bytearray(b"x"), memoryview(b"x")])
def test_bytes_are_refused(value: Any) -> None:
    with pytest.raises(PromptError, match="binary"):
        summarise(value)


@pytest.mark.parametrize("value", ["x".upper, [].append, Raises().__repr__])
def test_methods_are_refused_with_what_to_do(value: Any) -> None:
    with pytest.raises(PromptError, match="Assign its result to a variable"):
        summarise(value)


def test_functions_and_classes_are_their_source() -> None:
    assert summarise(textwrap.dedent).startswith("def dedent(text):")
    assert summarise(Point) is not None
    assert summarise(Tree).startswith("@dataclass\nclass Tree:")
    assert summarise(len) == "<built-in function len>"


def test_arrays() -> None:
    assert summarise(np.arange(3)) == "ndarray (3,), int64:\n[0, 1, 2]"
    assert summarise(np.array(5)) == "ndarray (), int64:\n5"
    assert summarise(np.zeros((0, 3))) == "ndarray (0, 3), float64:\n[]"
    text = summarise(np.arange(200.0).reshape(20, 10))
    assert text.splitlines() == [
        "ndarray (20, 10), float64",
        "min 0, mean 99.5, max 199",
        "first values: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …",
    ]


@pytest.mark.parametrize(
    ("array", "fact"),
    [
        (np.tile([True, False], 100), "50.0% true"),
        (np.full(200, np.nan), "all missing"),
        (np.array([np.nan, np.inf, -np.inf, 1.0] * 50), "50 missing"),
        (np.full(200, 65000, dtype="float16"), "mean"),
        (np.arange("2020-01-01", "2021-01-01", dtype="datetime64[D]"), "min 2020-01-01, max 2020"),
        (np.array(["a", "b"] * 100), "first values: a, b"),
        (np.array([{}, []] * 100, dtype=object), "first values: {}, []"),
        (np.zeros(200, dtype=[("x", "i4"), ("y", "f8")]), "('x', '<i4')"),
        (np.zeros(200, dtype="complex128"), "first values: 0j"),
        (np.zeros(200, dtype="S5"), "first values: b''"),
        (np.ma.masked_array(np.arange(200), mask=[True] * 200), "(200,)"),
        (np.zeros((2,) * 20), "min 0"),
        (np.broadcast_to(np.arange(3), (4_000_000, 3)), "of a sample of 500,000"),
    ],
)
def test_arrays_of_any_dtype_are_measured_or_at_least_shown(array: Any, fact: str) -> None:
    text = summarise(array)
    assert fact in text
    assert len(text) <= 4000


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=50,
    )
)
def test_json_like_data_stays_within_its_room(value: Any) -> None:
    text = summarise(value)
    if isinstance(value, dict | list):
        assert len(text) <= 4000
        if "…" not in json.dumps(value, ensure_ascii=False) and "…" not in text:
            assert text == repr(value)


def test_neither_pandas_nor_numpy_is_imported_for_it() -> None:
    code = (
        "import sys; from groq_magic.prompt import describe, fill; "
        "describe({'a': [1]}); fill('{{x}}', {'x': [object()]}); "
        "print([m for m in ('pandas', 'numpy', 'groq', 'IPython') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
