"""The tokens of one ask, and what they cost."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.ledger.usage import PRICES, Usage, cost, dollars, usage_of

REPORTED = {
    "queue_time": 0.0056,
    "prompt_tokens": 339,
    "completion_tokens": 58,
    "completion_time": 0.1253,
    "total_tokens": 397,
    "total_time": 0.1429,
    "completion_tokens_details": {"reasoning_tokens": 38},
    "prompt_tokens_details": {"cached_tokens": 128},
}


def test_usage_is_what_the_service_reported() -> None:
    usage = usage_of(REPORTED)
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (339, 58, 397)
    assert (usage.reasoning_tokens, usage.cached_tokens) == (38, 128)
    assert (usage.queue_time, usage.completion_time, usage.total_time) == (0.0056, 0.1253, 0.1429)


def test_usage_reads_as_a_mapping_of_three_counts() -> None:
    usage = usage_of(REPORTED)
    assert usage is not None
    counts = {"prompt_tokens": 339, "completion_tokens": 58, "total_tokens": 397}
    assert dict(usage) == usage.counts == counts
    assert len(usage) == 3
    with pytest.raises(KeyError):
        usage["reasoning_tokens"]


@pytest.mark.parametrize(
    "reported",
    [
        {},
        {"prompt_tokens": None},
        {"prompt_tokens": -1, "completion_tokens": "5"},
        {"completion_tokens_details": None, "prompt_tokens_details": 3},
        {"queue_time": -1, "total_time": "soon"},
    ],
)
def test_usage_without_a_count_is_unknown_and_not_free_of_charge(reported: dict[str, Any]) -> None:
    assert usage_of(reported) is None
    assert cost("openai/gpt-oss-120b", usage_of(reported)) is None


def test_the_batch_engine_costs_half_and_nothing_less_for_what_is_cached() -> None:
    usage = Usage(1_000_000, 1_000_000, 2_000_000, cached_tokens=500_000)
    assert cost("openai/gpt-oss-120b", usage) == pytest.approx(0.15 * 0.75 + 0.60)
    assert cost("openai/gpt-oss-120b", usage, in_batch=True) == pytest.approx(0.75 / 2)
    assert cost("some/model", usage, in_batch=True) is None


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.text(max_size=3),
    st.lists(st.integers(), max_size=2),
)
NAMES = ("prompt_tokens", "completion_tokens", "total_tokens", "queue_time", "completion_time")
DETAILS = st.one_of(ODD, st.dictionaries(st.sampled_from(["cached_tokens"]), ODD))


@given(
    st.dictionaries(st.sampled_from(NAMES), ODD),
    st.dictionaries(
        st.sampled_from(["prompt_tokens_details", "completion_tokens_details"]), DETAILS
    ),
)
def test_whatever_usage_says_its_figures_are_sound(
    counts: dict[str, Any], details: dict[str, Any]
) -> None:
    usage = usage_of(counts | details)
    if usage is None:
        return
    assert all(type(count) is int and count >= 0 for count in usage.counts.values())
    assert 0 <= usage.cached_tokens <= 10**12
    times = (usage.queue_time, usage.completion_time, usage.total_time)
    assert all(each is None or (each >= 0 and math.isfinite(each)) for each in times)
    amount = cost("openai/gpt-oss-120b", usage)
    assert amount is not None
    assert 0 <= amount < math.inf


def test_cached_tokens_cost_half() -> None:
    reported = {"prompt_tokens": 20_000, "completion_tokens": 100, "total_tokens": 20_100}
    cached = reported | {"prompt_tokens_details": {"cached_tokens": 18_000}}
    assert cost("openai/gpt-oss-120b", usage_of(reported)) == pytest.approx(0.00306)
    assert cost("openai/gpt-oss-120b", usage_of(cached)) == pytest.approx(0.00171)


def test_more_cached_than_prompted_is_no_gift() -> None:
    whole = Usage(100, 0, 100, cached_tokens=100)
    odd = Usage(100, 0, 100, cached_tokens=5_000)
    assert cost("openai/gpt-oss-120b", odd) == cost("openai/gpt-oss-120b", whole)


def test_without_usage_the_cost_is_unknown() -> None:
    assert usage_of(None) is None


def test_a_cost_is_of_prompt_and_completion() -> None:
    usage = Usage(1_000_000, 500_000, 1_500_000)
    prompt, completion = PRICES["openai/gpt-oss-120b"]
    assert cost("openai/gpt-oss-120b", usage) == pytest.approx(prompt + completion / 2)
    assert cost("no/such-model", usage) is None
    assert cost("openai/gpt-oss-120b", None) is None


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (None, "unknown"),
        (0, "$0"),
        (0.00001, "<$0.0001"),
        (0.0002, "$0.0002"),
        (0.12345, "$0.1235"),
        (1.25, "$1.25"),
        (1234.5, "$1234.50"),
    ],
)
def test_money_is_said_as_people_read_it(amount: float | None, words: str) -> None:
    assert dollars(amount) in {words, words.replace("0.1235", "0.1234")}
