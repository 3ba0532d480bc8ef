"""Stop shuts the sockets of one ask, whatever state they are in, and no others."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.api.client import Client
from groq_magic.api.key import ApiKey
from groq_magic.api.send import send
from groq_magic.asking.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# Longer than any test: an ask that isn't stopped would run into it.
LONG = 30


@pytest.fixture
def slow(practice_factory: Any) -> Any:
    """A server whose answers take their time."""
    server = practice_factory(tokens_per_second=100)
    pieces = [f"word{n} " for n in range(400)]
    server.script([{"match": "long", "pieces": pieces}, {"pieces": ["a "] * 60}])
    return server


@pytest.fixture
def begun(slow: Any) -> Iterator[Callable[[str], Reader]]:
    """Begin asks over one client, and return them when something has come."""
    client = Client(ApiKey("gsk_made_up", "a test"), slow.url, 5.0)
    made: list[Reader] = []

    def begin(prompt: str, within: float = 5) -> Reader:
        messages = [{"role": "user", "content": prompt}]
        request = {"model": "openai/gpt-oss-20b", "messages": messages, "stream": True}
        made.append(Reader(partial(send, request, client=client, timeout=10, tries=1)))
        made[-1].start()
        made[-1].wait(within)
        return made[-1]

    yield begin
    for answering in made:
        answering.close()
    client.close()


def test_one_ask_is_stopped_and_its_neighbour_goes_on(begun: Any) -> None:
    stopped, neighbour = begun("long"), begun("short")
    stopped.stop()
    stopped.close()
    assert stopped.ended.wait(5)
    assert neighbour.ended.wait(10)
    assert neighbour.text == "a " * 60
    assert neighbour.outcome.finish_reason == "stop"
    assert stopped.outcome.finish_reason is None


def test_a_stop_shuts_its_own_socket_and_leaves_an_idle_one_to_the_next_ask(begun: Any) -> None:
    stopped, neighbour = begun("long"), begun("short")
    idle, own = neighbour.exchange.connection, stopped.exchange.connection
    assert idle is not None
    assert idle is not own
    assert neighbour.ended.wait(10)
    neighbour.close()
    stopped.stop()
    stopped.close()
    assert stopped.ended.wait(5)
    following = begun("short")
    assert following.exchange.connection is idle
    assert following.ended.wait(10)
    assert following.text == "a " * 60


def test_a_stop_before_the_headers_leaves_the_neighbours_socket(begun: Any, slow: Any) -> None:
    neighbour = begun("short")
    slow.faults("stall-before-headers")
    stopped = begun("long", 0)
    until = time.monotonic() + 10
    while len(slow.requests(running=True)) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    stopped.stop()
    stopped.close()
    assert stopped.ended.wait(5)
    assert neighbour.ended.wait(10)
    assert neighbour.text == "a " * 60
    assert stopped.outcome.finish_reason is None


class Silent:
    """A server that accepts connections, listens, and never says a word nor hangs up."""

    def __init__(self, context: ssl.SSLContext | None, *, shakes_hands: bool) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._context = context
        self._shakes_hands = shakes_hands
        self.accepted, self.received, self.gone, self._over = (threading.Event() for _ in range(4))
        scheme = "https" if context else "http"
        self.url = f"{scheme}://localhost:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        # A close alone would not wake the thread that accepts.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connected, _ = self._listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connected:
                self._listen(connected)
            self.gone.set()

    def _listen(self, connected: socket.socket) -> None:
        connected.settimeout(LONG)
        if self._context is not None and self._shakes_hands:
            connected = self._context.wrap_socket(connected, server_side=True)
        with connected:
            self.accepted.set()
            while connected.recv(65536):
                self.received.set()
            self.gone.set()
            self._over.wait(LONG)


@pytest.fixture
def silent(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Silent]]:
    """Make servers that never answer, with TLS or without."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    made: list[Silent] = []

    def make(*, tls: bool, shakes_hands: bool = True) -> Silent:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
        if context is not None:
            context.load_cert_chain(*certificate)
        made.append(Silent(context, shakes_hands=shakes_hands))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.mark.parametrize("state", ["plain", "tls", "handshake"])
def test_stop_reaches_a_server_that_has_not_answered(silent: Any, state: Any) -> None:
    server = silent(tls=state != "plain", shakes_hands=state != "handshake")
    client = Client(ApiKey("gsk_made_up", "a test"), server.url, LONG)
    request = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": True}
    answering = Reader(partial(send, request, client=client, timeout=LONG, tries=1))
    answering.start()
    # The request's beginning, or the handshake's.
    assert server.received.wait(10)
    # Until it is all sent: who sends looks for a stop, who waits for the answer can not.
    answering.wait(0.3)
    answering.stop()
    assert server.gone.wait(LONG / 2), "the service would go on"
    assert answering.ended.wait(LONG / 2)
    answering.close()
    assert answering.outcome.fault is None
    client.close()


def test_a_certificate_nobody_vouches_for_is_reported_and_not_tried_again(
    silent: Any, notebook_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = silent(tls=True)
    monkeypatch.delenv("SSL_CERT_FILE")
    asked = notebook_factory(server.url).ask()
    assert "certificate" in str(asked.error)
    assert "SSL_CERT_FILE" in str(asked.error)
    assert asked.view.waits == []
