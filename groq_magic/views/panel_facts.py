"""What the panel shows beside the settings."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Meter", "PanelFacts"]


@dataclass(frozen=True)
class Meter:
    """A quota.

    Parameters
    ----------
    used, limit : int
        How much of it is used, and how much there is, in the same unit.
    label : str
        "680 of 8,000 tokens · full again in 5 s".
    """

    used: int
    limit: int
    label: str


@dataclass(frozen=True)
class PanelFacts:
    """What the panel shows beside the settings.

    Parameters
    ----------
    key : str
        The key's state: "from GROQ_API_KEY".
    conversation : str
        "main · 3 turns, 1,912 tokens".
    minute, day : Meter or None
        The quota of this minute and of today; None while it is unknown.
    page : str
        What the open pages lack: "prompts look like code (no `cells.changed`)"; usually "".
    """

    key: str
    conversation: str
    minute: Meter | None
    day: Meter | None
    page: str = ""
