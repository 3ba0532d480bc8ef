"""How far a run is, at any time."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from groq_magic.api.send import Wait
from groq_magic.ledger.usage import Usage
from groq_magic.mapping.sending.budget import budget_of
from groq_magic.mapping.sending.progress import Tally, sum_of
from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest
from groq_magic.views.map.facts import MapProgress

MODEL = "openai/gpt-oss-20b"
GOOD = RowAnswer("good", "stop", None, MODEL, "")
BAD = RowAnswer.failure(MODEL, "The service failed (500).")
NUMBERS = count()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("groq_magic.mapping.sending.progress.time", made)
    return made


def request(model: str = MODEL) -> RowRequest:
    return RowRequest((f"key {next(NUMBERS)}",), {"model": model}, 10)


def progress(tally: Tally) -> Any:
    return tally.progress(3, is_over=False)


def test_rows_a_second_and_the_time_left_follow_the_last_seconds(clock: Clock) -> None:
    tally = Tally(1_000, None)
    assert (progress(tally).rows_a_second, progress(tally).seconds_left) == (0.0, None)
    tally.take_from_journal(100)
    for _ in range(20):
        clock.now += 1
        tally.add_rows([GOOD] * 9 + [BAD])
        facts = progress(tally)
    assert (facts.done, facts.failed, facts.from_journal) == (280, 20, 100)
    assert (facts.left, facts.running, facts.seconds) == (700, 3, 20.0)
    assert facts.rows_a_second == pytest.approx(10)
    assert facts.seconds_left == pytest.approx(70)
    for _ in range(60):
        clock.now += 1
        tally.add_rows([GOOD])
        facts = progress(tally)
    assert facts.rows_a_second == pytest.approx(1)
    assert facts.seconds_left == pytest.approx(640)


def test_tokens_and_cost_of_all_requests_are_counted() -> None:
    tally = Tally(None, None)
    tally.add_request(request(), Usage(1_000, 100, 1_100, 20, 400))
    tally.add_request(request(), Usage(1_000, 100, 1_100))
    tally.add_request(request(), None)
    facts = progress(tally)
    assert facts.usage == Usage(2_000, 200, 2_200, 20, 400) or vars(facts.usage) == vars(
        Usage(2_000, 200, 2_200, 20, 400)
    )
    assert facts.cost == pytest.approx((1_800 * 0.075 + 200 * 0.3) / 1e6)
    assert (facts.left, facts.seconds_left) == (None, None)
    tally.add_request(request("new/model"), Usage(1, 1, 2))
    assert progress(tally).cost is None


def test_what_is_waited_for_is_what_ends_first() -> None:
    tally, first, second = Tally(None, None), request(), request()
    now = time.monotonic()
    tally.wait(first, Wait("Rate limit.", now + 9, 1, 4))
    tally.wait(second, Wait("The model is over capacity (503).", now + 3, 2, 4))
    facts = progress(tally)
    assert facts.waiting_for == "The model is over capacity (503)."
    assert 2 < facts.waits <= 3
    tally.wait(second, None)
    assert progress(tally).waiting_for == "Rate limit."
    tally.wait(first, None)
    assert (progress(tally).waiting_for, progress(tally).waits) == ("", 0.0)


def test_it_costs_next_to_nothing() -> None:
    tally = Tally(100_000, None)
    began = time.perf_counter()
    for _ in range(1_000):
        tally.add_rows([GOOD])
        progress(tally)
    assert time.perf_counter() - began < 1


def test_parts_one_after_another_are_one() -> None:
    def part(done: int, cost: float | None, seconds: float) -> MapProgress:
        usage = Usage(done, done, 2 * done)
        return MapProgress(
            done,
            1,
            1,
            None,
            seconds,
            2.0,
            usage,
            cost,
            None,
            "w",
            3.0,
            4,
            is_over=False,
            in_batch=2,
        )

    found = sum_of([part(3, 0.5, 1.0), part(5, 0.25, 2.0)], 20)
    assert (found.done, found.failed, found.from_journal, found.total) == (8, 2, 2, 20)
    assert (found.seconds, found.cost, found.usage.total_tokens) == (3.0, 0.75, 16)
    assert (found.seconds_left, found.in_batch, found.left) == (3.0, 4, 6)
    assert (found.waiting_for, found.running) == ("w", 4)
    assert sum_of([part(3, None, 1.0), part(5, 0.25, 2.0)], 20).cost is None


def test_what_an_earlier_run_spent_counts() -> None:
    budget = replace(budget_of("10k"), spent=9_990)
    request = RowRequest(("k",), {"model": "m"}, 20)
    assert Tally(1, budget).allows(request) is False
    assert Tally(1, replace(budget, spent=9_000)).allows(request) is True
