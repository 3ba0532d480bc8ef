"""Frames of polars in prompts."""

from __future__ import annotations

import datetime as dt

import pytest

from groq_magic.prompt import Extent, Privacy, describe

pl = pytest.importorskip("polars", reason="an environment of the lowest versions lacks it")


def test_a_frame_is_summarised_as_one_of_pandas() -> None:
    frame = pl.DataFrame(
        {
            "n": range(40),
            "half": [None, 0.5] * 20,
            "kind": ["bee", "wasp", "bee", "ant"] * 10,
            "day": [dt.date(2026, 1, 1)] * 40,
            "ok": [True, False] * 20,
            "parts": [[1, 2]] * 40,
        }
    )
    assert describe(frame).text.splitlines()[:9] == [
        "DataFrame: 40 rows × 6 columns",
        "n: Int64, min 0, mean 19.5, max 39",
        "half: Float64, 20 missing, min 0.5, mean 0.5, max 0.5",
        "kind: String, top bee 50%, ant 25%, wasp 25%",
        "day: Date, min 2026-01-01, max 2026-01-01",
        "ok: Boolean, 50.0% true",
        "parts: List(Int64)",
        "first 5 rows, as CSV:",
        "n,half,kind,day,ok,parts",
    ]
    assert "all different" in describe(pl.Series("s", ["a", "b"])).text


def test_no_value_is_sent_that_may_not_be() -> None:
    frame = pl.DataFrame({"email": ["ada@x.org", None], "n": [1, 2]})
    private = describe(frame, Extent(Privacy(private=("email",)))).text
    assert "email: <private>" in private
    assert "ada" not in private
    assert "all rows, as CSV:\nn\n1\n2" in private
    none = Extent(Privacy(rows=0))
    assert describe(frame, none).text.splitlines()[1:] == ["email: String, 1 missing", "n: Int64"]
    kinds = pl.Series("kind", ["secret"], dtype=pl.Enum(["secret"]))
    assert describe(kinds, none).text == "Series: 1 values\nkind: Enum"


def test_a_query_is_not_run() -> None:
    found = describe(pl.LazyFrame({"a": [1]}).with_columns(b=pl.col("a") * 2))
    assert found.heading == "LazyFrame, 2 columns, not computed"
    assert found.body == "a: Int64\nb: Int64"
