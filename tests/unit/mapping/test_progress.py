"""The progress of a run and of a map."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count

import pytest

from groq_magic.api.send import Wait
from groq_magic.ledger.usage import Usage
from groq_magic.mapping.sending.budget import budget_of
from groq_magic.mapping.sending.progress import RunProgress, Tally, map_progress
from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest

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


def progress(tally: Tally) -> RunProgress:
    return tally.progress(is_over=False)


def test_the_rate_and_the_time_left_follow_the_last_seconds(clock: Clock) -> None:
    tally = Tally(None)
    assert progress(tally).rows_a_second == 0.0
    assert map_progress([progress(tally)], 1_000).seconds_left is None
    tally.take_from_journal(100)
    for _ in range(20):
        clock.now += 1
        tally.add_rows([GOOD] * 9 + [BAD])
        facts = progress(tally)
    assert (facts.done, facts.failed, facts.from_journal) == (280, 20, 100)
    assert facts.seconds == 20.0
    assert facts.rows_a_second == pytest.approx(10)
    whole = map_progress([facts], 1_000)
    assert (whole.left, whole.seconds_left) == (700, pytest.approx(70))
    for _ in range(60):
        clock.now += 1
        tally.add_rows([GOOD])
        facts = progress(tally)
    assert facts.rows_a_second == pytest.approx(1)
    assert map_progress([facts], 1_000).seconds_left == pytest.approx(640)


def test_tokens_and_cost_of_all_requests_are_counted() -> None:
    tally = Tally(None)
    tally.add_request(request(), Usage(1_000, 100, 1_100, 20, 400))
    tally.add_request(request(), Usage(1_000, 100, 1_100))
    tally.add_request(request(), None)
    facts = progress(tally)
    assert vars(facts.usage) == vars(Usage(2_000, 200, 2_200, 20, 400))
    assert facts.cost == pytest.approx((1_800 * 0.075 + 200 * 0.3) / 1e6)
    tally.add_request(request("new/model"), Usage(1, 1, 2))
    assert progress(tally).cost is None


def test_the_wait_that_ends_first_is_shown() -> None:
    tally, first, second = Tally(None), request(), request()
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


def test_counting_takes_almost_no_time() -> None:
    tally = Tally(None)
    began = time.perf_counter()
    for _ in range(1_000):
        tally.add_rows([GOOD])
        progress(tally)
    assert time.perf_counter() - began < 1


def test_the_progress_of_a_map_is_that_of_its_parts() -> None:
    def part(done: int, cost: float | None, seconds: float) -> RunProgress:
        usage = Usage(done, done, 2 * done)
        return RunProgress(done, 1, 1, 2, seconds, 2.0, usage, cost, "w", 3.0, is_over=False)

    found = map_progress([part(3, 0.5, 1.0), part(5, 0.25, 2.0)], 20)
    assert (found.done, found.failed, found.from_journal, found.total) == (8, 2, 2, 20)
    assert (found.seconds, found.cost, found.usage.total_tokens) == (3.0, 0.75, 16)
    assert (found.seconds_left, found.in_batch, found.left) == (3.0, 4, 6)
    assert (found.waiting_for, found.waits, found.is_over) == ("w", 3.0, False)
    assert map_progress([part(3, None, 1.0), part(5, 0.25, 2.0)], 20).cost is None


def test_earlier_runs_count_for_the_budget() -> None:
    budget = replace(budget_of("10k"), spent=9_990)
    request = RowRequest(("k",), {"model": "m"}, 20)
    assert Tally(budget).allows(request) is False
    assert Tally(replace(budget, spent=9_000)).allows(request) is True
