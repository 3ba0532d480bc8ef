"""The one connection to the service: the SDK's client, made at first need and reused."""

from __future__ import annotations

import contextlib
import os
import ssl
import threading
from typing import TYPE_CHECKING, Any

from groq_magic.api.base_url import is_loopback
from groq_magic.api.exchange import Exchange, shut
from groq_magic.api.limits import Limits, limits_in

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping

    import groq
    import httpx

    from groq_magic.api.key import ApiKey

__all__ = ["CancelledError", "Client", "Response"]

_WRITE_TIMEOUT = 60.0
_GOING_OUT = ("connect_tcp", "start_tls", "send_request")


class CancelledError(Exception):
    """The ask was stopped, or the client closed, before the request had left."""


class Response:
    """An open reply: its headers, and its bytes as they come."""

    def __init__(self, headers: Mapping[str, str], pieces: Iterator[bytes]) -> None:
        self.headers = headers
        self.pieces = pieces

    @property
    def is_document(self) -> bool:
        """Whether it is one JSON document, or a web page, and no stream of events."""
        kind = self.headers.get("content-type", "").lower()
        return "json" in kind or "html" in kind

    @property
    def limits(self) -> Limits:
        """The limits that its headers tell."""
        return limits_in(self.headers)


class Client:
    """Groq's SDK with sockets that can be shut from another thread.

    Closing a response from another thread does not unblock its reader, and
    while headers are awaited there is no response to close; shutting the
    socket down does both within a millisecond. httpx tells of each new
    connection through its `trace` extension, which a request hook sets.

    Parameters
    ----------
    key : ApiKey
    base_url : str
        Without `/openai/v1`.
    connect_timeout : float
        Seconds.
    """

    def __init__(self, key: ApiKey, base_url: str, connect_timeout: float) -> None:
        self.key = key
        self.base_url = base_url
        self._connect_timeout = connect_timeout
        self._groq: groq.Groq | None = None
        self._closed = False
        self._begin()

    @contextlib.contextmanager
    def open(
        self, request: Mapping[str, Any], *, timeout: float, exchange: Exchange
    ) -> Iterator[Response]:
        """Send a chat request and yield the open reply.

        Raises
        ------
        groq.APIError, httpx.HTTPError
            As the SDK does; `faults.fault_of` says what they mean. An exchange
            that is cancelled while it connects ends in one of these too.
        CancelledError
            When it was cancelled before, or the client is closed.
        """
        if exchange.cancelled.is_set():
            raise CancelledError
        create = self._sdk().chat.completions.with_streaming_response.create
        with self._under_way(exchange), create(**request, timeout=self._timeout(timeout)) as reply:
            stream = reply.http_response.extensions.get("network_stream")
            exchange.answered_through(stream.get_extra_info("socket") if stream else None)
            if exchange.cancelled.is_set():
                raise CancelledError
            yield Response(reply.headers, reply.iter_bytes())

    def models(self, *, timeout: float) -> list[dict[str, Any]]:
        """Return the items of `/models` as the service sent them.

        Raises
        ------
        groq.APIError, httpx.HTTPError
            As the SDK does.
        ValueError
            When the reply is no list of models.
        """
        with self._under_way(Exchange()):
            reply = self._sdk().models.with_raw_response.list(timeout=self._timeout(timeout))
        body = reply.http_response.json()
        items = body.get("data") if isinstance(body, dict) else None
        if not isinstance(items, list):
            raise ValueError("not a list of models")  # noqa: TRY004 - a value from outside, no misuse
        return [item for item in items if isinstance(item, dict)]

    def shut(self, exchange: Exchange) -> None:
        """End an exchange: whoever reads or waits for it stops at once.

        Which pooled socket it uses is known once its headers have come. Before
        that every socket that no other reply comes through is shut: another
        request that waits for its headers is tried again.
        """
        exchange.cancelled.set()
        if exchange.shut():
            return
        with self._lock:
            others = {each.connected for each in self._exchanges if each is not exchange}
            for each in self._sockets:
                if each not in others:
                    shut(each)

    def close(self) -> None:
        """End every exchange and give the pool back; nothing can be sent any more."""
        self._closed = True
        with self._lock:
            exchanges, sockets = list(self._exchanges), list(self._sockets)
        for exchange in exchanges:
            exchange.cancelled.set()
            exchange.shut()
        for each in sockets:
            shut(each)
        with self._making:
            if self._groq is not None:
                self._groq.close()
                self._groq = None

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        # Making it takes half a second, and whoever shuts a socket can't wait for that.
        self._making = threading.Lock()
        self._here = threading.local()
        self._exchanges: list[Exchange] = []
        self._sockets: list[socket.socket] = []

    def _sdk(self) -> groq.Groq:
        if self._process != os.getpid():
            # A forked child must not read from its parent's sockets, nor wait for its locks.
            self._begin()
            self._groq = None
        # The thread that fetches the models and the one that asks come here at once.
        with self._making:
            if self._closed:
                raise CancelledError
            if self._groq is None:
                self._groq = self._made()
            return self._groq

    def _made(self) -> groq.Groq:
        import groq

        http = groq.DefaultHttpxClient(
            event_hooks={"request": [self._trace_request]},
            verify=self._trust(),
            # The proxy of the environment can't reach this machine, and need not see the prompts.
            trust_env=not is_loopback(self.base_url),
        )
        return groq.Groq(
            api_key=self.key.value, base_url=self.base_url, max_retries=0, http_client=http
        )

    def _trust(self) -> ssl.SSLContext:
        """Return whom to trust; to speak plain HTTP, loading the certificates would be a waste."""
        import httpx

        if self.base_url.startswith("http://"):
            # Trusts nobody: a redirection to https fails.
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # With the certificates that the environment names, whether a proxy may be used or not.
        return httpx.create_ssl_context()

    def _timeout(self, seconds: float) -> httpx.Timeout:
        import httpx

        return httpx.Timeout(
            seconds, connect=min(seconds, self._connect_timeout), write=_WRITE_TIMEOUT
        )

    @contextlib.contextmanager
    def _under_way(self, exchange: Exchange) -> Iterator[None]:
        self._here.exchange = exchange
        with self._lock:
            self._exchanges.append(exchange)
        try:
            yield
        finally:
            exchange.handshake_ends()
            exchange.answered_through(None)
            with self._lock:
                self._exchanges.remove(exchange)

    def _trace_request(self, request: httpx.Request) -> None:
        request.extensions["trace"] = self._trace

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Follow what httpcore does for the request of this thread.

        The events are those of a direct connection and of one through a
        proxy, which differ in what stands before `connect_tcp` and `start_tls`.
        """
        exchange: Exchange | None = getattr(self._here, "exchange", None)
        if exchange is None:
            return
        _, _, step = event.rpartition(".")
        if event.endswith("start_tls.started"):
            exchange.handshake_begins(self._here.raw)
        elif "start_tls" in event:
            exchange.handshake_ends()
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = info["return_value"]
            self._here.raw = stream.get_extra_info("socket")
            self._keep(self._here.raw)
            if exchange.cancelled.is_set():
                stream.close()
        # Not while it closes what it opened, nor instead of its own error.
        going_out = any(name in event for name in _GOING_OUT) and step != "failed"
        if going_out and exchange.cancelled.is_set():
            raise CancelledError

    def _keep(self, connected: socket.socket) -> None:
        with self._lock:
            # TLS detaches the socket that it wraps, and a closed one has no descriptor.
            self._sockets = [each for each in self._sockets if each.fileno() != -1]
            self._sockets.append(connected)
