"""The requests of a session's latest asks."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AskLabel", "RequestHistory"]

# A request holds its whole history, and images: the oldest are evicted.
_KEPT = 200
_MOST_BYTES = 32_000_000
# Bytes of a list or dict besides its values: about those of a dict of two items.
_EACH = 200


@dataclass(frozen=True)
class AskLabel:
    """The prompt and the cell by which a user recognises an ask.

    Parameters
    ----------
    prompt : str
        As typed.
    cell : int or None
        The number in brackets beside the cell that asked, None where unknown.
    """

    prompt: str = field(default="", repr=False)
    cell: int | None = None


class RequestHistory:
    """The requests of a session's latest asks, for who wants to see one again.

    Parameters
    ----------
    kept : int
        How many at the most.
    most_bytes : int
        How much memory they may take together, about; the last one is kept
        however large it is.

    Attributes
    ----------
    last : Mapping or None
        The request of the last ask that was answered, None if none was.
    last_label : AskLabel
        Of that ask.
    passed : bool
        Whether an ask that came to nothing has followed the last answered one.
    """

    def __init__(self, kept: int = _KEPT, most_bytes: int = _MOST_BYTES) -> None:
        self.last: Mapping[str, Any] | None = None
        self.last_label = AskLabel()
        self.passed = False
        self._kept = kept
        self._most_bytes = most_bytes
        self._bytes = 0
        self._by_turn: dict[int, tuple[Mapping[str, Any], int, AskLabel]] = {}

    def pass_by(self) -> None:
        """Note that an ask came to nothing: nobody wants code that is refused."""
        self.passed = True

    def add(self, request: Mapping[str, Any], revision: int, label: AskLabel = AskLabel()) -> None:
        """Keep the request of the ask that has just been answered.

        Parameters
        ----------
        request : mapping
        revision : int
            Of the turn that it made.
        label : AskLabel
            Of the ask.
        """
        self.last, self.last_label, self.passed = request, label, False
        self._evict(revision)
        self._by_turn[revision] = request, _bytes_of(request), label
        self._bytes += self._by_turn[revision][1]
        while len(self._by_turn) > 1 and (
            len(self._by_turn) > self._kept or self._bytes > self._most_bytes
        ):
            self._evict(next(iter(self._by_turn)))

    def of(self, revision: int) -> Mapping[str, Any] | None:
        """Return the request of a turn, None where it is not (or no longer) known."""
        found = self._by_turn.get(revision)
        return found[0] if found else None

    def label_of(self, revision: int) -> AskLabel:
        """Return the label of a turn's ask, an empty one where it is not known."""
        found = self._by_turn.get(revision)
        return found[2] if found else AskLabel()

    def _evict(self, revision: int) -> None:
        if found := self._by_turn.pop(revision, None):
            self._bytes -= found[1]


def _bytes_of(value: Any) -> int:
    """Return about how much memory a value of JSON takes."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return _EACH + sum(map(_bytes_of, value))
    return sys.getsizeof(value)
