"""Every ask of a session, and what they come to."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.ledger.entry import Entry
from groq_magic.ledger.ledger import Ledger, sum_of
from groq_magic.ledger.prices import PRICES, cost, dollars
from groq_magic.ledger.requests import Requests
from groq_magic.ledger.usage import usage_of

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


def test_requests_are_found_by_turn_and_the_oldest_are_let_go() -> None:
    requests = Requests(kept=2)
    for revision in (1, 2, 3):
        requests.add({"model": str(revision)}, revision)
    assert not requests.passed
    requests.pass_by()
    assert requests.last == {"model": "3"}
    assert requests.passed
    assert requests.of(1) is None
    assert requests.of(2) == {"model": "2"}
    assert requests.of(3) == {"model": "3"}
