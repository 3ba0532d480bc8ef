"""The facts that views show about the session: key, conversation, quota."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["KeyFacts", "Meter", "PanelFacts", "QuotaFacts", "Refill"]


@dataclass(frozen=True)
class Refill:
    """A limit at one moment; it refills continuously.

    Parameters
    ----------
    limit, left : int
        The limit and the rest of it, in the same unit.
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
    """The key's state, for the page.

    Parameters
    ----------
    state : str
        "key from GROQ_API_KEY", or what happens without one; never the key.
    wanted : bool
        Whether the user lacks a key, and can enter one.
    """

    state: str
    wanted: bool


@dataclass(frozen=True)
class Meter:
    """A quota.

    Parameters
    ----------
    used, limit : int
        The used part and the whole, in the same unit.
    label : str
        "680 of 8,000 tokens used · back to 0 in 5 s".
    """

    used: int
    limit: int
    label: str


@dataclass(frozen=True)
class PanelFacts:
    """The facts in the panel, beside the settings.

    Parameters
    ----------
    key : str
        The key's state: "from GROQ_API_KEY".
    conversation : str
        "main · 3 turns, about 1,912 tokens to send".
    minute, day : Meter or None
        The quota of this minute and of today; None while it is unknown.
    privacy : str
        The settings of privacy: "`rows_sent` 5 · `private` none · `log` none".
    page : str
        What doesn't work on open pages: "prompts look like code (no `cells.changed`)"; usually "".
    """

    key: str
    conversation: str
    minute: Meter | None
    day: Meter | None
    privacy: str = ""
    page: str = ""
