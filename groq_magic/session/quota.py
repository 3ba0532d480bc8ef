"""The rest of the service's limits, for bars, panel, warnings and `%groq_usage`."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from groq_magic.api.durations import wait_words
from groq_magic.views.session_facts import Meter, QuotaFacts, Refill

if TYPE_CHECKING:
    from groq_magic.api.limits import Limit, Limits

__all__ = ["KINDS", "QuotaWatch", "meter_of", "quota_facts"]

# The limits that an ask reaches first come first.
KINDS = MappingProxyType(
    {
        "TPM": "tokens a minute",
        "RPM": "requests a minute",
        "OTPM": "output tokens a minute",
        "ITPM": "input tokens a minute",
        "RPD": "requests a day",
        "TPD": "tokens a day",
    }
)
_DAILY = ("RPD", "TPD")
_WARNED_AT = (95, 80)
# Percentage points of refill before the same warning is shown again.
_REFILLED = 20


def meter_of(limit: Limit, now: float | None = None) -> Meter:
    """Return a limit for the panel and `%groq_usage`."""
    used = limit.limit - limit.left(now)
    wait = limit.full_in(now)
    full = f" · back to 0 in {wait_words(wait, now)}" if used else ""
    return Meter(used, limit.limit, f"{used:,} of {limit.limit:,} {_unit(limit)} used{full}")


def quota_facts(model: str, limits: Limits, now: float | None = None) -> QuotaFacts:
    """Return the limits from which bars and panel count the refill.

    Parameters
    ----------
    model : str
    limits : Limits
    now : float, optional
        Unix time.
    """
    minute, day = (_refill(limits.get(kind), now) for kind in ("TPM", "RPD"))
    return QuotaFacts(model, minute, day)


def _refill(limit: Limit | None, now: float | None) -> Refill | None:
    if limit is None:
        return None
    return Refill(limit.limit, limit.left(now), limit.window, limit.full_in(now), _unit(limit))


def _unit(limit: Limit) -> str:
    """Return the unit of a limit: `tokens`."""
    return KINDS.get(limit.kind, limit.kind).partition(" a ")[0]


class QuotaWatch:
    """Warns when a day's limit is nearly used up, at 80 % and at 95 %."""

    def __init__(self) -> None:
        self._warned: dict[tuple[str, str], int] = {}

    def lines(self, model: str, limits: Limits, now: float | None = None) -> tuple[str, ...]:
        """Return the warnings that are due, each once until the limit has refilled.

        Parameters
        ----------
        model : str
        limits : Limits
        now : float, optional
            Unix time.
        """
        found = (self._line(model, limits.get(kind), now) for kind in _DAILY)
        return tuple(filter(None, found))

    def _line(self, model: str, limit: Limit | None, now: float | None) -> str:
        if limit is None or not limit.limit:
            return ""
        used = limit.limit - limit.left(now)
        mark = next((mark for mark in _WARNED_AT if used * 100 >= mark * limit.limit), 0)
        warned = self._warned.get((model, limit.kind), 0)
        if used * 100 < (warned - _REFILLED) * limit.limit:
            warned = self._warned[model, limit.kind] = mark
        if mark <= warned:
            return ""
        self._warned[model, limit.kind] = mark
        wait = limit.full_in(now)
        return (
            f"{used:,} of {limit.limit:,} {KINDS[limit.kind]} are used with {model}, "
            f"{mark} % or more; the whole limit is available again in {wait_words(wait, now)}."
        )
