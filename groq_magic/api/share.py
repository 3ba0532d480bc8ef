"""The part of the limits that one run may use; the rest is left for others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.api.limits import Limit, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ModelShare", "Share"]


class Share:
    """A part of the remaining limits, and of their refill, for each model.

    Parameters
    ----------
    fraction : float
        Above 0; 1 for all.
    """

    def __init__(self, fraction: float) -> None:
        self._fraction = min(1.0, fraction)
        self._models: dict[str, ModelShare] = {}

    def of(self, model: str) -> ModelShare:
        """Return the share of one model's limits."""
        return self._models.setdefault(model, ModelShare(self._fraction))


class ModelShare:
    """The share of one model's limits, counted beside them; use it while holding their lock.

    Parameters
    ----------
    fraction : float
    """

    def __init__(self, fraction: float) -> None:
        self._fraction = fraction
        self._limits = Limits()

    def of(self, limits: Limits, now: float) -> Limits:
        """Return the rest of the share, given the rest of the limits.

        A share of 1 limits nothing.
        """
        if self._fraction >= 1:
            return Limits()
        self._limits = self._limits.updated(
            Limits(tuple(self._part(limit, now) for limit in limits.known))
        )
        kinds = {limit.kind for limit in limits.known}
        return Limits(tuple(each for each in self._limits.known if each.kind in kinds))

    def charge(self, amounts: Mapping[str, int], now: float) -> None:
        """Subtract amounts by kind; negative ones are added."""
        self._limits = self._limits.less((amounts,), now)

    def _part(self, limit: Limit, now: float) -> Limit:
        whole = max(1, int(limit.limit * self._fraction))
        known = self._limits.get(limit.kind)
        if known is None:
            return Limit(limit.kind, whole, limit.level(now) * self._fraction, None, now)
        if known.limit == whole:
            return known
        level = min(float(whole), known.level(now) + whole - known.limit)
        return replace(known, limit=whole, remaining=level, seen=now)
