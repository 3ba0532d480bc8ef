"""The organisation's limits, as buckets that refill continuously."""

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
    """Write a duration as Go does, to the millisecond.

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
    """How much there is of each; 0 is no limit."""

    requests_per_minute: int = 0
    requests_per_day: int = 0
    tokens_per_minute: int = 0
    tokens_per_day: int = 0


class Bucket:
    """The used part of one limit; it refills at limit ÷ window.

    Parameters
    ----------
    kind : str
        ``tokens per minute (TPM)`` and its like.
    limit : int
    window : float
        Seconds in which a full bucket refills.
    clock : callable
        Gives seconds that only grow.
    """

    def __init__(self, kind: str, limit: int, window: float, clock: Callable[[], float]) -> None:
        self.kind = kind
        self.limit = limit
        self.window = window
        self._clock = clock
        self._used = 0.0
        self._at = clock()

    @property
    def used(self) -> float:
        """The amount that still counts now; more than the limit if a completion overran it."""
        now = self._clock()
        self._used = max(0.0, self._used - (now - self._at) * self.limit / self.window)
        self._at = now
        return self._used

    @property
    def remaining(self) -> int:
        """The amount that may still be used now, at least 0."""
        return max(0, math.floor(self.limit - self.used))

    @property
    def reset(self) -> float:
        """Seconds until nothing is counted any more."""
        return self.used * self.window / self.limit if self.limit else 0.0

    def charge(self, amount: float) -> None:
        """Count an amount; a negative one gives back."""
        self._used = max(0.0, self.used + amount)

    def wait(self, amount: float) -> float:
        """Return in how many seconds an amount fits; 0 is now."""
        if not self.limit:
            return 0.0
        return max(0.0, (self.used + amount - self.limit) * self.window / self.limit)


class Quota:
    """The four limits, shared by all keys and models.

    Parameters
    ----------
    limits : Limits
    clock : callable
        Gives seconds that only grow, such as `time.monotonic`.

    Attributes
    ----------
    by_request, by_token : tuple of Bucket
        What a request, and what its tokens are counted in.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        minute = Bucket("requests per minute (RPM)", limits.requests_per_minute, _MINUTE, clock)
        self._requests = Bucket("requests per day (RPD)", limits.requests_per_day, _DAY, clock)
        self._tokens = Bucket("tokens per minute (TPM)", limits.tokens_per_minute, _MINUTE, clock)
        day = Bucket("tokens per day (TPD)", limits.tokens_per_day, _DAY, clock)
        self.by_request = (minute, self._requests)
        self.by_token = (self._tokens, day)

    def admit(self, tokens: int, model: str, tier: str) -> None:
        """Let a request in and count it, or refuse it.

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
        asked = [(bucket, 1) for bucket in self.by_request]
        asked += [(bucket, tokens) for bucket in self.by_token]
        bucket, amount = max(asked, key=lambda pair: pair[0].wait(pair[1]))
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
        for bucket, amount in asked:
            bucket.charge(amount)

    def use_up(self, tokens: int, wait: float) -> None:
        """Count the tokens of others, so that `tokens` fit in `wait` seconds."""
        bucket = self._tokens
        bucket.charge(wait * bucket.limit / bucket.window + bucket.limit - tokens - bucket.used)

    def correct(self, admitted: int, spent: int) -> None:
        """Replace what admission counted by what was spent."""
        for bucket in self.by_token:
            bucket.charge(spent - admitted)

    def headers(self) -> dict[str, str]:
        """Return the rate-limit headers; 0 for a limit means no headers of it."""
        named = (("requests", self._requests), ("tokens", self._tokens))
        found = [(name, bucket) for name, bucket in named if bucket.limit]
        return {
            **{f"x-ratelimit-limit-{name}": str(bucket.limit) for name, bucket in found},
            **{f"x-ratelimit-remaining-{name}": str(bucket.remaining) for name, bucket in found},
            **{f"x-ratelimit-reset-{name}": go_duration(bucket.reset) for name, bucket in found},
        }
