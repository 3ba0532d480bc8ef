"""How a run goes, and what the answer to one request is for its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from groq_magic.mapping.budget import Budget
    from groq_magic.mapping.row_request import RowAnswer, RowRequest

__all__ = ["RunSettings", "Split", "each_alike"]


@dataclass(frozen=True)
class RunSettings:
    """How a run goes.

    Parameters
    ----------
    name : str
        For the list of runs.
    total : int or None
        Rows in all, None where nobody knows.
    concurrency : int
        Requests at once.
    share : float
        The part of what is left of the limits that it may use.
    budget : Budget or None
        What it may spend.
    again : bool
        Whether rows are asked that are in the journal.
    timeout, connect_timeout : float
        Seconds without a byte, and until a connection is there.
    tries : int
        How often a row is sent at most, those not counted that a limit held back.
    """

    name: str = ""
    total: int | None = None
    concurrency: int = 10
    share: float = 0.75
    budget: Budget | None = None
    again: bool = False
    timeout: float = 60.0
    connect_timeout: float = 10.0
    tries: int = 4


@dataclass(frozen=True)
class Split:
    """What the answer to one request is for its rows.

    Parameters
    ----------
    answers : mapping of str to RowAnswer
        By the rows' keys.
    again : sequence of RowRequest
        What is asked instead for rows that are missing in `answers`.
    """

    answers: Mapping[str, RowAnswer]
    again: Sequence[RowRequest] = ()


def each_alike(request: RowRequest, answer: RowAnswer) -> Split:
    """Return the answer for each row of a request."""
    return Split(dict.fromkeys(request.keys, answer))
