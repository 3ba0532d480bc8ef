"""What tokens cost: Groq's price page as of 2026-10-01, in US dollars a million tokens."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groq_magic.ledger.usage import Usage

__all__ = ["AS_OF", "PRICES", "cost", "dollars"]

AS_OF = "2026-10-01"
# Model → prompt, completion.
PRICES = MappingProxyType(
    {
        "openai/gpt-oss-120b": (0.15, 0.60),
        "openai/gpt-oss-20b": (0.075, 0.30),
        "qwen/qwen3.8-27b": (0.80, 4.00),
    }
)
# Of the price of a prompt, for tokens that the service had cached.
_CACHED_SHARE = 0.5
_MILLION = 1_000_000


def cost(model: str, usage: Usage | None) -> float | None:
    """Return what an ask cost in US dollars, None where the price is not known.

    Prompt tokens that the service had cached cost half.
    """
    price = PRICES.get(model)
    if price is None or usage is None:
        return None
    cached = min(usage.cached_tokens, usage.prompt_tokens)
    prompt = usage.prompt_tokens - cached * (1 - _CACHED_SHARE)
    return (prompt * price[0] + usage.completion_tokens * price[1]) / _MILLION


def dollars(amount: float | None) -> str:
    """Return an amount as people read it: `$0.0002`, `$1.25`, `unknown`."""
    if amount is None:
        return "unknown"
    if amount == 0:
        return "$0"
    return f"${amount:.2f}" if amount >= 1 else f"${amount:.4f}" if amount >= 0.0001 else "<$0.0001"  # noqa: PLR2004 - four decimals show the cost of one ask
