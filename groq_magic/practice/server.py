"""The HTTP server on loopback, with one thread for each connection, and its routes."""

from __future__ import annotations

import contextlib
import socket
import time
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from groq_magic.practice import catalogue, refusals
from groq_magic.practice.batch_engine import BATCHES, FILES, BatchEngine
from groq_magic.practice.chat import Chat
from groq_magic.practice.refusals import Refusal, parsed_json
from groq_magic.practice.response import json_response

if TYPE_CHECKING:
    from groq_magic.practice.chat import Options
    from groq_magic.practice.response import Response

__all__ = ["CHAT", "MODELS", "Connection", "Server"]

CHAT = "/openai/v1/chat/completions"
MODELS = "/openai/v1/models"

_OWN_HOSTS = frozenset({"", "127.0.0.1", "localhost"})
# A batch's file of 100 MB, and the form around it.
_MOST_BYTES = 101 * 1024 * 1024
_BUFFER_BYTES = 64 * 1024
_SHORTEST_WAIT = 0.005  # seconds


class Server(ThreadingTCPServer):
    """A server on 127.0.0.1; `serve_forever` serves until `shutdown`.

    Parameters
    ----------
    port : int
        0 for any free port.
    options : Options
    connection : type of Connection, optional
        The tests use a subclass that breaks answers.

    Attributes
    ----------
    chat : Chat
        The chat endpoint with its limits and its script.
    batch : BatchEngine
        The files and the batches.

    Raises
    ------
    OSError
        If the port is taken.
    """

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, port: int, options: Options, connection: type[Connection] | None = None
    ) -> None:
        self.options = options
        self.chat = Chat(options)
        self.batch = BatchEngine(lambda: self.chat, is_in_plan=options.has_batch)
        super().__init__(("127.0.0.1", port), connection or Connection)

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Connection(BaseHTTPRequestHandler):
    """One client's connection, and its requests.

    A subclass may extend `respond`, `send`, `send_head` and `flush`.
    """

    protocol_version = "HTTP/1.1"
    # Otherwise a small write waits 40 ms for the client's delayed acknowledgement.
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        """Begin a connection."""
        super().setup()
        self.buffer = bytearray()
        self.buffered_deltas = 0

    def handle(self) -> None:
        """Answer requests until the client closes the connection."""
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: object) -> None:
        """Write no log."""

    def respond(self, path: str, body: bytes) -> Response:
        """Return the response to a request.

        Parameters
        ----------
        path : str
            Without its query.
        body : bytes

        Raises
        ------
        Refusal
            As the API refuses.
        """
        # DNS rebinding: another site's page can reach this machine under its own host name.
        if self.headers.get("Host", "").partition(":")[0] not in _OWN_HOSTS:
            raise Refusal(403, "the practice server answers this machine only")
        if (self.command, path) == ("POST", CHAT):
            self._check_key()
            return self.server.chat.respond(parsed_json(body))
        if path.startswith((FILES, BATCHES)):
            self._check_key()
            query, content_type = urlsplit(self.path).query, self.headers.get("Content-Type", "")
            return self.server.batch.respond(self.command, path, query, content_type, body)
        if self.command != "GET" or not f"{path}/".startswith(f"{MODELS}/"):
            raise refusals.unknown_url(self.command, path)
        self._check_key()
        if path == MODELS:
            items = [model.item() for model in catalogue.CATALOGUE]
            return json_response(200, {"object": "list", "data": items})
        name = path.removeprefix(f"{MODELS}/")
        model = catalogue.find(name)
        if model is None:
            raise refusals.unknown_model(name)
        return json_response(200, model.item())

    def _refusal_response(self, refusal: Refusal) -> Response:
        """Return the response for a refusal, with the rate-limit headers."""
        headers = self.server.chat.limit_headers() | dict(refusal.headers)
        return json_response(refusal.status, {"error": refusal.error()}, headers)

    def send(self, response: Response) -> None:
        """Send a response, at its speed.

        Raises
        ------
        ConnectionError
            When the client closes the connection.
        """
        sent = 0
        try:
            self.wait(response.delay)
            self.send_head(response)
            started = time.monotonic()
            for chunk in response.chunks:
                self.buffer += chunk.data
                self.buffered_deltas += chunk.is_delta
                sent += chunk.is_delta
                if chunk.is_delta and response.tokens_per_second:
                    early = started + sent / response.tokens_per_second - time.monotonic()
                    if early > 0:
                        self.flush()
                        # Shorter waits would be inexact; late deltas are sent together.
                        self.wait(max(early, _SHORTEST_WAIT))
                elif len(self.buffer) >= _BUFFER_BYTES:
                    self.flush()
            self.flush()
            if self._is_chunked:
                self.wfile.write(b"0\r\n\r\n")
        finally:
            self.buffer.clear()
            self.buffered_deltas = 0
            response.on_end(sent)

    def send_head(self, response: Response) -> None:
        """Send the status line and the headers."""
        self._is_chunked = "Content-Length" not in response.headers
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if self._is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def flush(self) -> None:
        """Write the buffer to the connection.

        Raises
        ------
        ConnectionError
            When the client has closed the connection.
        """
        self.wait(0)
        if not self.buffer:
            return
        size = b"%x\r\n" % len(self.buffer) if self._is_chunked else b""
        self.wfile.write(size + self.buffer + (b"\r\n" if size else b""))
        self.buffer.clear()
        self.buffered_deltas = 0

    def wait(self, seconds: float) -> None:
        """Wait.

        Raises
        ------
        ConnectionError
            As soon as the client closes the connection.
        """
        self.connection.settimeout(max(0, seconds))
        try:
            peeked = self.connection.recv(1, socket.MSG_PEEK)
        except (TimeoutError, BlockingIOError):
            return
        finally:
            self.connection.settimeout(None)
        if not peeked:
            raise ConnectionAbortedError
        # The client has already sent its next request, which is read later.
        time.sleep(max(0, seconds))

    def _serve(self) -> None:
        try:
            # The SDK writes the slash in a model's id as %2F.
            path = unquote(urlsplit(self.path).path).rstrip("/")
            response = self.respond(path, self._read_body())
        except Refusal as refusal:
            response = self._refusal_response(refusal)
        except Exception as error:  # noqa: BLE001 - a bug must not look like a lost connection
            failure = f"the practice server failed: {error!r}"
            response = self._refusal_response(Refusal(500, failure, "internal_error"))
        self.send(response)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - names of the base class

    def _read_body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self.close_connection = True
            raise Refusal(411, "a request needs a Content-Length")
        if int(length) > _MOST_BYTES:
            self.close_connection = True
            raise Refusal(413, "request entity too large")
        return self.rfile.read(int(length))

    def _check_key(self) -> None:
        scheme, _, key = self.headers.get("Authorization", "").partition(" ")
        accepted = self.server.options.keys
        if scheme != "Bearer" or not key.strip() or (accepted and key not in accepted):
            raise refusals.bad_key()
