"""Budgets: their text, and the parts that requests reserve and use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from groq_magic.errors import OptionError
from groq_magic.ledger.usage import Usage
from groq_magic.mapping.sending.budget import Budget, budget_of
from groq_magic.mapping.sending.progress import Tally
from groq_magic.mapping.sending.row_request import RowRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

MODEL = "openai/gpt-oss-20b"


@pytest.mark.parametrize(
    ("text", "amount", "in_dollars", "words"),
    [
        ("2usd", 2.0, True, "$2.00"),
        ("$0.50", 0.5, True, "$0.50"),
        (" .5 USD", 0.5, True, "$0.50"),
        ("0.0025usd", 0.0025, True, "$0.0025"),
        ("0.00005usd", 0.00005, True, "$0.00005"),
        ("200k", 200_000, False, "200,000 tokens"),
        ("1.5m", 1_500_000, False, "1,500,000 tokens"),
        ("80000", 80_000, False, "80,000 tokens"),
        ("200k tokens", 200_000, False, "200,000 tokens"),
        ("200 tokens", 200, False, "200 tokens"),
        ("1 token", 1, False, "1 token"),
        ("2 usd", 2.0, True, "$2.00"),
        ("1,000,000", 1_000_000, False, "1,000,000 tokens"),
    ],
)
def test_budgets_are_parsed(text: str, amount: float, in_dollars: object, words: str) -> None:
    budget = budget_of(text)
    assert (budget.amount, budget.in_dollars, budget.words) == (amount, in_dollars, words)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2",
        "999",
        "0",
        "-1k",
        "2eur",
        "$2k",
        "k",
        "nan",
        "1e9",
        "2 usd x",
        "1,0k",
        "$2 tokens",
        "2kusd",
    ],
)
def test_invalid_budgets_are_refused(text: str) -> None:
    with pytest.raises(OptionError, match=r"is not a budget\. Write dollars like `2usd`, tokens"):
        budget_of(text)


def row(number: int, most: int = 100) -> RowRequest:
    return RowRequest((str(number),), {"model": MODEL, "max_completion_tokens": most}, 10)


def taken(tally: Tally, rows: Sequence[RowRequest], completion: int) -> None:
    for each in rows:
        tally.add_request(each, Usage(10, completion, 10 + completion))


def test_requests_wait_while_running_ones_may_use_up_the_budget() -> None:
    tally, rows = Tally(Budget(250, in_dollars=False)), [row(n) for n in range(20)]
    # By what they may answer two fit; by what they do, many.
    assert [tally.allows(each) for each in rows[:3]] == [True, True, None]
    taken(tally, rows[:2], 10)
    allowed = [tally.allows(each) for each in rows[2:14]]
    assert allowed == [True] * 10 + [None] * 2
    taken(tally, rows[2:12], 10)
    assert tally.allows(rows[12]) is False


def test_the_first_request_needs_room_for_its_prompt_alone() -> None:
    tally = Tally(Budget(50, in_dollars=False))
    assert tally.allows(row(1, most=8_000)) is True
    assert Tally(Budget(5, in_dollars=False)).allows(row(1)) is False


def test_a_request_that_used_nothing_frees_its_reservation() -> None:
    tally, first = Tally(Budget(110, in_dollars=False)), row(1)
    assert tally.allows(first) is True
    tally.add_request(first, None)
    assert tally.allows(row(2)) is True


def test_a_model_without_a_price_is_refused() -> None:
    tally = Tally(Budget(1, in_dollars=True))
    with pytest.raises(OptionError, match="The price of new/model is not known"):
        tally.allows(RowRequest(("a",), {"model": "new/model"}, 10))


def test_before_the_first_answer_only_one_request_is_running() -> None:
    tally = Tally(Budget(1_000, in_dollars=False))
    rows = [RowRequest((str(number),), {"model": MODEL}, 10) for number in range(10)]
    assert [tally.allows(each) for each in rows[:3]] == [True, None, None]
    taken(tally, rows[:1], 400)
    assert [tally.allows(each) for each in rows[1:4]] == [True, None, None]
