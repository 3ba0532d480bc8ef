"""The settings of a run, and the split of one answer into those of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from groq_magic.mapping.sending.budget import Budget
    from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest

__all__ = ["RunSettings", "Split", "same_answer"]


@dataclass(frozen=True)
class RunSettings:
    """The settings of a run.

    Parameters
    ----------
    name : str
        For the list of runs.
    total : int or None
        Rows in all, None if unknown.
    concurrency : int
        Requests at once.
    share : float
        The part of the remaining limits that it may use.
    budget : Budget or None
        What it may spend.
    again : bool
        Whether to ask rows that have an answer in the journal.
    timeout : float
        Seconds without a byte.
    tries : int
        How often a row is sent at most; tries that a limit refused are not counted.
    """

    name: str = ""
    total: int | None = None
    concurrency: int = 10
    share: float = 0.75
    budget: Budget | None = None
    again: bool = False
    timeout: float = 60.0
    tries: int = 4


@dataclass(frozen=True)
class Split:
    """The answers to the rows of one request, and what to ask again.

    Parameters
    ----------
    answers : mapping of str to RowAnswer
        By the rows' keys.
    again : sequence of RowRequest
        Requests to send for rows that are missing in `answers`.
    """

    answers: Mapping[str, RowAnswer]
    again: Sequence[RowRequest] = ()


def same_answer(request: RowRequest, answer: RowAnswer) -> Split:
    """Return the answer for each row of a request."""
    return Split(dict.fromkeys(request.keys, answer))
