"""A stop reaches its own request and no other, in whatever order requests come and end."""

from __future__ import annotations

import json
import random
import socketserver
import ssl
import threading
import time
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.api.client import Client
from groq_magic.api.exchange import Connection, Exchange
from groq_magic.api.key import ApiKey
from groq_magic.api.send import send
from groq_magic.asking.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Longer than any test: a request that isn't stopped would run into it.
LONG = 30
MANY = 40


class Holding(socketserver.ThreadingTCPServer):
    """Answers each request with its own prompt, once the test releases it."""

    allow_reuse_address = True
    daemon_threads = True

    class RequestHandlerClass(socketserver.StreamRequestHandler):
        server: Holding

        def setup(self) -> None:
            if self.server.context is not None:
                self.request = self.server.context.wrap_socket(self.request, server_side=True)
            super().setup()

        def handle(self) -> None:
            self.server.connections += 1
            try:
                while (body := self._body()) is not None:
                    prompt = json.loads(body)["messages"][-1]["content"]
                    self.server.arrived[prompt].set()
                    self.server.released[prompt].wait(LONG)
                    self.wfile.write(_reply(prompt, closes=self.server.closes))
                    if self.server.closes:
                        break
            except OSError:
                pass
            finally:
                # TLS detaches the socket that the server itself would close.
                self.request.close()
                self.server.ends.release()

        def _body(self) -> bytes | None:
            length = 0
            if not self.rfile.readline():
                return None
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            return self.rfile.read(length) or None

    def __init__(self, context: ssl.SSLContext | None, *, closes: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), self.RequestHandlerClass)
        self.context, self.closes, self.connections = context, closes, 0
        self.arrived: defaultdict[str, threading.Event] = defaultdict(threading.Event)
        self.released: defaultdict[str, threading.Event] = defaultdict(threading.Event)
        self.ends = threading.Semaphore(0)
        scheme = "https" if context else "http"
        self.url = f"{scheme}://localhost:{self.server_address[1]}"

    def handle_error(self, *_about: object) -> None:
        """Print nothing: connections break here on purpose."""


def _reply(prompt: str, *, closes: bool) -> bytes:
    chunk = {"choices": [{"index": 0, "delta": {"content": prompt}, "finish_reason": "stop"}]}
    body = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode()
    ending = b"Connection: close\r\n" if closes else b""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + ending
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


@pytest.fixture
def holding(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Holding]]:
    """Make servers that hold replies back, with TLS or without."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    made: list[tuple[Holding, threading.Thread]] = []

    def make(*, tls: bool = False, closes: bool = False) -> Holding:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
        if context is not None:
            context.load_cert_chain(*certificate)
        server = Holding(context, closes=closes)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        made.append((server, thread))
        return server

    yield make
    for server, thread in made:
        for event in list(server.released.values()):
            event.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def begin() -> Iterator[Callable[..., Reader]]:
    """Begin requests over one client for each server."""
    clients: dict[str, Client] = {}
    made: list[Reader] = []

    def make(url: str, prompt: str) -> Reader:
        client = clients.setdefault(url, Client(ApiKey("gsk_made_up", "a test"), url, LONG))
        messages = [{"role": "user", "content": prompt}]
        request = {"model": "openai/gpt-oss-20b", "messages": messages, "stream": True}
        answering = Reader(partial(send, request, client=client, timeout=LONG, tries=1))
        made.append(answering)
        answering.start()
        return answering

    yield make
    for client in clients.values():
        client.close()
    for answering in made:
        answering.close()
        assert answering.ended.wait(LONG / 2)


def whole(answering: Reader, text: str) -> bool:
    """Whether a request came to its whole text."""
    assert answering.ended.wait(LONG / 2)
    answering.close()
    return (answering.text, answering.outcome.finish_reason) == (text, "stop")


def connection_of(answering: Reader) -> Connection:
    found = answering.exchange.connection
    assert found is not None
    return found


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("pooled", [False, True], ids=["fresh", "pooled"])
def test_a_stop_before_the_headers_ends_none_of_those_that_wait_too(
    holding: Any, begin: Any, *, tls: bool, pooled: bool
) -> None:
    server = holding(tls=tls)
    for turn in range(1 + pooled):
        prompts = [f"{turn}-{n}" for n in range(6)]
        running = [begin(server.url, prompt) for prompt in prompts]
        assert all(server.arrived[prompt].wait(LONG) for prompt in prompts)
        if turn == pooled:
            running[2].stop()
            assert running[2].ended.wait(LONG / 2)
        others = [(a, p) for a, p in zip(running, prompts, strict=True) if a is not running[2]]
        assert not any(answering.ended.is_set() for answering, _ in others)
        for prompt in prompts:
            server.released[prompt].set()
        assert all(whole(answering, prompt) for answering, prompt in others)
        running[2].close()
    assert running[2].text == ""
    assert running[2].outcome.fault is None
    assert server.connections == 6


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_a_late_stop_leaves_the_connection_to_the_next_request(
    holding: Any, begin: Any, *, tls: bool
) -> None:
    server = holding(tls=tls)
    first = begin(server.url, "first")
    assert server.arrived["first"].wait(LONG)
    connection = connection_of(first)
    server.released["first"].set()
    assert whole(first, "first")
    second = begin(server.url, "second")
    assert server.arrived["second"].wait(LONG)
    assert connection_of(second) is connection
    first.stop()
    first.close()
    server.released["second"].set()
    assert whole(second, "second")
    assert server.connections == 1


def test_a_connection_that_is_being_shut_is_not_lent_again(
    holding: Any, begin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = holding()
    shutting, go_on = threading.Event(), threading.Event()
    shut = Connection.shut

    def slowly(connection: Connection) -> None:
        shutting.set()
        assert go_on.wait(LONG)
        shut(connection)

    monkeypatch.setattr(Connection, "shut", slowly)
    first = begin(server.url, "first")
    assert server.arrived["first"].wait(LONG)
    connection = connection_of(first)
    stopping = threading.Thread(target=first.stop)
    stopping.start()
    assert shutting.wait(LONG)
    # The reply ends meanwhile, and its reader wants to give the connection back.
    server.released["first"].set()
    second = begin(server.url, "second")
    assert server.arrived["second"].wait(LONG)
    assert connection_of(second) is not connection
    go_on.set()
    stopping.join()
    assert first.ended.wait(LONG / 2)
    server.released["second"].set()
    assert whole(second, "second")


def test_a_lease_ends_after_whoever_shuts_its_connection() -> None:
    order: list[str] = []
    shutting, go_on = threading.Event(), threading.Event()

    class Fake:
        def shut(self) -> None:
            shutting.set()
            assert go_on.wait(LONG)
            order.append("shut")

    exchange = Exchange()
    exchange.begin(Fake())  # type: ignore[arg-type]  # all that an exchange calls

    def end() -> None:
        exchange.end()
        order.append("ended")

    cancelling, ending = threading.Thread(target=exchange.cancel), threading.Thread(target=end)
    cancelling.start()
    assert shutting.wait(LONG)
    ending.start()
    ending.join(0.05)
    go_on.set()
    cancelling.join()
    ending.join()
    assert order == ["shut", "ended"]
    exchange.cancel()
    assert order == ["shut", "ended"]


def test_a_connection_that_the_service_closes_leaves_no_descriptor(
    holding: Any, begin: Any
) -> None:
    server = holding(closes=True)
    first = begin(server.url, "first")
    assert server.arrived["first"].wait(LONG)
    connection = connection_of(first)
    server.released["first"].set()
    assert whole(first, "first")
    assert connection._copy is None
    assert connection._is_closed()


def test_requests_in_turn_share_one_connection(holding: Any, begin: Any) -> None:
    server = holding()
    for number in range(5):
        server.released[str(number)].set()
        assert whole(begin(server.url, str(number)), str(number))
    assert server.connections == 1


def test_connections_that_nobody_has_used_for_long_are_closed(
    holding: Any, begin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = holding()
    running = [begin(server.url, str(n)) for n in range(4)]
    assert all(server.arrived[str(n)].wait(LONG) for n in range(4))
    for n in range(4):
        server.released[str(n)].set()
    assert all(whole(answering, str(n)) for n, answering in enumerate(running))
    monkeypatch.setattr("groq_magic.api.client._IDLE_SECONDS", 0.0)
    server.released["last"].set()
    assert whole(begin(server.url, "last"), "last")
    # Three have seen their end; the one that was used last is kept.
    assert [server.ends.acquire(timeout=LONG) for _ in range(3)] == [True] * 3
    assert not server.ends.acquire(blocking=False)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.nightly) for n in (1, 2))])
def test_of_many_at_once_only_those_that_are_stopped_end_early(
    practice_factory: Any, begin: Any, seed: int
) -> None:
    server = practice_factory(tokens_per_minute=0, requests_per_minute=0, tokens_per_second=0)
    pieces = [f"{n} " for n in range(20)]
    server.script([{"pieces": pieces}])
    chance = random.Random(seed)  # noqa: S311 - an order of events, no secret
    over = threading.Event()
    busy = [threading.Thread(target=spin, args=(over,)) for _ in range(2)]
    for thread in busy:
        thread.start()
    broken: list[str] = []
    turns = {n: [chance.random() < 0.3 for _ in range(4)] for n in range(MANY)}
    pauses = {n: [chance.random() * 0.05 for _ in range(4)] for n in range(MANY)}
    start = threading.Barrier(MANY)

    def ask(n: int) -> None:
        start.wait(LONG)
        for turn, (stops, pause) in enumerate(zip(turns[n], pauses[n], strict=True)):
            answering = begin(server.url, f"{n}-{turn}")
            if stops:
                answering.ended.wait(pause)
                answering.stop()
            if not answering.ended.wait(LONG):
                broken.append(f"{n}-{turn} never ended")
            answering.close()
            if not stops and answering.text != "".join(pieces):
                broken.append(f"{n}-{turn}: {answering.text!r} {answering.outcome}")

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    for thread in busy:
        thread.join()
    assert broken == []


def spin(over: threading.Event) -> None:
    """Keep a core, and the interpreter, busy."""
    while not over.is_set():
        sum(range(2000))


@pytest.mark.slow
def test_many_that_are_stopped_leave_no_socket_and_no_thread(holding: Any, begin: Any) -> None:
    server = holding(tls=True)
    before = sockets()
    for turn in range(2):
        prompts = [f"{turn}-{n}" for n in range(MANY)]
        running = [begin(server.url, prompt) for prompt in prompts]
        assert all(server.arrived[prompt].wait(LONG) for prompt in prompts)
        for answering in running:
            answering.stop()
        for answering in running:
            answering.close()
            assert answering.ended.wait(LONG / 2)
        for prompt in prompts:
            server.released[prompt].set()
        assert [server.ends.acquire(timeout=LONG) for _ in prompts] == [True] * MANY
        until = time.monotonic() + LONG / 2
        while (readers() or sockets() > before) and time.monotonic() < until:
            time.sleep(0.01)
        assert readers() == []
        assert sockets() <= before


def readers() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("groq-magic")]


def sockets() -> int:
    found = 0
    for each in Path("/proc/self/fd").iterdir():
        try:
            found += str(each.readlink()).startswith("socket:")
        except OSError:
            continue
    return found
