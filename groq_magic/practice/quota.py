"""The organisation's rate limits, as buckets that refill continuously."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groq_magic.practice import refusals

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Bucket", "Limits", "Quota", "go_duration"]

_MINUTE = 60.0
_DAY = 86_400.0


def go_duration(seconds: float) -> str:
    """Return a duration as Go writes it, to the millisecond.

    Examples
    --------
    >>> go_duration(0.547), go_duration(7.66), go_duration(179.56), go_duration(3723)
    ('547ms', '7.66s', '2m59.56s', '1h2m3s')
    """
    whole = round(seconds * 1000)
    if whole <= 0:
        return "0s"
    if whole < 1000:  # noqa: PLR2004 - a second
        return f"{whole}ms"
    minutes, milliseconds = divmod(whole, 60_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{milliseconds / 1000:.3f}".rstrip("0").rstrip(".") + "s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return f"{hours}h{text}" if hours else text


@dataclass(frozen=True)
class Limits:
    """The organisation's rate limits; 0 is no limit."""

    requests_per_minute: int = 0
    requests_per_day: int = 0
    tokens_per_minute: int = 0
    tokens_per_day: int = 0


class Bucket:
    """One limit and the amount used of it, which shrinks at limit ÷ window per second.

    Parameters
    ----------
    kind : str
        Such as ``tokens per minute (TPM)``.
    limit : int
    window : float
        Seconds until a used-up limit is whole again.
    clock : callable
        A monotonic clock, such as `time.monotonic`.
    """

    def __init__(self, kind: str, limit: int, window: float, clock: Callable[[], float]) -> None:
        self.kind = kind
        self.limit = limit
        self.window = window
        self._clock = clock
        self._used = 0.0
        self._updated = clock()

    @property
    def used(self) -> float:
        """The amount that counts as used now; above the limit after a completion overran it."""
        now = self._clock()
        self._used = max(0.0, self._used - (now - self._updated) * self.limit / self.window)
        self._updated = now
        return self._used

    @property
    def remaining(self) -> int:
        """The amount that may be used now, at least 0."""
        return max(0, math.floor(self.limit - self.used))

    @property
    def reset(self) -> float:
        """Seconds until nothing counts as used."""
        return self.used * self.window / self.limit if self.limit else 0.0

    def charge(self, amount: float) -> None:
        """Count an amount as used; a negative amount is given back."""
        self._used = max(0.0, self.used + amount)

    def wait(self, amount: float) -> float:
        """Return the seconds until an amount fits the limit."""
        if not self.limit:
            return 0.0
        return max(0.0, (self.used + amount - self.limit) * self.window / self.limit)


class Quota:
    """The four limits, shared by all keys and models.

    Parameters
    ----------
    limits : Limits
    clock : callable
        A monotonic clock, such as `time.monotonic`.

    Attributes
    ----------
    by_request, by_token : tuple of Bucket
        The limits that count requests, and those that count tokens.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        minute = Bucket("requests per minute (RPM)", limits.requests_per_minute, _MINUTE, clock)
        self._requests = Bucket("requests per day (RPD)", limits.requests_per_day, _DAY, clock)
        self._tokens = Bucket("tokens per minute (TPM)", limits.tokens_per_minute, _MINUTE, clock)
        day = Bucket("tokens per day (TPD)", limits.tokens_per_day, _DAY, clock)
        self.by_request = (minute, self._requests)
        self.by_token = (self._tokens, day)

    def admit(self, tokens: int, model: str, tier: str) -> None:
        """Count a request, or refuse it.

        Parameters
        ----------
        tokens : int
            Prompt and `max_completion_tokens`.
        model, tier : str
            As the refusal names them.

        Raises
        ------
        Refusal
            413 if it can never fit, 429 if it doesn't fit yet.
        """
        if 0 < self._tokens.limit < tokens:
            raise refusals.too_large(model, tier, self._tokens.limit, tokens)
        charges = [(bucket, 1) for bucket in self.by_request]
        charges += [(bucket, tokens) for bucket in self.by_token]
        bucket, amount = max(charges, key=lambda charge: charge[0].wait(charge[1]))
        wait = bucket.wait(amount)
        if wait > 0:
            raise refusals.rate_limited(
                model,
                tier,
                kind=bucket.kind,
                figures=(bucket.limit, round(bucket.used), amount),
                wait=go_duration(wait),
                headers={"retry-after": str(math.ceil(wait))},
            )
        for bucket, amount in charges:
            bucket.charge(amount)

    def use_up(self, tokens: int, wait: float) -> None:
        """Use up so much of this minute's tokens that `tokens` fit only after `wait` seconds."""
        bucket = self._tokens
        bucket.charge(wait * bucket.limit / bucket.window + bucket.limit - tokens - bucket.used)

    def correct(self, admitted: int, spent: int) -> None:
        """Replace the tokens counted at admission by those spent."""
        for bucket in self.by_token:
            bucket.charge(spent - admitted)

    def headers(self) -> dict[str, str]:
        """Return the rate-limit headers; a limit of 0 is left out."""
        named = (("requests", self._requests), ("tokens", self._tokens))
        found = [(name, bucket) for name, bucket in named if bucket.limit]
        return {
            **{f"x-ratelimit-limit-{name}": str(bucket.limit) for name, bucket in found},
            **{f"x-ratelimit-remaining-{name}": str(bucket.remaining) for name, bucket in found},
            **{f"x-ratelimit-reset-{name}": go_duration(bucket.reset) for name, bucket in found},
        }
