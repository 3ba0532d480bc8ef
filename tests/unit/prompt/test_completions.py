from __future__ import annotations

import math
import statistics

import pandas as pd
import pytest

from groq_magic.prompt import completions

NAMESPACE = {
    "df": pd.DataFrame({"price": [1], "price per kg": [2], "n": [3]}),
    "data": {"key": {"deep": 1}, "kind": 2, 3: 4, 'a"b': 5},
    "_hidden": 1,
}


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", ["data", "df"]),
        (" d", ["data", "df"]),
        ("_h", ["_hidden"]),
        ("df.pri", ["df.price"]),
        ('df["pri', ['df["price"]', 'df["price per kg"]']),
        ("df['n", ["df['n']"]),
        ("data[", ['data["key"]', 'data["kind"]']),
        ('data["key"]["', ['data["key"]["deep"]']),
        ("data[3", []),
        ("nothing.", []),
        ("df.nothing.", []),
        ("len(df).", []),
        ("df +", []),
    ],
)
def test_names_attributes_and_keys_complete(prefix: str, found: list[str]) -> None:
    assert completions(prefix, NAMESPACE) == found


def test_variables_come_first_and_the_newest_of_them_before_older_ones() -> None:
    names = {"In": [], "np": math, "old": 1, "mean": statistics.mean, "Odd": type, "new": 2}
    assert completions("", names) == ["new", "old", "Odd", "mean", "np"]
    assert completions("_", {**names, "_": 3, "_7": 4}) == ["_7", "_"]


def test_methods_are_not_offered_since_nothing_is_called() -> None:
    offered = completions("df.", NAMESPACE)
    assert "df.shape" in offered
    assert "df.head" not in offered


def test_an_object_whose_dir_raises_offers_nothing() -> None:
    class Odd:
        def __dir__(self) -> list[str]:
            raise RuntimeError

    assert completions("odd.", {"odd": Odd()}) == []
