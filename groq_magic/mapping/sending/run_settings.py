"""The settings of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groq_magic.mapping.sending.budget import Budget

__all__ = ["RunSettings"]


@dataclass(frozen=True)
class RunSettings:
    """The settings of a run.

    Parameters
    ----------
    name : str
        The name in the list of runs.
    concurrency : int
        Requests at once.
    share : float
        The part of the remaining limits that the run may use.
    budget : Budget or None
    again : bool
        Whether to ask rows that have an answer in the journal.
    timeout : float
        Seconds without a byte.
    tries : int
        The most tries for one request; tries that a limit refused are not counted.
    """

    name: str = ""
    concurrency: int = 10
    share: float = 0.75
    budget: Budget | None = None
    again: bool = False
    timeout: float = 60.0
    tries: int = 4
