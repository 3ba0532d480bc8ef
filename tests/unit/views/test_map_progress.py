"""The progress of a map in one line, and as a bar."""

from __future__ import annotations

from typing import Any

import lxml.html
import pytest

from groq_magic.ledger.usage import Usage
from groq_magic.views.map.progress import (
    end_words,
    progress_html,
    progress_words,
    unit_of,
    waiting_words,
)
from tests.unit.views.map_values import progress, start


def test_the_line_has_rows_failures_journal_rate_tokens_cost_and_time_left() -> None:
    assert progress_words(progress(), start()) == (
        "412 of 1,000 rows · 2 failed · 200 from the journal · 21 rows/s · 64,500 tokens · "
        "$0.0061 · about 28 s left"
    )


def test_zeros_and_unknown_figures_are_left_out() -> None:
    empty = progress(
        done=0,
        failed=0,
        from_journal=0,
        rows_a_second=0.0,
        usage=Usage(0, 0, 0),
        cost=None,
        seconds_left=None,
    )
    assert progress_words(empty, start()) == "0 of 1,000 rows"


@pytest.mark.parametrize(
    ("rate", "words"),
    [(1_234.5, "1,234 rows/s"), (3.21, "3.2 rows/s"), (0.05, "3.0 rows/min"), (1e-5, "")],
)
def test_a_rate_is_per_second_or_per_minute(rate: float, words: str) -> None:
    line = progress_words(progress(rows_a_second=rate), start())
    assert (f" · {words} · " in line) if words else "rows/" not in line


def test_rows_in_batch_jobs_are_neither_finished_nor_failed() -> None:
    line = progress_words(progress(in_batch=300), start())
    assert line.startswith(
        "412 of 1,000 rows · 2 failed · 200 from the journal · 300 in a batch job"
    )


def test_practice_has_no_cost() -> None:
    line = progress_words(progress(), start(practice=True))
    assert "practice mode" in line
    assert "$" not in line


@pytest.mark.parametrize(
    ("facts", "unit"),
    [
        ({}, "rows"),
        ({"requested": 900}, "different rows"),
        ({"requested": 2_000, "models": ("a", "b")}, "answers"),
    ],
)
def test_the_unit_is_rows_different_rows_or_answers(facts: dict[str, Any], unit: str) -> None:
    assert unit_of(start(**facts)) == unit


def test_a_wait_has_a_reason_and_a_length() -> None:
    waiting = {"waiting_for": "The limit of `m` is reached.", "waits": 12.2}
    assert waiting_words(progress(**waiting)) == (
        "The limit of `m` is reached. Continues in 12 s. ■ stops."
    )
    assert waiting_words(progress(**waiting, is_over=True)) == ""
    assert waiting_words(progress()) == ""


def test_the_bar_is_a_meter_with_a_name() -> None:
    (bar,) = lxml.html.fromstring(progress_html(progress(), start())).xpath(".//progress")
    assert (bar.get("max"), bar.get("value")) == ("1000", "412")
    assert bar.get("aria-label") == "412 of 1,000 rows"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"done": 1_000, "failed": 0}, "Map finished: 1,000 rows answered"),
        ({"done": 997, "failed": 3}, "Map finished: 997 of 1,000 rows answered, 3 failed"),
        (
            {"done": 0, "failed": 0, "in_batch": 1_000},
            "Map finished: 0 of 1,000 rows answered, 1,000 in a batch job",
        ),
    ],
)
def test_the_end_of_a_map_for_screen_readers(facts: dict[str, Any], words: str) -> None:
    assert end_words(progress(**facts), start(), is_stopped=False) == words
    stopped = words.replace("finished", "stopped")
    assert end_words(progress(**facts), start(), is_stopped=True) == stopped
