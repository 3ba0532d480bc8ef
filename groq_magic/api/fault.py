"""The failure of one request as a value, and the context that its message needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.api.limits import LimitHit, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.errors import GroqMagicError

__all__ = ["Fault", "FaultContext"]


@dataclass(frozen=True)
class FaultContext:
    """The parts of a request that the message of its fault names.

    Parameters
    ----------
    model : str
    nearest : callable
        From a refused id to the one to use instead.
    timeout : float
        Seconds without a byte.
    base_url : str
    key : str
        To be hidden wherever the service repeats it.
    source : str
        Where the key is from.
    """

    model: str
    nearest: Callable[[str], str]
    timeout: float
    base_url: str
    key: str = field(repr=False)
    source: str = ""


@dataclass(frozen=True)
class Fault:
    """One failure: the line for the user, and whether trying again can help.

    Parameters
    ----------
    error : GroqMagicError
        Raised when nothing is tried again.
    retry : bool
        Whether the same request may succeed later; never once text has come.
    wait : float or None
        Seconds that the service asks to wait; None where it names none.
    reason : str
        Why, for the line of a wait: `The service is over capacity`.
    hit : LimitHit or None
        The limit that was hit.
    limits : Limits
        As the reply's headers report them.
    is_refusal : bool
        Whether a whole reply refuses the request: then the service has not counted it.
    failed_generation : str
        What the model wrote before the service refused it.
    is_flex_full : bool
        Whether the flex tier has no capacity: another tier may.
    """

    error: GroqMagicError
    retry: bool = False
    wait: float | None = None
    reason: str = ""
    hit: LimitHit | None = None
    limits: Limits = field(default_factory=Limits)
    is_refusal: bool = False
    failed_generation: str = ""
    is_flex_full: bool = False
