"""A request for one or more rows, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from groq_magic.ledger.usage import Usage

__all__ = ["RowAnswer", "RowRequest", "Split"]


@dataclass(frozen=True)
class RowRequest:
    """A request for one row, or for several rows packed together.

    Parameters
    ----------
    keys : tuple of str
        The rows' keys in the journal, in the order of the rows.
    request : mapping
        The request's body.
    tokens : int
        An estimate of the prompt's tokens.
    """

    keys: tuple[str, ...]
    request: Mapping[str, Any]
    tokens: int

    @property
    def id(self) -> str:
        """The key of its first row, which no other running request has."""
        return self.keys[0]

    @property
    def model(self) -> str:
        """The model's id."""
        return str(self.request.get("model", ""))


@dataclass(frozen=True)
class RowAnswer:
    """The answer to one request, or to one row of it.

    Parameters
    ----------
    text : str
    finish_reason : str or None
        The API's; None if the answer never ended.
    usage : Usage or None
        The tokens that the service counted.
    model : str
        The id of the model that answered.
    error : str
        One line; "" for a valid answer.
    """

    text: str
    finish_reason: str | None
    usage: Usage | None
    model: str
    error: str

    @classmethod
    def failure(cls, model: str, error: str) -> Self:
        """Return an error in place of an answer.

        Parameters
        ----------
        model : str
            The id of the model that was asked.
        error : str
            One line.
        """
        return cls("", None, None, model, error)


@dataclass(frozen=True)
class Split:
    """The answers to the rows of one request, and what to ask again.

    Parameters
    ----------
    answers : mapping of str to RowAnswer
        By the rows' keys.
    again : sequence of RowRequest
        Requests for the rows that are missing in `answers`.
    """

    answers: Mapping[str, RowAnswer]
    again: Sequence[RowRequest] = ()
