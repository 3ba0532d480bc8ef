"""One request under way: its lease of a connection, and the way to end it from another thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groq_magic.api.connection import Connection

__all__ = ["CancelledError", "Exchange"]


class CancelledError(Exception):
    """The request was stopped, or the client closed, before the request had left."""


class Exchange:
    """One request, and the lease of the connection that it goes over.

    The lease begins when the request gets its connection and ends before the
    connection is lent again. `cancel` shuts the connection in between and at
    no other time, so it reaches its own request and no other.
    """

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection | None:
        """The connection that is leased now."""
        return self._connection

    def begin(self, connection: Connection) -> None:
        """Begin the lease.

        Raises
        ------
        CancelledError
            When the request was cancelled before.
        """
        with self._lock:
            self._connection = connection
        # Whoever cancels sets the event first: either it is seen here, or the lease there.
        if self.cancelled.is_set():
            raise CancelledError

    def end(self) -> None:
        """End the lease; waits for a `cancel` that is shutting the connection."""
        with self._lock:
            self._connection = None

    def cancel(self) -> None:
        """End the request: whoever reads or waits for its reply stops at once."""
        self.cancelled.set()
        with self._lock:
            if self._connection is not None:
                self._connection.shut()
