"""Every ask of a session, and what they come to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.ledger.ledger import Entry, Ledger, sum_of
from groq_magic.ledger.request_history import RequestHistory
from groq_magic.ledger.usage import PRICES, cost, dollars, usage_of

MODEL = "openai/gpt-oss-120b"


def entry(number: int, **changes: Any) -> Entry:
    usage = usage_of(
        {
            "prompt_tokens": 100,
            "completion_tokens": 50,
            "completion_tokens_details": {"reasoning_tokens": 20},
            "prompt_tokens_details": {"cached_tokens": 64},
        }
    )
    values: dict[str, Any] = {
        "number": number,
        "at": 1_000_000.0 + number,
        "model": MODEL,
        "source": "service",
        "practice": False,
        "finish_reason": "stop",
        "usage": usage,
        "queue": 0.01,
        "first_token": 0.1 * number,
        "total": 1.0,
        "tokens_per_second": 100.0 * number,
        "cost": cost(MODEL, usage),
    }
    return Entry(**values | changes)


def test_sums_tokens_by_kind_and_takes_medians_of_times() -> None:
    found = sum_of([entry(1), entry(2), entry(9)])
    assert (found.asks, found.prompt_tokens, found.completion_tokens) == (3, 300, 150)
    assert (found.reasoning_tokens, found.cached_tokens) == (60, 192)
    assert (found.queue, found.first_token, found.tokens_per_second) == (0.01, 0.2, 200.0)
    assert found.cost == pytest.approx(3 * ((36 + 64 / 2) * 0.15 + 50 * 0.60) / 1e6)
    assert not found.unpriced


def test_what_an_ask_cut_short_has_cost_is_unknown() -> None:
    cut = entry(1, usage=None, cost=None, tokens_per_second=None, finish_reason="interrupted")
    found = sum_of([cut, entry(2)])
    assert (found.asks, found.prompt_tokens, found.unpriced) == (2, 100, True)
    assert cut.is_unmeasured
    assert not entry(2).is_unmeasured


def test_an_unknown_price_stays_unknown() -> None:
    unpriced = entry(1, model="new/model", cost=None)
    assert sum_of([unpriced]).unpriced
    assert not unpriced.is_unmeasured
    assert dollars(cost("new/model", found_usage())) == "unknown"


def found_usage() -> Any:
    return usage_of({"prompt_tokens": 1, "completion_tokens": 1})


def test_groups_by_model_practice_and_source_in_order() -> None:
    ledger = Ledger()
    for each in (
        entry(1),
        entry(2, source="cache", cost=0.0),
        entry(3, practice=True),
        entry(4),
        entry(5, model="b"),
    ):
        ledger.add(each)
    assert list(ledger.by_model()) == [
        (MODEL, False, "service"),
        (MODEL, False, "cache"),
        (MODEL, True, "service"),
        ("b", False, "service"),
    ]
    assert ledger.by_model()[MODEL, False, "service"].asks == 2
    assert len(ledger) == 5


def test_an_ask_without_an_answer_is_summed_nowhere() -> None:
    nothing: dict[str, Any] = {"usage": None, "first_token": None, "cost": None}
    ledger = Ledger()
    for each in (
        entry(1, model="no/model", finish_reason="error", **nothing),
        entry(2, finish_reason="interrupted", **nothing),
        entry(3, finish_reason="truncated", **nothing),
        entry(4, finish_reason="error", **{**nothing, "first_token": 0.1}),
        entry(5, source="replay", finish_reason="truncated", **nothing),
        entry(6, finish_reason="stop", **nothing),
        entry(7, finish_reason="error", first_token=None),
    ):
        ledger.add(each)
    assert [each.number for each in ledger.entries if each.counted] == [4, 5, 6, 7]
    assert [each.number for each in ledger.entries if each.is_unmeasured] == [4, 6]
    sums = {key: found.asks for key, found in ledger.by_model().items()}
    assert sums == {(MODEL, False, "service"): 3, (MODEL, False, "replay"): 1}


def test_only_the_service_takes_from_the_quota() -> None:
    assert entry(1).spent == 150
    assert entry(1, source="cache").spent == entry(1, source="replay").spent == 0
    assert entry(1, usage=None).spent == 0


def test_speed_is_that_of_real_answers() -> None:
    ledger = Ledger()
    for each in (
        entry(2),
        entry(4, source="replay", tokens_per_second=None),
        entry(6, practice=True),
    ):
        ledger.add(each)
    assert ledger.speed(MODEL, practice=False) == 200
    assert ledger.speed(MODEL, practice=True) == 600
    assert ledger.speed("other", practice=False) is None


def test_records_have_a_row_for_each_ask() -> None:
    ledger = Ledger()
    ledger.add(entry(1))
    ledger.add(entry(2, usage=None))
    rows = ledger.records()
    assert [row["total_tokens"] for row in rows] == [150, None]
    assert rows[0]["source"] == "service"


def test_prices_are_of_the_prompt_and_of_the_answer() -> None:
    usage = usage_of({"prompt_tokens": 2_000_000, "completion_tokens": 1_000_000})
    for model, (prompt, completion) in PRICES.items():
        assert cost(model, usage) == pytest.approx(2 * prompt + completion)


def test_requests_are_found_by_turn_and_the_oldest_are_evicted() -> None:
    requests = RequestHistory(most_asks=2)
    for revision in (1, 2, 3):
        requests.add({"model": str(revision)}, revision)
    assert not requests.has_failed_since
    requests.note_failure()
    assert requests.last == {"model": "3"}
    assert requests.has_failed_since
    assert requests.of(1) is None
    assert requests.of(2) == {"model": "2"}
    assert requests.of(3) == {"model": "3"}


@given(st.lists(st.integers(0, 60_000), min_size=1, max_size=30))
def test_requests_take_a_bounded_memory_and_the_newest_is_always_kept(sizes: list[int]) -> None:
    bound = 100_000
    requests = RequestHistory(most_bytes=bound)
    for revision, size in enumerate(sizes):
        image = {"type": "image_url", "image_url": {"url": "x" * size}}
        requests.add({"messages": [{"role": "user", "content": [image]}]}, revision)
        assert requests.of(revision) is requests.last
        known = [n for n in range(revision + 1) if requests.of(n) is not None]
        # What is kept is the latest without a gap, and nothing was evicted without need.
        assert known == list(range(known[0], revision + 1))
        assert len(known) == 1 or sum(sizes[n] for n in known) <= bound
        if known[0] > 0:
            # About 1,400 bytes of each are not its image.
            assert sum(sizes[n] + 1_400 for n in range(known[0] - 1, revision + 1)) > bound


def test_a_request_beyond_the_bound_is_kept_until_the_next_one() -> None:
    requests = RequestHistory(most_bytes=1_000)
    requests.add({"messages": [{"content": "x" * 5_000}]}, 1)
    assert requests.of(1) is requests.last
    requests.add({"messages": []}, 2)
    assert requests.of(1) is None
    assert requests.of(2) == {"messages": []}


def test_a_turn_asked_again_counts_once() -> None:
    requests = RequestHistory(most_bytes=10_000)
    requests.add({"messages": [{"content": "first"}]}, 1)
    for _ in range(5):
        requests.add({"messages": [{"content": "x" * 6_000}]}, 2)
    assert requests.of(1) is not None
