"""The requests of a session's latest asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Requests"]

# A request holds its whole history, and images: the oldest are let go.
_KEPT = 200


class Requests:
    """The requests of a session's latest asks, for who wants to see one again.

    Parameters
    ----------
    kept : int
        How many at the most.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        self.last: Mapping[str, Any] | None = None
        self._kept = kept
        self._by_turn: dict[int, Mapping[str, Any]] = {}

    def add(self, request: Mapping[str, Any], revision: int | None = None) -> None:
        """Keep the request of the ask that has just ended, and whose turn it made."""
        self.last = request
        if revision is None:
            return
        self._by_turn[revision] = request
        while len(self._by_turn) > self._kept:
            del self._by_turn[next(iter(self._by_turn))]

    def of(self, revision: int) -> Mapping[str, Any] | None:
        """Return the request of a turn, None where it is not (or no longer) known."""
        return self._by_turn.get(revision)
