"""The connections of one key to the service, each leased to one request at a time."""

from __future__ import annotations

import contextlib
import os
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any

from groq_magic.api.base_url import is_loopback
from groq_magic.api.environment import proxy_fault, trusted_certificates
from groq_magic.api.exchange import CancelledError, Connection, Exchange
from groq_magic.api.limits import Limits, limits_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import groq
    import httpx

    from groq_magic.api.key import ApiKey

__all__ = ["CancelledError", "Client", "Response"]

_CHAT = "/openai/v1/chat/completions"
_WRITE_TIMEOUT = 60.0
# The same as in httpx.
_IDLE_SECONDS = 5.0


class Response:
    """An open reply: its headers, and its bytes as they arrive."""

    def __init__(self, headers: Mapping[str, str], pieces: Iterator[bytes]) -> None:
        self.headers = headers
        self.pieces = pieces

    @property
    def is_document(self) -> bool:
        """Whether it is a JSON document or a web page, not a stream of events."""
        kind = self.headers.get("content-type", "").lower()
        return "json" in kind or "html" in kind

    @property
    def limits(self) -> Limits:
        """The limits that its headers report."""
        return limits_in(self.headers)


class Client:
    """Groq's SDK over connections that can be shut down from another thread.

    Parameters
    ----------
    key : ApiKey
    base_url : str
        Without `/openai/v1`.
    connect_timeout : float
        Seconds.
    """

    def __init__(self, key: ApiKey, base_url: str, connect_timeout: float = 5.0) -> None:
        self.key = key
        self.base_url = base_url
        self._connect_timeout = connect_timeout
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
            As the SDK does; `sdk_faults.fault_of` makes faults of them. An exchange that
            is cancelled while it connects ends in one of these too.
        RequestError
            When certificates or proxies of the environment can't be used.
        CancelledError
            When it was cancelled before, or the client is closed.
        """
        import groq

        with (
            self.sdk_for(exchange) as sdk,
            # `chat.completions.create` compares the whole request with the SDK's types, which
            # takes as long as the rest of this method.
            sdk.post(
                _CHAT,
                body=dict(request),
                options={"timeout": self.timeout(timeout)},
                cast_to=object,
                stream=True,
                stream_cls=groq.Stream[object],
            ) as stream,
        ):
            if exchange.cancelled.is_set():
                raise CancelledError
            yield Response(stream.response.headers, stream.response.iter_bytes())

    def models(self, *, timeout: float) -> list[dict[str, Any]]:
        """Return the items of `/models`.

        Raises
        ------
        groq.APIError, httpx.HTTPError
            As the SDK does.
        RequestError, CancelledError
            As `open` does.
        ValueError
            When the reply is not a list of models.
        """
        with self.sdk_for(Exchange()) as sdk:
            reply = sdk.models.with_raw_response.list(timeout=self.timeout(timeout))
        body = reply.http_response.json()
        items = body.get("data") if isinstance(body, dict) else None
        if not isinstance(items, list):
            raise ValueError("not a list of models")  # noqa: TRY004 - not a caller's mistake
        return [item for item in items if isinstance(item, dict)]

    def close_idle(self) -> None:
        """Close the idle connections; running requests continue."""
        with self._lock:
            idle = [connection for _, connection in self._idle]
            self._idle.clear()
        for connection in idle:
            connection.close()

    def close(self) -> None:
        """End every exchange and close every connection; nothing can be sent afterwards."""
        with self._lock:
            self._closed = True
            exchanges = list(self._exchanges)
        for exchange in exchanges:
            exchange.cancel()
        self.close_idle()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        # A lock of its own: loading certificates is slow, and cancelling must not wait for it.
        self._loading = threading.Lock()
        self._trusted: ssl.SSLContext | None = None
        self._exchanges: set[Exchange] = set()
        # Unused connections, each with the time since when; the latest comes last.
        self._idle: list[tuple[float, Connection]] = []

    @contextlib.contextmanager
    def sdk_for(self, exchange: Exchange) -> Iterator[groq.Groq]:
        """Yield the SDK with a connection that is leased to an exchange.

        Raises
        ------
        RequestError, CancelledError
            As `open` does.
        """
        if self._process != os.getpid():
            # A forked child must not use its parent's sockets and locks.
            self._begin()
        with self._lock:
            if self._closed:
                exchange.cancelled.set()
                raise CancelledError
            self._exchanges.add(exchange)
            connection = self._idle.pop()[1] if self._idle else None
        try:
            connection = connection or Connection(self._new_sdk)
            with connection.leased(exchange) as sdk:
                yield sdk
        except KeyboardInterrupt:
            # It may have interrupted anything: this connection must not be used again.
            exchange.cancelled.set()
            raise
        finally:
            self._return(exchange, connection)

    def _return(self, exchange: Exchange, connection: Connection | None) -> None:
        """Keep a connection for the next request; close those that were idle for long."""
        now = time.monotonic()
        with self._lock:
            self._exchanges.discard(exchange)
            closing = [each for since, each in self._idle if now - since > _IDLE_SECONDS]
            self._idle = [(since, each) for since, each in self._idle if each not in closing]
            if connection is not None and (self._closed or exchange.cancelled.is_set()):
                closing.append(connection)
            elif connection is not None:
                self._idle.append((now, connection))
        for each in closing:
            each.close()

    def _new_sdk(self, hook: Callable[[httpx.Request], None]) -> groq.Groq:
        import groq
        import httpx

        # A proxy can't reach this machine, and must not see the prompts.
        by_environment = not is_loopback(self.base_url)
        try:
            http = groq.DefaultHttpxClient(
                event_hooks={"request": [hook]},
                limits=httpx.Limits(
                    max_connections=1,
                    max_keepalive_connections=1,
                    keepalive_expiry=_IDLE_SECONDS,
                ),
                verify=self._trust(),
                trust_env=by_environment,
            )
            return groq.Groq(
                api_key=self.key.value, base_url=self.base_url, max_retries=0, http_client=http
            )
        except (ValueError, ImportError, httpx.InvalidURL) as failure:
            fault = proxy_fault(failure) if by_environment else None
            if fault is None:
                raise
        # Raised outside of `except`: the context could contain the proxy's password.
        raise fault

    def _trust(self) -> ssl.SSLContext:
        """Return the TLS context; plain HTTP needs no certificates, and loading them is slow."""
        with self._loading:
            if self._trusted is None:
                self._trusted = (
                    # Trusts no certificate: a redirection to https fails.
                    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                    if self.base_url.startswith("http://")
                    # The environment's certificates are used even where its proxies are not.
                    else trusted_certificates()
                )
            return self._trusted

    def timeout(self, seconds: float) -> httpx.Timeout:
        """Return the timeouts of a request that may wait `seconds` for a byte."""
        import httpx

        return httpx.Timeout(
            seconds, connect=min(seconds, self._connect_timeout), write=_WRITE_TIMEOUT
        )
