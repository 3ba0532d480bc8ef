"""The facts of the session for its views: key, conversation, rest of the limits."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["KeyFacts", "Meter", "PanelFacts", "QuotaFacts", "Refill"]


@dataclass(frozen=True)
class Refill:
    """A limit when it is reported: a bucket that refills continuously.

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
    """The limits of the model that was asked last, for bars and panel.

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


@dataclass(frozen=True)
class KeyFacts:
    """The facts of the key for the page.

    Parameters
    ----------
    state : str
        "key from GROQ_API_KEY", or what happens without one; never the key.
    wanted : bool
        Whether the user's own key is missing, so that one can be entered.
    """

    state: str
    wanted: bool


@dataclass(frozen=True)
class Meter:
    """A quota.

    Parameters
    ----------
    used, limit : int
        How much of it is used, and how much there is, in the same unit.
    label : str
        "680 of 8,000 tokens used · back to 0 in 5 s".
    """

    used: int
    limit: int
    label: str


@dataclass(frozen=True)
class PanelFacts:
    """The facts in the panel beside the settings.

    Parameters
    ----------
    key : str
        The key's state: "from GROQ_API_KEY".
    conversation : str
        "main · 3 turns, about 1,912 tokens to send".
    minute, day : Meter or None
        The quota of this minute and of today; None while it is unknown.
    privacy : str
        The limits and the log of requests: "`rows_sent` 5 · `private` none · `log` none".
    page : str
        What the open pages lack: "prompts look like code (no `cells.changed`)"; usually "".
    """

    key: str
    conversation: str
    minute: Meter | None
    day: Meter | None
    privacy: str = ""
    page: str = ""
