"""Summaries of columns of answers: counts, histograms and text."""

from __future__ import annotations

import math
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groq_magic.views.map.facts import MapField
from groq_magic.views.map.fields import FieldSummary, field_summary, fields_part
from tests.markers import examples

# Of JSON, and what only Python's reader of JSON lets through.
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def summary(values: list[Any], kind: Any = "any") -> FieldSummary:
    return field_summary(MapField("x", kind, values))


def test_categories_are_counted_and_the_missing_are_named() -> None:
    found = summary(["good", "bad", "good", None])
    assert found.counts == (("good", 2), ("bad", 1))
    assert found.facts == ("1 missing",)


def test_more_categories_than_are_shown_are_summed_up() -> None:
    found = summary([str(chr(97 + n % 12)) for n in range(120)] + ["a"])
    assert found.counts[0] == ("a", 11)
    assert len(found.counts) == 8
    assert found.others == ("4 others", 40)
    assert found.facts == ("12 different values",)


def test_the_entries_of_lists_are_counted() -> None:
    found = summary([["oil", "rice"], ["oil"], []])
    assert found.counts == (("oil", 2), ("rice", 1))
    assert "67 %" in fields_part([MapField("x", "any", [["oil", "rice"], ["oil"], []])]).plain


def test_few_numbers_are_counted_in_their_order() -> None:
    found = summary([3, 1, 3, 10], "integer")
    assert found.counts == (("1", 1), ("3", 2), ("10", 1))
    assert found.facts == ("mean 4.25", "median 3")


def test_many_numbers_are_a_histogram_of_equal_ranges() -> None:
    found = summary(list(range(1, 101)), "integer")
    assert [count for *_, count in found.bins] == [5] * 20
    assert found.bins[0] == ("1", "5", 5)
    assert found.bins[-1] == ("96", "100", 5)
    assert found.facts == ("1 to 100", "mean 50.5", "median 50.5")


def test_free_text_is_described_by_its_length() -> None:
    found = summary([f"A rather long text that nobody counts, {n}" for n in range(9, 12)])
    assert found.counts == ()
    assert found.facts == ("3 different values", "40 to 41 characters")


def test_dates_have_a_range() -> None:
    found = summary([f"2026-01-{day:02}" for day in range(1, 31)], "date")
    assert found.facts == ("2026-01-01 to 2026-01-30", "30 different values")


@pytest.mark.parametrize(
    ("values", "facts"),
    [
        ([], ("no answers",)),
        ([None], ("no answers",)),
        ([[], []], ("all empty",)),
        ([True, False], ()),
        (["", " "], ()),
    ],
)
def test_odd_columns_are_described(values: list[Any], facts: tuple[str, ...]) -> None:
    assert summary(values).facts == facts


def test_very_large_numbers_are_counted_as_identifiers() -> None:
    assert summary([10**20, 1, math.inf], "number").facts == ()
    assert summary([10**400], "integer").facts == ("always the same", "200 characters each")
    assert summary([-1.7e308, 1.7e308, *range(90)], "number").bins == ()


@given(st.lists(VALUES, max_size=40))
@settings(max_examples=examples(60))
def test_any_answers_are_summed_up(values: list[Any]) -> None:
    found = summary(values)
    part = fields_part([MapField("<b>`x`", "any", values)])
    for shown in lxml.html.fragments_fromstring(part.html):
        tags = {node.tag for node in shown.iter()}
        assert tags <= {"div", "b", "small", "table", "tbody", "tr", "td", "img"}
    assert part.plain
    assert part.markdown
    assert "NaN" not in "".join(found.facts)


@given(st.lists(st.floats(-1e15, 1e15, exclude_min=True, exclude_max=True), min_size=1))
@settings(max_examples=examples(60))
def test_each_number_is_in_one_range(values: list[float]) -> None:
    found = summary(values, "number")
    assert sum(count for *_, count in (*found.counts, *found.bins)) == len(values)


def test_charts_have_a_text_alternative() -> None:
    part = fields_part([MapField("score", "integer", list(range(100)))])
    (image,) = lxml.html.fromstring(part.html).xpath(".//img")
    assert image.get("alt").startswith("Histogram of score: 5 from 0 to 4, ")
    counts = fields_part([MapField("kind", "string", ["a", "a", "b"])])
    assert [each.get("alt") for each in lxml.html.fromstring(counts.html).xpath(".//img")] == [
        "",
        "",
    ]
    assert "67 %" in counts.html


def test_lines_without_a_chart_come_last() -> None:
    part = fields_part([MapField("none", "any", [None]), MapField("kind", "string", ["a", "a"])])
    assert part.plain.index("kind") < part.plain.index("none")
