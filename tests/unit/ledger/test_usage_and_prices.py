"""The tokens of one ask, and what they cost."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.ledger.prices import PRICES, cost, dollars
from groq_magic.ledger.usage import Usage, usage_of

TOLD = {
    "queue_time": 0.0056,
    "prompt_tokens": 339,
    "completion_tokens": 58,
    "completion_time": 0.1253,
    "total_tokens": 397,
    "total_time": 0.1429,
    "completion_tokens_details": {"reasoning_tokens": 38},
    "prompt_tokens_details": {"cached_tokens": 128},
}


def test_usage_is_what_the_service_told() -> None:
    usage = usage_of(TOLD)
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (339, 58, 397)
    assert (usage.reasoning_tokens, usage.cached_tokens) == (38, 128)
    assert (usage.queue_time, usage.completion_time, usage.total_time) == (0.0056, 0.1253, 0.1429)


def test_usage_reads_as_a_mapping_of_three_counts() -> None:
    usage = usage_of(TOLD)
    assert usage is not None
    counts = {"prompt_tokens": 339, "completion_tokens": 58, "total_tokens": 397}
    assert dict(usage) == usage.counts == counts
    assert len(usage) == 3
    with pytest.raises(KeyError):
        usage["reasoning_tokens"]


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"prompt_tokens": None},
        {"prompt_tokens": -1, "completion_tokens": "5"},
        {"completion_tokens_details": None, "prompt_tokens_details": 3},
        {"queue_time": -1, "total_time": "soon"},
    ],
)
def test_odd_usage_is_read_without_trust(told: dict[str, Any]) -> None:
    usage = usage_of(told)
    assert usage == usage_of({}) or (usage is not None and usage.counts == usage_of({}).counts)  # type: ignore[union-attr]  # a mapping gives one
    assert usage is not None
    assert usage.queue_time is None


def test_no_usage_is_none() -> None:
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
