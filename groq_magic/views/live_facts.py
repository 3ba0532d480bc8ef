"""What a settled answer's bar says only while its session lives."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LiveFacts"]


@dataclass(frozen=True)
class LiveFacts:
    """What a settled answer's bar says while its session lives; never saved.

    Parameters
    ----------
    figures : str
        "318 tokens · 806 tok/s · $0.0002".
    copy : str
        The answer's source, for the Copy button.
    stale : str
        Why the answer is out of date, "" when it is not.
    """

    figures: str
    copy: str
    stale: str
