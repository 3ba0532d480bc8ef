"""A request for one row or a pack of rows, and its answer: what the plan and the run exchange."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.ledger.usage import Usage

__all__ = ["RowAnswer", "RowRequest"]


@dataclass(frozen=True)
class RowRequest:
    """A request for one row, or for several packed into one.

    Parameters
    ----------
    keys : tuple of str
        The journal keys of its rows, in order.
    request : mapping
        As the API takes it.
    tokens : int
        About how many the prompt takes, for the limiter.
    """

    keys: tuple[str, ...]
    request: Mapping[str, Any] = field(repr=False)
    tokens: int


@dataclass(frozen=True)
class RowAnswer:
    """The answer to a request, or one row's part of it.

    Parameters
    ----------
    text : str
    finish_reason : str or None
    usage : Usage or None
    model : str
    error : str
        One line; "" for none.
    """

    text: str
    finish_reason: str | None = None
    usage: Usage | None = None
    model: str = ""
    error: str = ""
