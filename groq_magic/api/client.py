"""The one connection to the service: the SDK's client, made at first need and reused."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from typing import TYPE_CHECKING, Any

from groq_magic.api.limits import Limits, limits_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import groq
    import httpx

    from groq_magic.api.key import ApiKey

__all__ = ["CancelledError", "Client", "Response"]

_WRITE_TIMEOUT = 60.0


class CancelledError(Exception):
    """The ask was stopped, or the client closed, before the request had left."""


class Response:
    """An open reply: its headers, and its bytes as they come."""

    def __init__(self, headers: Mapping[str, str], status: int, pieces: Iterator[bytes]) -> None:
        self.headers = headers
        self.status = status
        self.pieces = pieces

    @property
    def limits(self) -> Limits:
        """The limits that its headers tell."""
        return limits_in(self.headers)


class Client:
    """Groq's SDK with a socket that can be shut from another thread.

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
        self._process = os.getpid()
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._closed = False
        self._asking = threading.local()

    @contextlib.contextmanager
    def open(
        self, request: Mapping[str, Any], *, timeout: float, cancelled: threading.Event
    ) -> Iterator[Response]:
        """Send a chat request and yield the open reply.

        Raises
        ------
        groq.APIError, httpx.HTTPError
            As the SDK does; `faults.fault_of` says what they mean.
        CancelledError
            When `cancelled` was set before. Set while it connects, it ends
            as a connection error of the SDK.
        """
        if cancelled.is_set():
            raise CancelledError
        self._asking.cancelled = cancelled
        create = self._sdk().chat.completions.with_streaming_response.create
        with create(**request, timeout=self._timeout(timeout)) as reply:
            yield Response(reply.headers, reply.status_code, reply.iter_bytes())

    def models(self, *, timeout: float) -> list[dict[str, Any]]:
        """Return the items of `/models` as the service sent them.

        Raises
        ------
        groq.APIError, httpx.HTTPError
            As the SDK does.
        ValueError
            When the reply is no list of models.
        """
        self._asking.cancelled = threading.Event()
        reply = self._sdk().models.with_raw_response.list(timeout=self._timeout(timeout))
        body = reply.http_response.json()
        items = body.get("data") if isinstance(body, dict) else None
        if not isinstance(items, list):
            raise ValueError("not a list of models")  # noqa: TRY004 - a value from outside, no misuse
        return [item for item in items if isinstance(item, dict)]

    def shut(self) -> None:
        """Shut every open socket down, so that whoever reads or waits stops at once."""
        with self._lock:
            for each in self._sockets:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            self._sockets.clear()

    def close(self) -> None:
        """Shut the sockets and give the pool back; nothing can be sent any more."""
        self._closed = True
        self.shut()
        with self._making:
            if self._groq is not None:
                self._groq.close()
                self._groq = None

    def _sdk(self) -> groq.Groq:
        if self._process != os.getpid():
            # A forked child must not read from its parent's sockets, nor wait for its locks.
            self._process = os.getpid()
            self._sockets, self._lock, self._making = [], threading.Lock(), threading.Lock()
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

        http = groq.DefaultHttpxClient(event_hooks={"request": [self._trace_request]})
        return groq.Groq(
            api_key=self.key.value, base_url=self.base_url, max_retries=0, http_client=http
        )

    def _timeout(self, seconds: float) -> httpx.Timeout:
        import httpx

        return httpx.Timeout(
            seconds, connect=min(seconds, self._connect_timeout), write=_WRITE_TIMEOUT
        )

    def _trace_request(self, request: httpx.Request) -> None:
        request.extensions["trace"] = self._trace

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        cancelled: threading.Event | None = getattr(self._asking, "cancelled", None)
        if cancelled is not None and cancelled.is_set():
            raise CancelledError
        if event == "connection.connect_tcp.complete":
            found = info["return_value"].get_extra_info("socket")
            with self._lock:
                self._sockets = [s for s in self._sockets if s.fileno() != -1]
                self._sockets.append(found)
