"""One request on the wire: a thread that reads, and what it has read so far."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from groq_magic.api.characters import WholeCharacters
from groq_magic.api.chunk import Chunk, ToolCall, chunk_of
from groq_magic.api.exchange import Exchange
from groq_magic.api.faults import (
    fault_of,
    fault_of_body,
    garbled,
    no_thread,
    nothing_came,
    unreadable,
)
from groq_magic.api.limits import Limits
from groq_magic.api.sse import Event, EventReader
from groq_magic.api.thinking import ThinkSplitter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.api.asked import Asked
    from groq_magic.api.client import Client, Response
    from groq_magic.api.fault import Fault

__all__ = ["Answering", "Outcome"]

# How long a reply may linger after [DONE] before its socket is shut: a server
# that ends at once leaves a connection that the next ask can use.
_LINGER = 0.05


@dataclass(frozen=True)
class Outcome:
    """How a request ended.

    Parameters
    ----------
    finish_reason : str or None
        As the API gave it; None where it never came: the answer is cut off.
    fault : Fault or None
        What broke it off.
    cut : str
        Why the service gave it up after some text, where it says so.
    """

    finish_reason: str | None = None
    fault: Fault | None = None
    cut: str = ""
    usage: Mapping[str, Any] | None = None
    limits: Limits = field(default_factory=Limits)
    tool_calls: tuple[ToolCall, ...] = ()
    model: str = ""
    request_id: str = ""


class Answering:
    """Reads one reply in a thread of its own.

    Life: `start`, then any number of `wait` and looks at `texts` and
    `reasonings`, which only grow, until `ended` is set; `close` always. The
    lists are the one place where the text is kept, so that an interrupt of
    the thread that draws can't lose any.
    """

    def __init__(self, client: Client, request: Mapping[str, Any], asked: Asked) -> None:
        self.texts: list[str] = []
        self.reasonings: list[str] = []
        self.first_token: float | None = None
        self.ended = threading.Event()
        self.outcome = Outcome()
        self._client = client
        self._request = request
        self._asked = asked
        self._exchange = Exchange()
        self._news = threading.Condition()
        self._calls: dict[int, ToolCall] = {}
        self._think = ThinkSplitter()
        self._whole = WholeCharacters(), WholeCharacters()
        self._odd = ""
        self._thread = threading.Thread(target=self._read, name="groq-magic-reader", daemon=True)

    def start(self) -> None:
        """Send the request; where no thread can be started, end with a fault."""
        try:
            self._thread.start()
        except RuntimeError:
            self._fail(no_thread())
            self._end()

    def wait(self, seconds: float, seen: int = 0) -> None:
        """Wait for more than `seen` pieces or the end, at most `seconds`."""
        with self._news:
            self._news.wait_for(
                lambda: self.ended.is_set() or len(self.texts) + len(self.reasonings) > seen,
                seconds,
            )

    def stop(self) -> None:
        """Shut its own connection: the service sees it at once and stops generating."""
        self._exchange.cancel()

    def close(self) -> None:
        """End the thread; one in a name look-up ends by itself, with the connect timeout."""
        if self._thread.ident is None:
            return
        self._thread.join(_LINGER)
        if self._thread.is_alive() and not self._exchange.cancelled.is_set():
            self.stop()
            self._thread.join(_LINGER)

    @property
    def text(self) -> str:
        """The answer so far."""
        return "".join(self.texts)

    @property
    def reasoning(self) -> str:
        """The reasoning so far."""
        return "".join(self.reasonings)

    def _read(self) -> None:
        opened = False
        try:
            opening = self._client.open(
                self._request, timeout=self._asked.timeout, exchange=self._exchange
            )
            with opening as response:
                opened = True
                self.outcome = replace(self.outcome, limits=response.limits)
                if self._request.get("stream") and not response.is_document:
                    self._read_stream(response)
                else:
                    self._read_whole(response)
        except Exception as failure:  # noqa: BLE001 - whatever it is becomes a fault, with the text kept
            # After finish_reason nothing is missing; after a stop the failure is our own.
            over = self.ended.is_set() or self.outcome.finish_reason is not None
            if not over and not self._exchange.cancelled.is_set():
                self._fail(fault_of(failure, self._asked, sent=opened))
        finally:
            self._end()

    def _read_stream(self, response: Response) -> None:
        reader = EventReader()
        try:
            for piece in response.pieces:
                for event in reader.feed(piece):
                    if not self.ended.is_set():
                        self._take(event)
        finally:
            # What arrived counts, though the connection broke before its blank line.
            for event in reader.finish():
                if not self.ended.is_set() and _is_json(event.data):
                    self._take(event)
        if not self._has_come:
            self._fail(unreadable(self._odd) if self._odd else nothing_came())

    @property
    def _has_come(self) -> bool:
        known = self.outcome
        return bool(
            self.texts or self.reasonings or self._calls or known.finish_reason or known.fault
        )

    def _take(self, event: Event) -> None:
        if event.data.strip() == "[DONE]":
            self._end()
            return
        if event.name not in {"", "message", "error"}:
            return
        data = _parsed(event.data)
        chunk = chunk_of(data)
        if event.name == "error" or chunk.error:
            self._fail(fault_of_body(None, chunk.error or data or event.data, {}, self._asked))
            self._end()
        elif chunk.recognised:
            self._add(chunk)
        elif data is None:
            self._fail(garbled() if self._has_come else unreadable(event.data))
            self._end()
        else:
            self._odd = self._odd or event.data

    def _read_whole(self, response: Response) -> None:
        body = b"".join(response.pieces).decode("utf-8", "replace")
        data = _parsed(body)
        chunk = chunk_of(data)
        if chunk.error:
            self._fail(fault_of_body(None, data, {}, self._asked))
        elif not chunk.recognised:
            self._fail(unreadable(body))
        else:
            self._add(chunk)
            if not self._has_come:
                self._fail(nothing_came())

    def _add(self, chunk: Chunk) -> None:
        if chunk.cut:
            self._cut(chunk.cut)
            return
        answer, thought = self._think.feed(chunk.text) if chunk.text else ("", "")
        if chunk.finish_reason:
            more, held = self._think.finish()
            answer, thought = answer + more, thought + held
        for call in chunk.tool_calls:
            self._add_call(call)
        known = self.outcome
        # The chunks between the first and the last bring nothing but text.
        if chunk.finish_reason or chunk.usage or not known.request_id:
            self.outcome = replace(
                known,
                finish_reason=chunk.finish_reason or known.finish_reason,
                usage=chunk.usage or known.usage,
                model=known.model or chunk.model,
                request_id=known.request_id or chunk.request_id,
            )
        self._tell(answer, chunk.reasoning + thought)

    def _cut(self, told: object) -> None:
        """End an answer that the service gives up: what has come counts, cut off."""
        fault = fault_of_body(None, told, {}, self._asked)
        if self.texts:
            self.outcome = replace(self.outcome, cut=fault.error.happened)
        else:
            self._fail(fault)
        self._end()

    def _tell(self, answer: str, reasoning: str) -> None:
        answer, reasoning = self._whole[0].feed(answer), self._whole[1].feed(reasoning)
        self._append(answer, reasoning)

    def _append(self, answer: str, reasoning: str) -> None:
        if not answer and not reasoning:
            return
        if self.first_token is None:
            self.first_token = time.monotonic()
        with self._news:
            if answer:
                self.texts.append(answer)
            if reasoning:
                self.reasonings.append(reasoning)
            self._news.notify_all()

    def _add_call(self, part: ToolCall) -> None:
        known = self._calls.get(part.index)
        if known is not None:
            part = ToolCall(
                part.index,
                known.id or part.id,
                known.name or part.name,
                known.arguments + part.arguments,
            )
        self._calls[part.index] = part

    def _fail(self, fault: Fault) -> None:
        self.outcome = replace(
            self.outcome, fault=fault, limits=self.outcome.limits.updated(fault.limits)
        )

    def _end(self) -> None:
        if self.ended.is_set():
            return
        self._tell(*self._think.finish())
        self._append(self._whole[0].finish(), self._whole[1].finish())
        calls = tuple(self._calls[index] for index in sorted(self._calls))
        self.outcome = replace(self.outcome, tool_calls=calls)
        with self._news:
            self.ended.set()
            self._news.notify_all()


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _is_json(text: str) -> bool:
    return text.strip() == "[DONE]" or _parsed(text) is not None
