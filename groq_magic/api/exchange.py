"""One request in progress, and the connection that is leased to it."""

from __future__ import annotations

import contextlib
import socket
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import groq
    import httpx

__all__ = ["LINGER", "CancelledError", "Connection", "Exchange"]

# Seconds: a server that ends its stream within them leaves a connection that can be used again.
LINGER = 0.05
_SENDING = ("connect_tcp", "start_tls", "send_request")


class CancelledError(Exception):
    """The request was stopped, or the client closed, before the request had left."""


class Exchange:
    """One request, and the lease of the connection that it goes over.

    The lease begins when the request gets its connection, and ends before the next
    one gets it. `cancel` shuts the connection only during the lease, so that it
    affects no other request.
    """

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        # Whether the service may have seen the request.
        self.is_sent = False
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection | None:
        """The connection that is leased to it now."""
        return self._connection

    def begin(self, connection: Connection) -> None:
        """Begin the lease.

        Raises
        ------
        CancelledError
            When the request was cancelled before.
        """
        self.is_sent = False
        with self._lock:
            self._connection = connection
        # `cancel` sets the event first: either it is seen here, or `cancel` sees the lease.
        if self.cancelled.is_set():
            raise CancelledError

    def end(self) -> None:
        """End the lease; waits for a `cancel` that is shutting the connection."""
        with self._lock:
            self._connection = None

    def linger(self) -> None:
        """Limit the time for the rest of the stream to 50 ms: the reply is complete."""
        if self._connection is not None:
            self._connection.read_within = LINGER

    def cancel(self) -> None:
        """End the request: a thread that reads or awaits its reply stops at once."""
        self.cancelled.set()
        with self._lock:
            if self._connection is not None:
                self._connection.shut()


class Connection:
    """One connection to the service, and the SDK that uses it.

    Closing a response from another thread does not unblock its reader, and
    before the headers there is no response to close. Shutting the socket down
    works in both cases, within a millisecond. The socket is known, since only one
    request at a time uses the connection: httpx reports each new socket to its
    `trace` extension, which a request hook sets.

    Parameters
    ----------
    make : callable
        Returns an SDK with a given request hook and a pool of one connection.
    """

    def __init__(self, make: Callable[[Callable[[httpx.Request], None]], groq.Groq]) -> None:
        self._exchange: Exchange | None = None
        self._stream: Any = None
        self.read_within: float | None = None
        self._lock = threading.Lock()
        # Our own descriptor: only we close it, so that its number can't become another
        # socket's, and TLS doesn't detach it.
        self._copy: socket.socket | None = None
        self._sdk = make(self._trace_request)

    @contextlib.contextmanager
    def leased(self, exchange: Exchange) -> Iterator[groq.Groq]:
        """Lease it to an exchange.

        Raises
        ------
        CancelledError
            When the exchange was cancelled before.
        """
        self._exchange, self.read_within = exchange, None
        try:
            exchange.begin(self)
            yield self._sdk
        finally:
            exchange.end()
            self._exchange = None
            if self._is_closed():
                # An open copy would keep the connection open for the service.
                self._drop_copy()

    def shut(self) -> None:
        """Shut the socket down: a thread that reads from it, and the service, stop at once."""
        with self._lock, contextlib.suppress(OSError):
            if self._copy is not None:
                self._copy.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection; call it only while no request uses it."""
        self._sdk.close()
        self._drop_copy()

    def _read(self, read: Callable[..., bytes], most: int, timeout: float | None = None) -> bytes:
        # httpx has one timeout for a whole reply; the bytes after its end may never come.
        return read(most, timeout if self.read_within is None else self.read_within)

    def _is_closed(self) -> bool:
        if self._stream is None:
            return True
        connected: socket.socket = self._stream.get_extra_info("socket")
        return connected.fileno() == -1

    def _drop_copy(self) -> None:
        with self._lock:
            if self._copy is not None:
                self._copy.close()
            self._copy = None

    def _trace_request(self, request: httpx.Request) -> None:
        request.extensions["trace"] = self._trace

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Follow the steps of httpcore.

        The events are those of a direct connection and of one through a
        proxy, which differ in the prefix of `connect_tcp` and `start_tls`.
        """
        _, _, step = event.rpartition(".")
        if event.endswith("send_request_headers.started") and self._exchange is not None:
            self._exchange.is_sent = True
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = info["return_value"]
            self._stream.read = partial(self._read, self._stream.read)
        if event.endswith("connect_tcp.complete"):
            self._drop_copy()
            with self._lock, contextlib.suppress(OSError):
                self._copy = self._stream.get_extra_info("socket").dup()
        # Not while httpcore closes a connection or raises its own error.
        is_sending = any(name in event for name in _SENDING) and step != "failed"
        exchange = self._exchange
        if is_sending and exchange is not None and exchange.cancelled.is_set():
            if self._stream is not None:
                # It is not part of a connection yet, so httpcore would not close it.
                self._stream.close()
            raise CancelledError
