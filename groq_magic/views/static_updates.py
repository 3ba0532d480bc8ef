"""When a streaming answer is displayed as static output, where no page draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["StaticUpdates"]

FIRST = 200


class StaticUpdates:
    """Decides when a streaming answer is displayed as static output.

    Parameters
    ----------
    lacks_page : callable
        Returns whether no page draws the answer.

    Notes
    -----
    The first output is due after 200 characters, and then each time the text
    has doubled: all outputs together are at most three times the last one.
    """

    def __init__(self, lacks_page: Callable[[], bool]) -> None:
        self._lacks_page = lacks_page
        self._length = 0
        self._next = FIRST

    def is_due(self, text: str) -> bool:
        """Return whether an output is due.

        Parameters
        ----------
        text : str
            What has come since the last call.
        """
        self._length += len(text)
        if self._length < self._next or not self._lacks_page():
            return False
        self._next = 2 * self._length
        return True
