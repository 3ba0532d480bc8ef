"""The stream cut at every byte of a reply: the text kept is the text delivered."""

from __future__ import annotations

import bisect
import contextlib
import json
import socketserver
import threading
from dataclasses import dataclass
from itertools import accumulate, cycle, islice, pairwise
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from groq_magic.api.client import Response
from groq_magic.api.key import ApiKey
from groq_magic.api.send import Outcome, send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.api.exchange import Exchange

TEXT = (
    "# Grüße, 世界 🎉\n\nA p-value is **not** the probability that $H_0$ is true.\n\n"
    '```python\nprint("one\\u2028two")\n```\n\n| a | b |\n|---|\u2028---|\n\n<think>no'
)


@dataclass(frozen=True)
class Arrival:
    """The facts that have arrived once the JSON of an event is whole: at byte `end` of the body."""

    end: int
    text: str = ""
    thought: str = ""
    finish_reason: str | None = None


def reply() -> tuple[bytes, list[Arrival]]:
    """Return a stream of some 5 kB, and the facts that it contains, by byte."""
    deltas = [{"role": "assistant", "content": ""}, {"reasoning": "Let me…"}]
    # Some begin and end beside every kind of byte.
    starts = accumulate(islice(cycle((2, 7, 1, 11)), len(TEXT)), initial=0)
    deltas += [{"content": TEXT[a:b]} for a, b in pairwise(starts) if a < len(TEXT)]
    body, reported = b"", [Arrival(0)]
    for delta, ending in [*((delta, None) for delta in deltas), ({}, "stop")]:
        chunk = {
            "id": "c",
            "object": "chat.completion.chunk",
            "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": ending}],
        }
        body += b"data: " + json.dumps(chunk, ensure_ascii=False).encode()
        last = reported[-1]
        text, thought = delta.get("content", ""), delta.get("reasoning", "")
        reported.append(Arrival(len(body), last.text + text, last.thought + thought, ending))
        body += b"\n\n"
    return body + b"data: [DONE]\n\n", reported


BODY, REPORTED = reply()


def delivered(size: int) -> Arrival:
    """Return what the first bytes of the body contain."""
    return REPORTED[bisect.bisect_right(REPORTED, size, key=lambda reported: reported.end) - 1]


class Cut:
    """A connection that breaks after some bytes, which come in pieces of any size."""

    key, base_url = ApiKey("gsk_made_up", "a test"), "http://127.0.0.1"

    def __init__(self, size: int, ending: Exception | None) -> None:
        self._size = size
        self._ending = ending

    @contextlib.contextmanager
    def open(self, _request: object, *, timeout: float, exchange: Exchange) -> Iterator[Response]:
        assert timeout
        assert not exchange.cancelled.is_set()
        yield Response({"content-type": "text/event-stream"}, self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        # Another piece boundary for each size: they fall on every byte too.
        middle = self._size * 7 % (self._size + 1) // 2
        yield BODY[:middle]
        yield BODY[middle : self._size]
        if self._ending is not None:
            raise self._ending


def read(size: int, ending: Exception | None) -> tuple[str, str, Outcome]:
    """Return the text and the reasoning that `send` gave, and how the request ended."""
    given: list[tuple[str, str]] = []
    outcome = send(
        {"model": "m", "stream": True},
        client=Cut(size, ending),  # type: ignore[arg-type]  # all that `send` uses of one
        on_delta=lambda *delta: given.append(delta),
        tries=1,
    )
    return "".join(text for text, _ in given), "".join(thought for _, thought in given), outcome


@pytest.mark.parametrize("ending", [None, httpx.ReadError("reset")], ids=["end", "reset"])
@pytest.mark.slow
def test_cut_at_every_byte_the_text_kept_is_the_text_delivered(ending: Any) -> None:
    assert 4_000 < len(BODY) < 6_000
    assert REPORTED[-1].text == TEXT
    for size in range(len(BODY) + 1):
        reported, (text, reasoning, outcome) = delivered(size), read(size, ending)
        assert (text, reasoning) == (reported.text, reported.thought), size
        assert outcome.finish_reason == reported.finish_reason, size
        # Whatever is missing is known to be missing.
        lost = reported.finish_reason is None
        broken = lost and (ending is not None or not reported.text + reported.thought)
        assert (outcome.fault is not None) == broken, size


class Breaking(socketserver.ThreadingTCPServer):
    """Sends a given number of bytes of the reply, then closes the connection."""

    allow_reuse_address = True
    daemon_threads = True
    size = 0

    class RequestHandlerClass(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            length = 0
            path = self.rfile.readline()
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            self.rfile.read(length)
            if b"chat" not in path:
                return
            self.wfile.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BODY)
            )
            self.wfile.write(BODY[: self.server.size])  # type: ignore[attr-defined]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), self.RequestHandlerClass)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def breaking() -> Iterator[Breaking]:
    with Breaking() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_what_a_broken_connection_delivered_is_the_turn(
    notebook_factory: Any, breaking: Any
) -> None:
    notebook = notebook_factory(breaking.url, tries=1)
    for size in range(100, len(BODY), 211):
        breaking.size = size
        reported = delivered(size)
        notebook.session.conversations.reset("main")
        asked = notebook.ask()
        assert asked.reply.text == asked.view.fed == reported.text, size
        assert asked.reply.finish_reason == (reported.finish_reason or "error"), size
        assert [answer for _, answer, _ in notebook.turns] == [reported.text] * bool(
            reported.text
        ), size


def test_what_to_do_about_a_broken_answer_is_said_once(notebook: Any, practice: Any) -> None:
    practice.faults("event-error")
    asked = notebook.ask()
    assert asked.view.settled is not None
    assert str(asked.error).count("`%groq_retry`") == 1
    assert asked.marks == "incomplete"
