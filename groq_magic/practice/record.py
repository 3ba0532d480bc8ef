"""What became of each request."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Record", "masked"]

_SECRET = ("authorization", "x-api-key", "cookie")


def masked(headers: Mapping[str, str]) -> dict[str, str]:
    """Give headers by their lower-case names, without the key."""
    return {
        name.lower(): "(masked)" if name.lower() in _SECRET else value
        for name, value in headers.items()
    }


@dataclass
class Record:
    """One request, and how it ended.

    Parameters
    ----------
    number : int
        From 1, in the order of arrival.
    method, path : str
    headers : dict of str to str
        Lower-case names; the key is masked.
    body : object
        Parsed from JSON, or None.
    fault : str or None
        The name of the fault it met.
    status : int or None
        None if no headers went out.
    outcome : str
        ``running``, ``complete``, ``dropped``, ``reset``, ``stalled``, or
        ``closed by client``.
    closed_early : bool
        Whether the client closed before the answer was complete.
    pieces, sent_bytes : int
        How many deltas of reasoning and content were sent, and bytes of body.
    """

    number: int
    method: str
    path: str
    headers: dict[str, str]
    body: Any = None
    fault: str | None = None
    status: int | None = None
    outcome: str = "running"
    closed_early: bool = False
    pieces: int = 0
    sent_bytes: int = 0

    def told(self) -> dict[str, Any]:
        """Give it as plain data."""
        return asdict(self)
