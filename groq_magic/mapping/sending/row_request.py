"""One request of a run over rows, and its answer, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from groq_magic.ledger.usage import Usage

__all__ = ["RowAnswer", "RowRequest"]


@dataclass(frozen=True)
class RowRequest:
    """One request, for one row or for several that are packed together.

    Parameters
    ----------
    keys : tuple of str
        The journal keys of its rows, in their order.
    request : mapping
        As the API takes it.
    tokens : int
        About how many the prompt takes.
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
        As the API gave it; None where it never came.
    usage : Usage or None
        The tokens as the service counted them.
    model : str
        That answered.
    error : str
        One line, "" for none.
    """

    text: str
    finish_reason: str | None
    usage: Usage | None
    model: str
    error: str

    @classmethod
    def failure(cls, model: str, error: str) -> Self:
        """Return the answer of a request that got none.

        Parameters
        ----------
        model : str
            That was asked.
        error : str
            Why, one line.
        """
        return cls("", None, None, model, error)
