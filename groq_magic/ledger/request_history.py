"""The requests of a session's latest asks."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AskLabel", "RequestHistory"]

# A request contains its history and images, so the oldest are evicted.
_MOST_ASKS = 200
_MOST_BYTES = 32_000_000
# Bytes of a list or dict without its values, about.
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
    """The requests of a session's latest asks; the last one is kept however large it is.

    Parameters
    ----------
    most_asks, most_bytes : int

    Attributes
    ----------
    last : Mapping or None
        The request of the last answered ask, None before the first.
    last_label : AskLabel
        Of that ask.
    has_failed_since : bool
        Whether an ask has failed since then.
    """

    def __init__(self, most_asks: int = _MOST_ASKS, most_bytes: int = _MOST_BYTES) -> None:
        self.last: Mapping[str, Any] | None = None
        self.last_label = AskLabel()
        self.has_failed_since = False
        self._most_asks = most_asks
        self._most_bytes = most_bytes
        self._bytes = 0
        self._by_turn: dict[int, tuple[Mapping[str, Any], int, AskLabel]] = {}

    def note_failure(self) -> None:
        """Record that an ask failed: its request is not kept."""
        self.has_failed_since = True

    def add(self, request: Mapping[str, Any], revision: int, label: AskLabel = AskLabel()) -> None:
        """Keep the request of an answered ask.

        Parameters
        ----------
        request : mapping
        revision : int
            Of the ask's turn.
        label : AskLabel
        """
        self.last, self.last_label, self.has_failed_since = request, label, False
        self._evict(revision)
        self._by_turn[revision] = request, _bytes_of(request), label
        self._bytes += self._by_turn[revision][1]
        while len(self._by_turn) > 1 and (
            len(self._by_turn) > self._most_asks or self._bytes > self._most_bytes
        ):
            self._evict(next(iter(self._by_turn)))

    def of(self, revision: int) -> Mapping[str, Any] | None:
        """Return the request of a turn, None where it is unknown or evicted."""
        found = self._by_turn.get(revision)
        return found[0] if found else None

    def label_of(self, revision: int) -> AskLabel:
        """Return the label of a turn's ask, an empty one where it is unknown."""
        found = self._by_turn.get(revision)
        return found[2] if found else AskLabel()

    def _evict(self, revision: int) -> None:
        if found := self._by_turn.pop(revision, None):
            self._bytes -= found[1]


def _bytes_of(value: Any) -> int:
    """Return about how many bytes of memory a JSON value takes."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return _EACH + sum(map(_bytes_of, value))
    return sys.getsizeof(value)
