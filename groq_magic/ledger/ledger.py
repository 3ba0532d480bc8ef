"""Every ask of a session, and their sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groq_magic.ledger.usage import Usage

__all__ = ["FIELDS", "TOKENS", "Entry", "Ledger", "Source", "Sum", "sum_of"]

Source = Literal["service", "cache", "replay"]

TOKENS = (
    "prompt_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "cached_tokens",
    "total_tokens",
)
FIELDS = (
    *("ask", "at", "model", "source", "practice", "finish_reason"),
    *TOKENS,
    *("queue", "first_token", "total", "tokens_per_second", "cost"),
)
# Our finish reasons, for asks that the service did not finish.
_WITHOUT_END = ("error", "interrupted", "truncated")


@dataclass(frozen=True)
class Entry:
    """One ask of the session, also a failed one.

    Parameters
    ----------
    number : int
        From 1, in the order in which asks ended.
    at : float
        Unix time of its end.
    model : str
        The model that answered or was asked.
    source : {"service", "cache", "replay"}
        The source of the answer; the last two cost neither money nor quota.
    practice : bool
        Whether the practice server answered, which costs nothing.
    finish_reason : str
    usage : Usage or None
        The tokens; from cache or replay, those of the original answer. None
        where the service reported none.
    queue, first_token, total : float or None
        Seconds in the service's queue, to the first token, and in all.
    tokens_per_second : float or None
    cost : float or None
        US dollars; None where the price is unknown.
    """

    number: int
    at: float
    model: str
    source: Source
    practice: bool
    finish_reason: str
    usage: Usage | None
    queue: float | None
    first_token: float | None
    total: float
    tokens_per_second: float | None
    cost: float | None

    @property
    def counted(self) -> bool:
        """Whether it may have used tokens: text or reasoning came, or the service finished it."""
        if self.source != "service" or self.usage is not None or self.first_token is not None:
            return True
        return self.finish_reason not in _WITHOUT_END

    @property
    def is_unmeasured(self) -> bool:
        """Whether it may have used tokens that the service has not reported."""
        return self.source == "service" and self.counted and self.usage is None

    @property
    def spent(self) -> int:
        """The tokens that it took from the quota."""
        return self.usage.total_tokens if self.usage and self.source == "service" else 0


@dataclass(frozen=True)
class Sum:
    """The sums of some asks.

    Parameters
    ----------
    asks, prompt_tokens, completion_tokens, reasoning_tokens, cached_tokens : int
        Reasoning tokens are part of the completion, cached ones of the prompt.
    queue, first_token, tokens_per_second : float or None
        Medians of the asks with a known value.
    cost : float
        US dollars, of the asks with a known price.
    unpriced : bool
        Whether there are asks without a known price.
    """

    asks: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cached_tokens: int
    queue: float | None
    first_token: float | None
    tokens_per_second: float | None
    cost: float
    unpriced: bool


class Ledger:
    """Every ask of a session, in order; entries are only added."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The asks, oldest first."""
        return tuple(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        """Add an ask that has ended."""
        self._entries.append(entry)

    def by_model(self) -> dict[tuple[str, bool, Source], Sum]:
        """Return the sums by model, practice and source, in the order of their first asks.

        Asks that used nothing are left out: their model may not even exist.
        """
        groups: dict[tuple[str, bool, Source], list[Entry]] = {}
        for entry in filter(lambda entry: entry.counted, self._entries):
            groups.setdefault((entry.model, entry.practice, entry.source), []).append(entry)
        return {key: sum_of(entries) for key, entries in groups.items()}

    def speed(self, model: str, *, practice: bool) -> float | None:
        """Return the median speed of a model in tokens a second, None if unknown."""
        return _median(
            entry.tokens_per_second
            for entry in self._entries
            if entry.model == model and entry.practice == practice
        )

    def records(self) -> list[dict[str, Any]]:
        """Return the asks as dicts with the keys FIELDS, for a DataFrame."""
        return [_record(entry) for entry in self._entries]


def sum_of(entries: Iterable[Entry]) -> Sum:
    """Return the sums of some asks."""
    found = list(entries)
    usages = [entry.usage for entry in found if entry.usage]
    return Sum(
        len(found),
        sum(usage.prompt_tokens for usage in usages),
        sum(usage.completion_tokens for usage in usages),
        sum(usage.reasoning_tokens for usage in usages),
        sum(usage.cached_tokens for usage in usages),
        _median(entry.queue for entry in found),
        _median(entry.first_token for entry in found),
        _median(entry.tokens_per_second for entry in found),
        sum(entry.cost or 0.0 for entry in found),
        any(entry.cost is None for entry in found),
    )


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    # Its import is slow.
    from statistics import median

    return median(known)


def _record(entry: Entry) -> dict[str, Any]:
    record = {field: getattr(entry, field) for field in FIELDS if field not in {"ask", *TOKENS}}
    tokens = {field: getattr(entry.usage, field, None) for field in TOKENS}
    return {"ask": entry.number, **record, **tokens}
