"""What is left of the limits, so that a page can count it on by its own clock."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["QuotaFacts", "Refill"]


@dataclass(frozen=True)
class Refill:
    """A limit at the moment it is told: a bucket that refills continuously.

    Parameters
    ----------
    limit, left : int
        How much there is, and how much of it is left, in the same unit.
    window : float
        Seconds in which the whole limit refills.
    full_in : float
        Seconds until it is full again.
    unit : str
        "tokens".
    """

    limit: int
    left: int
    window: float
    full_in: float
    unit: str


@dataclass(frozen=True)
class QuotaFacts:
    """What bars and panel show of the limits of the model that was asked last.

    Parameters
    ----------
    model : str
        Its id.
    minute, day : Refill or None
        The quota of this minute and of today; None while it is unknown.
    """

    model: str
    minute: Refill | None
    day: Refill | None
