"""The failure of one request as a value, and the facts in its message."""

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
    """The facts about a request that the message of its fault contains.

    Parameters
    ----------
    model : str
    nearest : callable
        Returns the id to use instead of a refused one.
    timeout : float
        Seconds without a byte.
    base_url : str
    key : str
        It is hidden where the service repeats it.
    source : str
        Of the key.
    """

    model: str
    nearest: Callable[[str], str]
    timeout: float
    base_url: str
    key: str = field(repr=False)
    source: str = ""


@dataclass(frozen=True)
class Fault:
    """One failure: its error, and whether another try can help.

    Parameters
    ----------
    error : GroqMagicError
        Raised without another try.
    retry : bool
        Whether the same request may succeed later; never after text has arrived.
    wait : float or None
        Seconds that the service asks to wait, None where it doesn't.
    reason : str
        For the line of a wait: `The service is over capacity`.
    hit : LimitHit or None
        The limit that was hit.
    limits : Limits
        From the reply's headers.
    is_refusal : bool
        Whether the reply refuses the request: the service has not counted it then.
    failed_generation : str
        The model's text, if the service refused it.
    is_flex_full : bool
        Whether the flex tier has no capacity: another tier may have.
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
