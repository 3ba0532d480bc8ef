"""Stop, in every state: the text stays, the service stops, nothing is left behind."""

from __future__ import annotations

import contextlib
import signal
import socket
import ssl
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.api.answering import Answering
from groq_magic.api.asked import Asked
from groq_magic.api.client import Client
from groq_magic.api.exchange import Exchange
from groq_magic.api.key import ApiKey
from groq_magic.errors import InterruptedAskError
from groq_magic.interrupts import Interrupts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PIECES = [f"word{n} " for n in range(400)]
# Longer than any test: an ask that isn't stopped would run into it.
LONG = 30
_SELF_SIGNED = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")


def has_text(view: Any, _practice: Any) -> bool:
    return bool(view.fed)


def has_waited(view: Any, _practice: Any) -> bool:
    return bool(view.waits)


def has_been_sent(_view: Any, practice: Any) -> bool:
    return any(r["fault"] for r in practice.requests(running=True))


def at_once(_view: Any, _practice: Any) -> bool:
    return True


@pytest.mark.parametrize(
    ("fault", "when", "text"),
    [
        ("stall-before-headers", at_once, ""),
        ("stall-before-headers", has_been_sent, ""),
        ("stall:after=0", has_been_sent, ""),
        ("429:retry-after=40", has_waited, ""),
        ("503:retry-after=40", has_waited, ""),
        ("stall:after=3", has_text, "word0 word1 word2 "),
        ("pause:after=3:seconds=30", has_text, "word0 word1 word2 "),
    ],
)
@pytest.mark.parametrize("pooled", [False, True])
def test_stop_keeps_what_came_and_ends_the_request(  # noqa: PLR0913 - a row of the table
    notebook: Any, practice: Any, fault: Any, when: Any, text: Any, *, pooled: Any
) -> None:
    practice.script([{"match": "Count", "pieces": PIECES}, {"reply": "Well."}])
    if pooled:
        notebook.ask("Hello", "before")
        notebook.session.undo()
        practice.forget_requests()
    practice.faults(fault)
    began = time.monotonic()
    asked = notebook.ask(stop_when=lambda view: when(view, practice), timeout=LONG)
    assert time.monotonic() - began < LONG / 2
    assert isinstance(asked.error, InterruptedAskError)
    assert asked.reply.finish_reason == "interrupted"
    assert asked.reply.text == text
    assert notebook.turns == ([("Count", text, "interrupted")] if text else [])
    # The service has seen it: nothing runs on.
    records = practice.requests()
    assert len(records) <= 1
    assert all(r["closed_early"] for r in records if not r["fault"].startswith(("429", "503")))

    practice.faults()
    after = notebook.ask("And now?", "after")
    assert (after.error, after.reply.text) == (None, "Well.")


def test_stop_in_a_fast_stream_stops_the_service(
    notebook_factory: Any, practice_factory: Any
) -> None:
    slow = practice_factory(tokens_per_second=200)
    slow.script([{"pieces": PIECES}])
    asked = notebook_factory(slow.url).ask(stop_when=lambda view: bool(view.fed))
    assert asked.reply.finish_reason == "interrupted"
    assert asked.reply.text == asked.view.settled.text
    assert "".join(PIECES).startswith(asked.reply.text)
    (record,) = slow.requests()
    assert record["closed_early"]
    assert record["pieces"] < len(PIECES)


def test_stopping_an_answer_that_has_ended_changes_nothing(notebook: Any, practice: Any) -> None:
    practice.script([{"reply": "Short."}])
    asked = notebook.ask(stop_when=lambda view: view.fed == "Short.")
    assert asked.reply.text == "Short."
    assert asked.reply.finish_reason in {"stop", "interrupted"}
    assert (asked.error is None) == (asked.reply.finish_reason == "stop")


def test_one_ask_is_stopped_and_its_neighbour_goes_on(practice_factory: Any) -> None:
    slow = practice_factory(tokens_per_second=100)
    slow.script([{"match": "long", "pieces": PIECES}, {"pieces": ["a "] * 60}])
    client = Client(ApiKey("gsk_made_up", "a test"), slow.url, 5.0)
    asked = Asked("m", str, 10.0, slow.url, "gsk_made_up")

    def begun(prompt: str) -> Answering:
        messages = [{"role": "user", "content": prompt}]
        request = {"model": "openai/gpt-oss-20b", "messages": messages, "stream": True}
        answering = Answering(client, request, asked)
        answering.start()
        answering.wait(5)
        return answering

    stopped, neighbour = begun("long"), begun("short")
    stopped.stop()
    stopped.close()
    assert stopped.ended.wait(5)
    assert neighbour.ended.wait(10)
    neighbour.close()
    client.close()
    assert neighbour.text == "a " * 60
    assert neighbour.outcome.finish_reason == "stop"
    assert stopped.outcome.finish_reason is None


class Silent:
    """A server that accepts connections, and says what it is told to say."""

    def __init__(self, context: ssl.SSLContext | None, *, shakes_hands: bool) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._context = context
        self._shakes_hands = shakes_hands
        self.accepted, self.gone = threading.Event(), threading.Event()
        scheme = "https" if context else "http"
        self.url = f"{scheme}://localhost:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
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
                pass


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        (*_SELF_SIGNED, "-keyout", str(key), "-out", str(cert), *names),
        check=True,
        capture_output=True,
    )
    return cert, key


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
    answering = Answering(client, request, Asked("m", str, LONG, server.url, "gsk_made_up"))
    answering.start()
    assert server.accepted.wait(10)
    if state == "handshake":
        until = time.monotonic() + 10
        while not handshaking(answering) and time.monotonic() < until:
            time.sleep(0.01)
    answering.stop()
    assert server.gone.wait(LONG / 2), "the service would go on"
    assert answering.ended.wait(LONG / 2)
    answering.close()
    assert answering.outcome.fault is None
    client.close()


def handshaking(answering: Answering) -> bool:
    return answering._exchange._handshaking is not None


def test_a_second_descriptor_does_not_outlive_the_handshake() -> None:
    ours, theirs = socket.socketpair()
    exchange = Exchange()
    exchange.handshake_begins(ours)
    exchange.handshake_ends()
    ours.close()
    # Had the copy stayed open, the other side would never see the end.
    assert theirs.recv(1) == b""
    theirs.close()


def test_a_certificate_nobody_vouches_for_is_told_and_not_tried_again(
    silent: Any, notebook_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = silent(tls=True)
    monkeypatch.delenv("SSL_CERT_FILE")
    asked = notebook_factory(server.url).ask()
    assert "certificate" in str(asked.error)
    assert "SSL_CERT_FILE" in str(asked.error)
    assert asked.view.waits == []


def test_interrupts_are_noticed_and_not_raised() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts() as interrupts:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        assert interrupts.came
    assert signal.getsignal(signal.SIGINT) is before


def test_elsewhere_than_in_the_main_thread_nothing_is_changed() -> None:
    seen: list[bool] = []

    def enter() -> None:
        with Interrupts() as interrupts:
            seen.append(interrupts.came)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert seen == [False]


@pytest.mark.parametrize("fault", ["stall-before-headers", "stall:after=3"])
def test_an_interrupt_stops_as_stop_does(notebook: Any, practice: Any, fault: Any) -> None:
    practice.script([{"pieces": PIECES}])
    practice.faults(fault)

    def interrupt(view: Any) -> bool:
        if fault == "stall-before-headers" or view.fed:
            signal.raise_signal(signal.SIGINT)
        return False

    asked = notebook.ask(stop_when=interrupt, timeout=LONG)
    assert isinstance(asked.error, InterruptedAskError)
    assert asked.reply.finish_reason == "interrupted"
    assert asked.reply.text == ("" if "headers" in fault else "word0 word1 word2 ")


def test_an_interrupt_after_the_last_token_keeps_the_answer_and_still_stops_the_cell(
    notebook: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.script([{"reply": "Whole."}])
    from groq_magic import asking

    settle = asking._settle

    def interrupted(*given: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        settle(*given)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(asking, "_settle", interrupted)
    asked = notebook.ask()
    assert isinstance(asked.error, InterruptedAskError)
    assert asked.reply.finish_reason == "stop"
    assert asked.view.endings == ["settled"]
    assert notebook.turns == [("Count", "Whole.", "stop")]


class Slow:
    """A value whose text takes its time, as a big frame's does."""

    def __repr__(self) -> str:
        signal.raise_signal(signal.SIGINT)
        return "slow"


def test_an_interrupt_while_the_prompt_is_made_sends_nothing(notebook: Any, practice: Any) -> None:
    notebook.shell.user_ns["slow"] = Slow()
    asked = notebook.ask("Look: {{slow}}")
    assert isinstance(asked.error, InterruptedAskError)
    assert asked.error.__context__ is None
    assert practice.requests() == []
    assert notebook.turns == []


@pytest.mark.parametrize("model", ["fast", "vision"])
def test_an_interrupt_while_the_models_are_fetched_sends_nothing(
    notebook: Any, practice: Any, key: str, model: Any
) -> None:
    practice.faults(models=("stall-before-headers",))
    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT))
    timer.start()
    asked = notebook.ask(model=model)
    timer.join()
    assert isinstance(asked.error, InterruptedAskError)
    assert asked.error.__context__ is None
    assert key not in asked.everything
    assert practice.requests() == []
    practice.reset()
    assert notebook.ask().error is None
