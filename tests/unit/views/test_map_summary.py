"""The static output of a map: its figures, what to do next, and no markup from data or answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from groq_magic.mapping.results.agreement import agreement
from groq_magic.rendering import to_html
from groq_magic.views.map.facts import CheckFacts, MapField, MapQuotes, MapRow
from groq_magic.views.map.summary import map_bundle, rows_part
from tests.unit.views.map_values import MODEL, end, progress, start

PAYLOADS = json.loads((Path(__file__).parents[2] / "payloads.json").read_text())
# Of our own markup, whose images are data of ours.
TAGS = {
    *("b", "code", "details", "div", "img", "small", "span", "summary"),
    *("table", "tbody", "td", "th", "thead", "tr"),
}
ATTRIBUTES = {"alt", "class", "dir", "height", "open", "src", "style", "width"}


def plain(begin: Any = None, **changes: Any) -> str:
    return map_bundle(begin or start(), end(**changes))[0]["text/plain"]


def test_a_finished_map_has_its_rows_and_a_line_of_figures() -> None:
    assert plain() == (
        "answers: 1,000 rows, the first row:\n\n"
        "    review     score  error\n"
        "--  ---------  -----  -----\n"
        "17  Good rice      4\n\n"
        "openai/gpt-oss-20b · 60,000 tokens sent, 4,500 received · 1,000 rows answered · "
        "200 from the journal · $0.0061 · 20 s"
    )


def test_failed_rows_are_grouped_by_error_with_a_remedy() -> None:
    shown = plain(
        progress=progress(done=997, failed=3, is_over=True),
        errors=(("The service failed (500).", 2), ("The answer is empty.", 1)),
    )
    assert shown.startswith("3 rows failed. Run the cell again: it asks only these.\n")
    assert "error                      rows\n" in shown
    assert "The service failed (500).     2\n" in shown
    assert "997 of 1,000 rows answered · 3 failed" in shown


def test_rows_in_batch_jobs_are_not_failures() -> None:
    found = progress(done=0, failed=0, from_journal=0, in_batch=1_000, is_over=True)
    for text in map_bundle(start(), end(progress=found))[0].values():
        assert "in a batch job" in text
        assert "failed" not in text
        assert "Run the cell again" not in text


def test_one_failed_row_is_one() -> None:
    shown = plain(progress=progress(done=999, failed=1, is_over=True))
    assert shown.startswith("1 row failed. Run the cell again: it asks only this one.")


def test_many_different_errors_are_summed_up() -> None:
    shown = plain(errors=tuple((f"Error {n}.", 20 - n) for n in range(9)))
    assert "Error 0.          20\n" in shown
    assert "3 other errors    39\n" in shown


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        (
            {"reason": "Stopped."},
            "Stopped. 588 of 1,000 rows are not asked yet.",
        ),
        (
            {"reason": "The budget is used up.", "remedy": "Give a larger one."},
            "The budget is used up. 588 of 1,000 rows are not asked yet. Give a larger one.",
        ),
    ],
)
def test_an_early_end_has_a_reason_the_rows_left_and_a_remedy(
    facts: dict[str, str], line: str
) -> None:
    data, _ = map_bundle(start(), end(progress=progress(is_over=True), **facts))
    assert data["text/plain"].startswith(f"{line}\n")
    (warning,) = lxml.html.fromstring(data["text/html"]).find_class("groq-warning")
    assert warning.text_content() == line


def test_the_reason_in_an_error_below_is_not_repeated() -> None:
    found = progress(is_over=True)
    shown = plain(progress=found, reason="Stopped.", remedy="Run it again.", is_raised=True)
    assert "Stopped" not in shown
    assert "Run it again" not in shown
    assert "410 of 1,000 rows answered · 2 failed · 588 not asked yet" in shown


def test_different_rows_are_counted() -> None:
    begin = start(rows=200, requested=11)
    found = progress(done=9, failed=2, total=11, is_over=True)
    shown = plain(begin, progress=found, errors=(("It failed.", 2),))
    assert shown.startswith("2 different rows failed.")
    assert "answers: 200 rows, 11 different, the first row:" in shown
    assert "error       different rows\n" in shown


def test_an_error_column_is_shown_only_with_an_error() -> None:
    begin = start(error_columns=(2,))
    assert "score\n" in plain(begin)
    assert "error" not in plain(begin)
    failed = MapRow("17", ("Good rice", "", "Not asked yet."))
    assert "score  error\n" in plain(begin, rows=(failed,))


def test_fields_of_rows_that_all_wait_are_left_out() -> None:
    fields = (MapField("answer", "string", [None, None]),)
    waiting = progress(done=0, failed=0, in_batch=1_000, from_journal=0, is_over=True)
    assert "no answers" not in plain(progress=waiting, fields=fields)
    assert "answer: no answers" in plain(fields=fields)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((188, 12, 0), "✗ 12 of 200 quotes are not in their row"),
        ((1, 1, 3), "✗ 1 of 2 quotes is not in their row · 3 without a quote"),
        ((1_000, 0, 0), "all 1,000 quotes are in their row"),
        ((1, 0, 0), "the quote is in its row"),
        ((0, 0, 2), "2 without a quote"),
        ((0, 0, 0), ""),
    ],
)
def test_invented_quotes_are_counted(counts: tuple[int, int, int], words: str) -> None:
    quotes = (MapQuotes("score_quote", *counts),)
    shown = plain(fields=(MapField("score", "integer", [1, 2]),), quotes=quotes)
    assert f"score_quote{': ' * bool(words)}{words}\n" in shown


def test_practice_is_labelled_and_costs_nothing() -> None:
    shown = plain(start(practice=True))
    assert shown.endswith("· practice mode")
    assert "$" not in shown


def test_if_there_are_many_columns_the_new_ones_are_shown() -> None:
    names = (*(f"old {n}" for n in range(30)), "score", "error")
    part = rows_part(start(columns=names, data_columns=30), (MapRow("0", names),), "1 row")
    head = part.plain.splitlines()[2]
    assert "old 13" in head
    assert "old 14" not in head
    assert head.split()[-2:] == ["score", "error"]
    assert "16 more columns are in the frame." in part.plain


def test_columns_may_have_the_same_name() -> None:
    row = MapRow("0", ("first", "second", "third"))
    part = rows_part(start(columns=("a", "a", "a")), (row,), "1 row")
    assert "| 0 | first | second | third |" in part.markdown


def test_the_same_facts_give_the_same_bytes() -> None:
    assert map_bundle(start(), end()) == map_bundle(start(), end())


def everywhere(text: str) -> dict[str, str]:
    """Return the output of a map whose data, answers, errors and names are all one text."""
    found = agreement([text, "a", "a"], ["a", text, "a"])
    text = text[:200]  # as the run clips what it gives
    check = CheckFacts(text, MODEL, text, "column", found, ((text, text, text),))
    other = CheckFacts(text, text, text, "model", found, ((text, text, text),))
    data, _ = map_bundle(
        start(name=text, models=(text,), columns=(text, "score", "error")),
        end(
            rows=(MapRow(text, (text, text, text)),),
            fields=(
                MapField(text, "string", [text, "a", text]),
                MapField(text, "integer", list(range(30))),
                MapField("more", "any", [[text], {text: text}] * 9),
            ),
            errors=((text, 1),),
            checks=(check, other),
            reason="Stopped.",
            notices=(text,),
        ),
    )
    return data


@pytest.mark.parametrize("kind", PAYLOADS)
def test_data_and_answers_are_never_markup(kind: str) -> None:
    for text in PAYLOADS[kind]:
        data = everywhere(text)
        for node in lxml.html.fromstring(data["text/html"]).iter():
            assert node.tag in TAGS
            assert set(node.attrib) <= ATTRIBUTES
            source = node.get("src", "data:image/svg+xml;base64,")
            assert source.startswith("data:image/svg+xml;base64,")
        shown = lxml.html.fromstring(f"<div>{to_html(data['text/markdown'])}</div>")
        assert not {"img", "script", "svg", "iframe"} & {node.tag for node in shown.iter()}
        for link in shown.iter("a"):
            # A cut address leads nowhere.
            assert link.get("href", "https:").startswith(("https:", "http:", "mailto:"))


@pytest.mark.parametrize(
    "text", ["a\x1b[31mb", "\ud800", "a\nb", "|", "`", "\u202eabc", "x" * 9_999]
)
def test_odd_texts_break_no_line_and_no_table(text: str) -> None:
    data = everywhere(text)
    assert "\x1b" not in data["text/plain"]
    assert len(data["text/html"]) < 60_000
    head, rule, *rows = [line for line in data["text/markdown"].splitlines() if line[:2] == "| "]
    assert head.count("|") - head.count("\\|") == rule.count("|")
    assert rows
