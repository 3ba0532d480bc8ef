"""The tokens of one ask, and their cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

__all__ = [
    "PRICES",
    "PRICES_AS_OF",
    "Usage",
    "cost",
    "dollars",
    "rounded",
    "token_words",
    "usage_of",
]

_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")
# Larger numbers are mistakes, and would overflow a float.
_LARGEST = 10**12
# Groq's price page, in US dollars a million tokens: model → prompt, completion.
PRICES_AS_OF = "2026-10-01"
PRICES = MappingProxyType(
    {
        "openai/gpt-oss-120b": (0.15, 0.60),
        "openai/gpt-oss-20b": (0.075, 0.30),
        "qwen/qwen3.8-27b": (0.80, 4.00),
    }
)
# Share of the price for prompt tokens that the service had cached; and for all tokens in the batch
# engine, where caching makes no difference.
_CACHED_SHARE = _BATCH_SHARE = 0.5
_MILLION = 1_000_000
_WHOLE = 1_000  # larger numbers have no decimals


@dataclass(frozen=True, eq=False)
class Usage(Mapping[str, int]):
    """The tokens of one ask, as the service counted them.

    It is an object and a mapping of the three counts:
    `usage.total_tokens` and `usage["total_tokens"]`.

    Parameters
    ----------
    prompt_tokens, completion_tokens, total_tokens : int
    reasoning_tokens, cached_tokens : int
        The part of the completion that was reasoning, and the part of the
        prompt that the service had cached.
    queue_time, total_time : float or None
        Seconds, as the service measured them.
    completion_time : float or None
        Seconds of generating.
    """

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    reasoning_tokens: int = 0
    cached_tokens: int = 0
    queue_time: float | None = None
    completion_time: float | None = None
    total_time: float | None = None

    def __repr__(self) -> str:
        return f"Usage({rounded(vars(self))})"

    def __getitem__(self, name: str) -> int:
        if name not in _COUNTS:
            raise KeyError(name)
        return int(getattr(self, name))

    def __iter__(self) -> Iterator[str]:
        return iter(_COUNTS)

    def __len__(self) -> int:
        return len(_COUNTS)

    @property
    def counts(self) -> dict[str, int]:
        """The three counts, for a turn's metadata."""
        return dict(self)

    @property
    def words(self) -> str:
        """The tokens in words, as in all messages: `380 tokens sent, 32 received`."""
        return token_words(self.prompt_tokens, self.completion_tokens)


def token_words(sent: int | None, answered: int | None, *, sent_as: str = "sent") -> str:
    """Return counts of tokens in words: `380 tokens sent, 32 received`.

    Parameters
    ----------
    sent : int or None
        Of the request, chat format included; None leaves them out.
    answered : int or None
        Of the answer, reasoning included.
    sent_as : str
        The word for the first count: "to send" before the request.
    """
    counts = [(sent, sent_as), (answered, "received")]
    (count, what), *others = [(count, what) for count, what in counts if count is not None]
    first = f"{count:,} token{'s' * (count != 1)} {what}"
    return ", ".join((first, *(f"{more:,} {what}" for more, what in others)))


def rounded(figures: Mapping[str, float | None]) -> str:
    """Return the known figures for a repr: counts as whole numbers, times with three digits."""
    known = {name: value for name, value in figures.items() if value is not None}
    return ", ".join(
        f"{name}={value:.0f}" if value >= _WHOLE or value == int(value) else f"{name}={value:.3g}"
        for name, value in known.items()
    )


def usage_of(reported: Mapping[str, Any] | None) -> Usage | None:
    """Return the usage that the service reported, None where it reported no count of tokens."""
    if reported is None:
        return None
    prompt, completion, total = (_count(reported, name) for name in _COUNTS)
    if prompt is None and completion is None and total is None:
        # Zeros would show an ask as free.
        return None
    prompt, completion = prompt or 0, completion or 0
    return Usage(
        prompt,
        completion,
        total or prompt + completion,
        _count(reported.get("completion_tokens_details"), "reasoning_tokens") or 0,
        _count(reported.get("prompt_tokens_details"), "cached_tokens") or 0,
        _seconds(reported, "queue_time"),
        _seconds(reported, "completion_time"),
        _seconds(reported, "total_time"),
    )


def total_usage(usages: Iterable[Usage | None]) -> Usage | None:
    """Return the sum of the usage of an ask's exchanges, None if unknown."""
    known = [usage for usage in usages if usage is not None]
    if len(known) <= 1:
        return known[0] if known else None
    return Usage(
        **{
            each.name: sum(getattr(usage, each.name) or 0 for usage in known)
            for each in fields(Usage)
        }
    )


def cost(model: str, usage: Usage | None, *, in_batch: bool = False) -> float | None:
    """Return the cost of an ask in US dollars, None where the price is unknown.

    Prompt tokens that the service had cached cost half.

    Parameters
    ----------
    model : str
    usage : Usage or None
    in_batch : bool
        Whether the batch engine answered, which costs half of all.
    """
    price = PRICES.get(model)
    if price is None or usage is None:
        return None
    cached = 0 if in_batch else min(usage.cached_tokens, usage.prompt_tokens)
    prompt = usage.prompt_tokens - cached * (1 - _CACHED_SHARE)
    whole = (prompt * price[0] + usage.completion_tokens * price[1]) / _MILLION
    return whole * _BATCH_SHARE if in_batch else whole


def dollars(amount: float | None) -> str:
    """Return an amount in dollars: `$0.0002`, `$1.25`, `unknown`."""
    if amount is None:
        return "unknown"
    if amount == 0:
        return "$0"
    return f"${amount:.2f}" if amount >= 1 else f"${amount:.4f}" if amount >= 0.0001 else "<$0.0001"  # noqa: PLR2004 - four decimals show the cost of one ask


def _count(reported: object, name: str) -> int | None:
    value = reported.get(name) if isinstance(reported, Mapping) else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= _LARGEST else None


def _seconds(reported: Mapping[str, Any], name: str) -> float | None:
    value = reported.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    # NaN and infinity are excluded by the comparison.
    return float(value) if 0 <= value <= _LARGEST else None
