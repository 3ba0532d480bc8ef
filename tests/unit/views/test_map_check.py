"""The report of the agreement of answers."""

from __future__ import annotations

from typing import Any

import lxml.html

from groq_magic.mapping.results.agreement import agreement
from groq_magic.views.map.check import check_part
from groq_magic.views.map.facts import CheckFacts
from tests.unit.views.map_values import MODEL

OTHER = "openai/gpt-oss-120b"


def facts(hand: list[Any], answers: list[Any], **changes: Any) -> CheckFacts:
    found = agreement(hand, answers)
    rows = tuple((str(r.position), str(r.expected), str(r.answer)) for r in found.disagreements[:2])
    values = {"field": "mood", "model": MODEL, "expected": "hand", "kind": "column", "cost": 0.0123}
    return CheckFacts(**{**values, "agreement": found, "rows": rows, **changes})


def test_categories_have_their_share_and_a_table_of_confusions() -> None:
    part = check_part([facts(["a", "a", "b", "b"], ["a", "b", "b", None], rows_a_minute=412.4)])
    assert part.plain == (
        "mood: agreement with hand\n\n"
        "model               agree          no answer  $ per 1,000 rows  rows/min with waits\n"
        "------------------  -------------  ---------  ----------------  -------------------\n"
        "openai/gpt-oss-20b  67 % (2 of 3)          1           $0.0123                  412\n\n"
        "rows by hand (down) and answer (across)\n\n"
        "   a  b\n-  -  -\na  1  1\nb  0  1\n\n"
        "1 row disagrees\nrow  hand  answer\n---  ----  ------\n  1  a     b"
    )


def test_numbers_have_errors_the_share_within_one_and_kappa() -> None:
    part = check_part([facts([1, 2, 3, 4], [1, 3, 3, 1])])
    head, _, line = part.plain.split("\n\n")[1].splitlines()
    assert head.split("  ")[-1].strip() == "$ per 1,000 rows"
    for name in ("mean error", "mean absolute error", "within ±1", "weighted kappa"):
        assert name in head
    assert "-0.50" in line
    assert "1.00" in line
    assert "75 %" in line
    assert "50 % (2 of 4)" in line


def test_no_error_has_no_sign() -> None:
    assert "-0.00" not in check_part([facts([1, 2], [1, 2])]).plain
    assert "+0.00" not in check_part([facts([1, 2], [1, 2])]).plain


def test_full_agreement_has_no_table_of_confusions() -> None:
    part = check_part([facts(["a", "b"], ["a", "b"])])
    assert "100 % (2 of 2)" in part.plain
    assert "(across)" not in part.plain


def test_for_many_categories_the_frequent_confusions_are_listed() -> None:
    expected = [f"kind {n}" for n in range(30)] + ["kind 0", "kind 0"]
    part = check_part([facts(expected, ["kind 1"] * 32)])
    assert "the most frequent of 29 kinds of disagreement" in part.plain
    assert "kind 0   kind 1     3" in part.plain


def test_each_model_is_named_where_there_are_several() -> None:
    checks = [facts(["a", "b"], ["a", "a"]), facts(["a", "b"], ["b", "b"], model=OTHER)]
    part = check_part(checks)
    assert part.plain.count("mood") == 1
    assert "gpt-oss-20b · rows by hand (down) and answer (across)" in part.plain
    assert "gpt-oss-120b · 1 row disagrees\n" in part.plain
    groups = lxml.html.fromstring(part.html).find_class("groq-check-details")
    assert ["gpt-oss-120b" in each.text_content() for each in groups] == [False, True]


def test_models_are_compared_with_each_other() -> None:
    part = check_part([facts(["a", "b"], ["a", "a"], kind="model", expected=OTHER)])
    assert "agreement of the models with each other" in part.plain
    assert "gpt-oss-120b and gpt-oss-20b" in part.plain
    assert "row  gpt-oss-120b  gpt-oss-20b" in part.plain
    assert "$" not in part.plain  # of which of the two?


def test_the_title_states_which_disagreements_are_listed() -> None:
    assert "4 rows disagree, 2 of them\n" in check_part([facts(list("abcd"), list("bcda"))]).plain
    numbers = check_part([facts([1, 2, 3], [2, 4, 6])])
    assert "3 rows disagree, the 2 furthest apart\n" in numbers.plain


def test_nothing_to_compare_is_stated() -> None:
    assert "nothing to compare" in check_part([facts([None], ["a"])]).plain


def test_rows_are_folded_if_there_are_several_comparisons() -> None:
    check = facts(["a", "b"], ["a", "a"])
    assert '<details class="groq-folded" open>' in check_part([check]).html
    assert " open>" not in check_part([check, check]).html


def test_the_diagonal_is_bold() -> None:
    part = check_part([facts(["a", "b", "b"], ["a", "b", "a"])])
    table = lxml.html.fromstring(part.html).find_class("groq-confusion")[0]
    assert [cell.text_content() for cell in table.xpath(".//td/b")] == ["1", "1"]
