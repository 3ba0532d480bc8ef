"""The agreement of answers with a column or another model, and the text of `--check`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groq_magic.errors import OptionError
from groq_magic.mapping.data.rows import rows_of
from groq_magic.mapping.results.agreement import Check, agreement, checks_of, positions_to_check
from tests.markers import examples

FRAME = pd.DataFrame({"text": ["a", "b", "c"], "teacher": [1, None, 3], "hand": ["x", None, None]})


def test_checks_pair_fields_with_columns() -> None:
    found = checks_of("score=teacher, cat=hand", ["score", "cat"], rows_of(FRAME))
    assert found == (Check("score", 1), Check("cat", 2))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("score", "field=column"),
        ("scor=teacher", "Did you mean `score`"),
        ("score=techer", "Did you mean `teacher`"),
        ("score=", "field=column"),
        ("score=teacher,score=hand", "twice"),
        ("other=teacher", "`score`, `cat`"),
    ],
)
def test_a_check_of_an_unknown_name_is_refused(text: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        checks_of(text, ["score", "cat"], rows_of(FRAME))


def test_a_column_with_odd_characters_can_be_checked() -> None:
    rows = rows_of(pd.DataFrame({"by hand": [1], "a=b": [2]}))
    assert checks_of("score=by hand,cat=a=b", ["score", "cat"], rows) == (
        Check("score", 0),
        Check("cat", 1),
    )


def test_the_rows_with_a_value_in_any_of_the_columns_are_checked() -> None:
    rows = rows_of(FRAME)
    assert positions_to_check(rows, [Check("score", 1), Check("cat", 2)]) == [0, 2]
    assert positions_to_check(rows, [Check("cat", 2)]) == [0]


def test_categories_have_a_confusion_table() -> None:
    found = agreement(["a", "b", "b", "a", None], ["a", "B ", "a", None, "a"])
    assert not found.is_of_numbers
    assert (found.compared, found.agreed, found.unanswered) == (3, 2, 1)
    assert found.share == pytest.approx(2 / 3)
    assert found.categories == ("a", "b")
    assert found.table == {("a", "a"): 1, ("b", "b"): 1, ("b", "a"): 1}
    assert [(one.position, one.expected, one.answer) for one in found.disagreements] == [
        (2, "b", "a")
    ]
    assert found.mean_error is None


def test_numbers_have_errors_and_kappa() -> None:
    found = agreement([1, 2, 3, 4, 5], [1, 3, 3, 4, 2])
    assert found.is_of_numbers
    assert (found.compared, found.agreed) == (5, 3)
    assert found.mean_error == pytest.approx(-0.4)
    assert found.mean_absolute_error == pytest.approx(0.8)
    assert found.within_one == pytest.approx(0.8)
    assert found.kappa == pytest.approx(0.375)
    # The worst first.
    assert [one.position for one in found.disagreements] == [4, 1]


def test_numbers_in_texts_are_numbers_if_all_are() -> None:
    assert agreement(["1", " 2.0"], [1, 2]).share == 1
    assert agreement([1, 2], ["1", "2"]).is_of_numbers
    assert not agreement(["1", "two"], [1, 2]).is_of_numbers
    assert agreement(["1", "n/a"], [1, "N/A"]).share == 1


def test_categories_are_shown_as_first_written_in_the_expected_values() -> None:
    found = agreement([" Good", "BAD"], ["GOOD ", "Mixed"])
    assert found.categories == ("BAD", "Good", "Mixed")
    assert found.table == {("Good", "Good"): 1, ("BAD", "Mixed"): 1}
    assert [each.position for each in found.disagreements] == [1]


@given(st.lists(st.tuples(*[st.text("aAß sSİi", min_size=1, max_size=2)] * 2), min_size=1))
@settings(max_examples=examples(60))
def test_each_pair_of_texts_is_in_the_table_once(pairs: list[tuple[str, str]]) -> None:
    expected, answers = zip(*pairs, strict=True)
    found = agreement(expected, answers)
    assert sum(found.table.values()) == found.compared
    assert {each for pair in found.table for each in pair} == set(found.categories)
    assert sum(found.table[a, b] for a, b in found.table if a == b) == found.agreed
    assert len({each.casefold() for each in found.categories}) == len(found.categories)


def test_true_and_false_are_categories() -> None:
    found = agreement([True, np.False_], [True, True])
    assert not found.is_of_numbers
    assert found.categories == ("False", "True")
    assert found.share == 0.5


def test_a_whole_number_of_a_column_of_floats_is_the_same_category() -> None:
    assert agreement([1.0, "x"], ["1", "x"]).share == 1


def test_nothing_to_compare() -> None:
    found = agreement([None, float("nan"), "a"], ["a", "b", None])
    assert (found.compared, found.unanswered, found.share, found.kappa) == (0, 1, None, None)


def test_kappa_without_any_spread() -> None:
    assert agreement([3, 3], [3, 3]).kappa is None
    assert agreement([3, 3], [4, 4]).kappa == 0


def test_cells_that_are_lists_or_raise_are_compared_as_text() -> None:
    class Bad:
        def __str__(self) -> str:
            raise RuntimeError

    found = agreement([["a"], Bad()], [["a"], "x"])
    assert found.agreed == 1


def quadratic_kappa(expected: list[int], answers: list[int]) -> float | None:
    """Return 1 minus observed over expected disagreement, as textbooks define it."""
    values = range(min(expected + answers), max(expected + answers) + 1)
    pairs = list(zip(expected, answers, strict=True))
    observed = sum((a - b) ** 2 for a, b in pairs)
    by_chance = sum(
        (a - b) ** 2 * expected.count(a) * answers.count(b) / len(pairs)
        for a in values
        for b in values
    )
    return None if by_chance == 0 else 1 - observed / by_chance


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1))
def test_weighted_kappa_is_the_textbooks(pairs: list[tuple[int, int]]) -> None:
    expected, answers = [a for a, _ in pairs], [b for _, b in pairs]
    found = agreement(expected, answers)
    assert found.kappa == (
        pytest.approx(kappa) if (kappa := quadratic_kappa(expected, answers)) is not None else None
    )
    assert sum(found.table.values()) == found.compared == len(pairs)
    assert found.agreed + len(found.disagreements) == found.compared


@given(
    st.lists(st.tuples(*[st.none() | st.text() | st.floats() | st.integers() | st.booleans()] * 2))
)
def test_any_cells_are_counted_once(pairs: list[tuple[Any, Any]]) -> None:
    found = agreement([a for a, _ in pairs], [b for _, b in pairs])
    assert found.compared + found.unanswered <= len(pairs)
    assert found.agreed + len(found.disagreements) == found.compared
    assert found.share is None or 0 <= found.share <= 1
