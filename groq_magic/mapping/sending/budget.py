"""The budget of a run: `2usd`, `200k tokens`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from groq_magic.errors import OptionError
from groq_magic.ledger.usage import Usage, cost
from groq_magic.option_types import quoted

if TYPE_CHECKING:
    from groq_magic.mapping.sending.row_request import RowRequest

__all__ = ["BUDGET_FORMS", "Budget", "budget_of"]

_WRITTEN = re.compile(
    r"(\$?)\s*(\d+(?:[_,]\d{3})*(?:\.\d+)?|\.\d+)\s*([km]?)\s*(usd|tokens?|)", re.IGNORECASE
)
_FACTORS = {"": 1, "k": 1_000, "m": 1_000_000}
# Smaller numbers need a unit.
_LEAST_TOKENS = 1_000
BUDGET_FORMS = "Write dollars like `2usd`, tokens like `200k`."


@dataclass(frozen=True)
class Budget:
    """The most that a run may spend.

    Parameters
    ----------
    amount : float
        In US dollars or tokens.
    in_dollars : bool
    spent : float
        The part of it that earlier runs used.
    """

    amount: float
    in_dollars: bool
    spent: float = 0.0

    @property
    def words(self) -> str:
        """The amount as text: `$2.00`, `200,000 tokens`."""
        if not self.in_dollars:
            return f"{self.amount:,.0f} token{'s' * (self.amount != 1)}"
        is_cents = round(self.amount, 2) == self.amount
        return f"${self.amount:,.2f}" if is_cents else f"${Decimal(str(self.amount)):,f}"

    @property
    def used_up(self) -> str:
        """The reason for the end of a run that used up its budget."""
        return f"The budget of {self.words} is used up."

    def price(self, model: str, usage: Usage) -> float:
        """Return how much of the budget a request used.

        Raises
        ------
        OptionError
            When the budget is in dollars and the model's price is unknown.
        """
        if not self.in_dollars:
            return usage.total_tokens
        amount = cost(model, usage)
        if amount is None:
            raise OptionError(
                f"The price of {model} is not known.", "Give `--budget` in tokens, like `200k`."
            )
        return amount

    def estimate(self, request: RowRequest, completion: float | None) -> float:
        """Return how much of the budget a request may use.

        Parameters
        ----------
        request : RowRequest
        completion : float or None
            The mean number of tokens in answers so far; None before the first answer.
        """
        answer = completion
        if answer is None:
            answer = float(request.request.get("max_completion_tokens") or 0)
        whole = math.ceil(answer)
        return self.price(request.model, Usage(request.tokens, whole, request.tokens + whole))


def budget_of(text: str) -> Budget:
    """Return the budget that a text names: `2usd`, `$0.50`, `200k`, `1.5m tokens`, `80000`.

    Raises
    ------
    OptionError
        When it is not a valid budget.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise _not_a_budget(text)
    sign, number, factor, unit = (part.lower() for part in found.groups())
    amount = float(re.sub("[_,]", "", number)) * _FACTORS[factor]
    in_dollars = bool(sign) or unit == "usd"
    # A small number without a unit may mean dollars or thousands of tokens.
    is_unclear = not (in_dollars or factor or unit) and amount < _LEAST_TOKENS
    if not amount or is_unclear or (in_dollars and (factor or unit.startswith("token"))):
        raise _not_a_budget(text)
    return Budget(amount, in_dollars)


def _not_a_budget(text: str) -> OptionError:
    return OptionError(f"{quoted(text)} is not a budget.", BUDGET_FORMS)
