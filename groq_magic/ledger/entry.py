"""One ask as the ledger holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from groq_magic.ledger.usage import Usage

__all__ = ["Entry", "Source"]

Source = Literal["service", "cache", "replay"]

# Ours, of an ask that the service did not end itself.
_WITHOUT_END = ("error", "interrupted", "truncated")


@dataclass(frozen=True)
class Entry:
    """One ask of the session, a failed one too.

    Parameters
    ----------
    number : int
        From 1, in the order in which the asks ended.
    at : float
        Unix time at which it ended.
    model : str
        The model that answered, or was asked.
    source : {"service", "cache", "replay"}
        Who answered; the last two cost neither money nor quota.
    practice : bool
        Whether it was asked of the practice server, which costs nothing.
    finish_reason : str
    usage : Usage or None
        The tokens, those of the first time for the last two sources; None
        where nobody told.
    queue, first_token, total : float or None
        Seconds in the service's queue, to the first token, and in all.
    tokens_per_second : float or None
    cost : float or None
        US dollars; None where the price is not known.
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
        """Whether anything came, if only of the reasoning: else it used nothing that is known."""
        if self.source != "service" or self.usage is not None or self.first_token is not None:
            return True
        return self.finish_reason not in _WITHOUT_END

    @property
    def is_unmeasured(self) -> bool:
        """Whether it used tokens that the service has told nobody of."""
        return self.source == "service" and self.counted and self.usage is None

    @property
    def spent(self) -> int:
        """Tokens that it took from the quota."""
        return self.usage.total_tokens if self.usage and self.source == "service" else 0
