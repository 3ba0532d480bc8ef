"""The limits that the service reports: in headers, and in the text of a 429."""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from groq_magic.api.durations import seconds_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["Limit", "LimitHit", "Limits", "hit_in", "limits_in", "wait_in", "words_of"]

# In the headers, requests are counted by the day and tokens by the minute.
_HEADERS = (("requests", "RPD"), ("tokens", "TPM"))
_WINDOWS = {"RPM": 60.0, "TPM": 60.0, "RPD": 86400.0, "TPD": 86400.0, "OTPM": 60.0}
_HIT = re.compile(
    r"\((?P<kind>RPM|RPD|TPM|TPD|OTPM|ITPM)\): Limit (?P<limit>\d+)"
    r"(?:, Used (?P<used>\d+))?(?:, Requested (?P<requested>\d+))?"
)
# Larger numbers are mistakes, and would overflow a float.
_LARGEST = 10**15
# Sums of floats differ by less.
_NEARLY = 1e-6
_WORDS = MappingProxyType(
    {
        "TPM": "{:,} tokens a minute",
        "RPM": "{:,} requests a minute",
        "TPD": "{:,} tokens a day",
        "RPD": "{:,} requests a day",
        "OTPM": "{:,} output tokens a minute",
    }
)
_WAIT = re.compile(r"try again in ((?:\d+(?:\.\d+)?(?:h|ms|m|µs|us|s))+)", re.IGNORECASE)


@dataclass(frozen=True)
class Limit:
    """One limit as last seen: a bucket that refills continuously.

    Parameters
    ----------
    kind : str
        RPM, RPD, TPM, TPD or OTPM, as the service names them.
    limit : int
        Requests or tokens in the window.
    remaining : float
        The rest at `seen`; negative where more was used than allowed.
    reset : float or None
        Seconds from `seen` until it is full again.
    seen : float
        Unix time.
    """

    kind: str
    limit: int
    remaining: float
    reset: float | None
    seen: float

    @property
    def window(self) -> float:
        """Seconds in which the whole limit refills."""
        return _WINDOWS.get(self.kind, 60.0)

    def level(self, now: float | None = None) -> float:
        """Return the rest at `now`, with the refill since `seen`; it may be negative."""
        passed = max(0.0, (time.time() if now is None else now) - self.seen)
        level = self.remaining
        if not level and self.reset is not None:
            # The refill first covers the tokens that an answer took beyond the limit.
            level = min(0.0, self.limit - self.limit * self.reset / self.window)
        return min(float(self.limit), level + self.limit * passed / self.window)

    def left(self, now: float | None = None) -> int:
        """Return the rest at `now`, at least 0."""
        return max(0, int(self.level(now) + _NEARLY))

    def less(self, amount: float, now: float) -> Limit:
        """Return the limit with an amount subtracted; a negative amount is added."""
        if not amount:
            return self
        left = min(float(self.limit), self.level(now) - amount)
        return replace(self, remaining=left, reset=None, seen=now)

    def full_in(self, now: float | None = None) -> float:
        """Return the seconds until the limit is full again."""
        passed = max(0.0, (time.time() if now is None else now) - self.seen)
        whole = self.reset
        if whole is None:
            whole = (self.limit - self.remaining) * self.window / self.limit if self.limit else 0.0
        return max(0.0, whole - passed)


@dataclass(frozen=True)
class Limits:
    """The known limits, by kind; a later report replaces an earlier one."""

    known: tuple[Limit, ...] = ()

    def get(self, kind: str) -> Limit | None:
        """Return the limit of that kind, None where the service has not reported it."""
        return next((limit for limit in self.known if limit.kind == kind), None)

    def updated(self, news: Limits) -> Limits:
        """Return these limits, those in `news` replaced."""
        fresh = {limit.kind for limit in news.known}
        return Limits((*(old for old in self.known if old.kind not in fresh), *news.known))

    def less(self, amounts: Collection[Mapping[str, int]], now: float) -> Limits:
        """Return these limits with amounts, by kind, subtracted."""
        return Limits(
            tuple(
                limit.less(sum(each.get(limit.kind, 0) for each in amounts), now)
                for limit in self.known
            )
        )


@dataclass(frozen=True)
class LimitHit:
    """The limit that a 429 or 413 names, and the seconds to wait."""

    kind: str
    limit: int
    used: int | None
    requested: int | None
    wait: float | None

    def as_limit(self, now: float) -> Limit:
        """Return it as a limit seen now, for the limiter."""
        used = self.limit if self.used is None else self.used
        return Limit(self.kind, self.limit, max(0, self.limit - used), None, now)


def limits_in(headers: Mapping[str, str], now: float | None = None) -> Limits:
    """Return the limits of a reply's `x-ratelimit-*` headers."""
    seen = time.time() if now is None else now
    found = []
    for name, kind in _HEADERS:
        limit = _whole(headers.get(f"x-ratelimit-limit-{name}"))
        remaining = _whole(headers.get(f"x-ratelimit-remaining-{name}"))
        # Some services write 0 or -1 if there is no limit.
        if limit and remaining is not None:
            reset = seconds_of(headers.get(f"x-ratelimit-reset-{name}"))
            found.append(Limit(kind, limit, remaining, reset, seen))
    return Limits(tuple(found))


def hit_in(text: str) -> LimitHit | None:
    """Return the limit in the message of a 429 or 413, if any."""
    found = _HIT.search(text)
    if found is None:
        return None
    limit = _whole(found["limit"])
    if not limit:
        return None
    return LimitHit(
        found["kind"],
        limit,
        _whole(found["used"]),
        _whole(found["requested"]),
        wait_in(text),
    )


def wait_in(text: str) -> float | None:
    """Return the wait in the text of a 429, in seconds; None without one."""
    waited = _WAIT.search(text)
    return seconds_of(waited[1]) if waited else None


def words_of(kind: str, limit: int) -> str:
    """Return a limit in words: `6,000 tokens a minute`."""
    return _WORDS.get(kind, "{:,} " + kind).format(limit)


def _whole(text: str | None) -> int | None:
    """Return a count, 0 for a negative one: more was used than allowed."""
    try:
        value = float(text) if text else math.nan
    except ValueError:
        return None
    return max(0, int(value)) if abs(value) <= _LARGEST else None
