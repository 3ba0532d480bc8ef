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
        self._last: Mapping[str, Any] | None = None
        self._passed = False
        self._kept = kept
        self._by_turn: dict[int, Mapping[str, Any]] = {}

    @property
    def last(self) -> Mapping[str, Any] | None:
        """The request of the last ask that was answered, None where none was."""
        return self._last

    @property
    def passed(self) -> bool:
        """Whether an ask that came to nothing has followed the last answered one."""
        return self._passed

    def pass_by(self) -> None:
        """Note that an ask came to nothing: nobody wants code that is refused."""
        self._passed = True

    def add(self, request: Mapping[str, Any], revision: int) -> None:
        """Keep the request of the ask that has just been answered, and whose turn it made."""
        self._last, self._passed = request, False
        self._by_turn[revision] = request
        while len(self._by_turn) > self._kept:
            del self._by_turn[next(iter(self._by_turn))]

    def of(self, revision: int) -> Mapping[str, Any] | None:
        """Return the request of a turn, None where it is not (or no longer) known."""
        return self._by_turn.get(revision)
