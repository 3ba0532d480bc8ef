"""One request under way, and the connection to the service that is lent to it alone."""

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

# A server that ends its reply at once leaves a connection that the next request can use.
LINGER = 0.05
_GOING_OUT = ("connect_tcp", "start_tls", "send_request")


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
        # Whether the service may have seen the request.
        self.is_sent = False
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
        self.is_sent = False
        with self._lock:
            self._connection = connection
        # `cancel` sets the event first: either this sees the event, or `cancel` sees the lease.
        if self.cancelled.is_set():
            raise CancelledError

    def end(self) -> None:
        """End the lease; waits for a `cancel` that is shutting the connection."""
        with self._lock:
            self._connection = None

    def linger(self) -> None:
        """Note that the reply is complete: reading the rest of the stream may take 50 ms."""
        if self._connection is not None:
            self._connection.read_within = LINGER

    def cancel(self) -> None:
        """End the request: a thread that reads or has_top_level_await its reply stops at once."""
        self.cancelled.set()
        with self._lock:
            if self._connection is not None:
                self._connection.shut()


class Connection:
    """One connection to the service, and the SDK that speaks over it.

    Closing a response from another thread does not unblock its reader, and
    while headers are awaited there is no response to close; shutting the
    socket down does both within a millisecond. Since only one request at a
    time uses the connection, the socket is known all along: httpx reports
    each new one through its `trace` extension, which a request hook sets.

    Parameters
    ----------
    make : callable
        Takes a request hook of httpx and returns an SDK with a pool of one connection.
    """

    def __init__(self, make: Callable[[Callable[[httpx.Request], None]], groq.Groq]) -> None:
        self._exchange: Exchange | None = None
        self._stream: Any = None
        self.read_within: float | None = None
        self._lock = threading.Lock()
        # A descriptor of our own: nobody else closes it, so it never names another's socket,
        # and it outlives the one that TLS detaches.
        self._copy: socket.socket | None = None
        self._sdk = make(self._trace_request)

    @contextlib.contextmanager
    def leased(self, exchange: Exchange) -> Iterator[groq.Groq]:
        """Lend it to an exchange.

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
        """Shut the socket down: a thread that reads from it stops at once; the service notices."""
        with self._lock, contextlib.suppress(OSError):
            if self._copy is not None:
                self._copy.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection; call it only while no request uses it."""
        self._sdk.close()
        self._drop_copy()

    def _read(self, read: Callable[..., bytes], most: int, timeout: float | None = None) -> bytes:
        # httpx takes one timeout for a whole reply, and what follows its end may never come.
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
        """Follow what httpcore does.

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
        # Not while it closes what it opened, nor instead of its own error.
        going_out = any(name in event for name in _GOING_OUT) and step != "failed"
        exchange = self._exchange
        if going_out and exchange is not None and exchange.cancelled.is_set():
            if self._stream is not None:
                # Nobody else closes what is not part of a connection yet.
                self._stream.close()
            raise CancelledError
