"""How far an ask has come."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Progress"]


@dataclass(frozen=True)
class Progress:
    """How far an ask has come.

    Parameters
    ----------
    tokens : int
        Tokens that have arrived, reasoning included.
    seconds : float
        Seconds since the ask began.
    first_token : float or None
        Seconds from the beginning to the first token; None before it.
    waiting : str
        One line that says what is waited for, "" when nothing is.
    """

    tokens: int
    seconds: float
    first_token: float | None
    waiting: str
