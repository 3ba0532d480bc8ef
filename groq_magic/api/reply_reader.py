"""Read one reply as it arrives: its deltas, and its outcome."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from groq_magic.api.deltas import Chunk, ThinkSplitter, WholeCharacters, chunk_of
from groq_magic.api.exchange import LINGER
from groq_magic.api.limits import Limits
from groq_magic.api.sdk_faults import fault_of, fault_of_body, garbled, nothing_came, unreadable
from groq_magic.api.sse import Event, EventReader
from groq_magic.api.tool_calls import ToolCall, ToolCalls

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from groq_magic.api.client import Client, Response
    from groq_magic.api.exchange import Exchange
    from groq_magic.api.fault import Fault, FaultContext

__all__ = ["Outcome", "ReplyReader"]

# An answer's text and reasoning; either may be empty.
_Delta = tuple[str, str]


@dataclass(frozen=True)
class Outcome:
    """How a request ended.

    Parameters
    ----------
    finish_reason : str or None
        From the API; None where it is missing: the answer is incomplete.
    fault : Fault or None
        The failure that ended it.
    cut : str
        Why the service ended it after some text, "" where it did not.
    usage : mapping or None
        Tokens and seconds, from the service.
    limits : Limits
        From the reply's headers.
    model, request_id : str
    tries : int
        How often it was sent.
    tool_calls : tuple of ToolCall
        The calls that the model asks for.
    executed_tools : tuple of dict
        Reports of the service about its own tools.
    """

    finish_reason: str | None = None
    fault: Fault | None = None
    cut: str = ""
    usage: Mapping[str, Any] | None = None
    limits: Limits = field(default_factory=Limits)
    model: str = ""
    request_id: str = ""
    tries: int = 1
    tool_calls: tuple[ToolCall, ...] = ()
    executed_tools: tuple[dict[str, Any], ...] = ()


class ReplyReader:
    """Sends one request once and reads its reply, streamed or whole.

    Parameters
    ----------
    context : FaultContext
        For the message of a fault.
    exchange : Exchange
        Cancels the request from another thread.
    on_limits : callable
        Receives the limits of the reply's headers, before any text.
    """

    def __init__(
        self, context: FaultContext, exchange: Exchange, on_limits: Callable[[Limits], object]
    ) -> None:
        self.outcome = Outcome()
        self.has_text = False
        self.has_begun = False
        self.is_open = False
        self._context = context
        self._exchange = exchange
        self._on_limits = on_limits
        self._think = ThinkSplitter()
        self._whole = WholeCharacters(), WholeCharacters()
        self._is_over, self._over_at = False, 0.0
        self._unrecognised = ""
        self._calls = ToolCalls()

    def deltas(self, client: Client, request: Mapping[str, Any]) -> Generator[_Delta]:
        """Yield text and reasoning as they arrive; `outcome` is complete afterwards."""
        timeout = self._context.timeout
        try:
            with client.open(request, timeout=timeout, exchange=self._exchange) as response:
                self.is_open = True
                self.outcome = replace(self.outcome, limits=response.limits)
                self._on_limits(response.limits)
                is_stream = request.get("stream") and not response.is_document
                for delta in (self._streamed if is_stream else self._at_once)(response):
                    if any(delta):
                        yield delta
        except Exception as failure:  # noqa: BLE001 - any failure becomes a fault; the text so far is kept
            # After finish_reason nothing is missing; after `cancel` the failure is expected.
            over = self._is_over or self.outcome.finish_reason is not None
            if not over and not self._exchange.cancelled.is_set():
                self._fail(fault_of(failure, self._context, sent=self.is_open))
        if any(delta := self._rest()):
            yield delta

    def _streamed(self, response: Response) -> Iterator[_Delta]:
        for event in self._events(response):
            if not self._is_over:
                yield self._take(event)
        if not self._has_come:
            odd = self._unrecognised
            self._fail(unreadable(odd) if odd else nothing_came())

    def _events(self, response: Response) -> Iterator[Event]:
        reader, broken = EventReader(), None
        try:
            for piece in response.pieces:
                yield from reader.feed(piece)
                # Bytes after the end are read, too, so that the connection can be used again.
                if self._is_over and time.monotonic() > self._over_at + LINGER:
                    return
        except Exception as failure:  # noqa: BLE001 - raised again below
            broken = failure
        # The last event counts, even if the connection broke before its blank line.
        yield from (event for event in reader.finish() if _is_json(event.data))
        if broken is not None:
            raise broken

    def _at_once(self, response: Response) -> Iterator[_Delta]:
        body = b"".join(response.pieces).decode("utf-8", "replace")
        data = _parsed(body)
        chunk = chunk_of(data)
        if chunk.error:
            self._fail(fault_of_body(None, data, {}, self._context))
        elif not chunk.recognised:
            self._fail(unreadable(body))
        else:
            yield self._add(chunk)
            if not self._has_come:
                self._fail(nothing_came())

    @property
    def _has_come(self) -> bool:
        known = self.outcome
        return bool(self.has_begun or known.finish_reason or known.fault)

    def _take(self, event: Event) -> _Delta:
        if event.data.strip() == "[DONE]":
            return self._rest()
        if event.name not in {"", "message", "error"}:
            return "", ""
        data = _parsed(event.data)
        chunk = chunk_of(data)
        if event.name == "error" or chunk.error:
            self._fail(fault_of_body(None, chunk.error or data or event.data, {}, self._context))
            return self._rest()
        if chunk.recognised:
            return self._add(chunk)
        if data is None:
            self._fail(garbled() if self._has_come else unreadable(event.data))
            return self._rest()
        self._unrecognised = self._unrecognised or event.data
        return "", ""

    def _add(self, chunk: Chunk) -> _Delta:
        if chunk.cut:
            return self._cut(chunk.cut)
        text, thought = self._think.feed(chunk.text) if chunk.text else ("", "")
        if chunk.finish_reason:
            more, kept = self._think.finish()
            text, thought = text + more, thought + kept
        known = self.outcome
        # The chunks between the first and the last contain only text.
        is_first = (chunk.request_id and not known.request_id) or (chunk.model and not known.model)
        if chunk.finish_reason or chunk.usage or is_first:
            self.outcome = replace(
                known,
                finish_reason=chunk.finish_reason or known.finish_reason,
                usage=chunk.usage or known.usage,
                model=known.model or chunk.model,
                request_id=known.request_id or chunk.request_id,
            )
        if chunk.tool_calls or chunk.executed_tools:
            self._add_tools(chunk)
        return self._noted(
            self._whole[0].feed(text), self._whole[1].feed(chunk.reasoning + thought)
        )

    def _add_tools(self, chunk: Chunk) -> None:
        self._calls.add(chunk.tool_calls)
        self._calls.add_executed(chunk.executed_tools)
        calls, executed = self._calls.whole(), self._calls.executed()
        self.outcome = replace(self.outcome, tool_calls=calls, executed_tools=executed)
        # A call is an answer: the request must not be sent again.
        self.has_begun = True

    def _cut(self, error: object) -> _Delta:
        """End an answer that the service ended early; text so far is kept, marked as incomplete."""
        fault = fault_of_body(None, error, {}, self._context)
        if self.has_text:
            self.outcome = replace(self.outcome, cut=fault.error.happened)
        else:
            self._fail(fault)
        return self._rest()

    def _rest(self) -> _Delta:
        """End the reply; return the text that was kept back because more might have followed."""
        if not self._is_over:
            self._is_over, self._over_at = True, time.monotonic()
            self._exchange.linger()
        text, thought = self._think.finish()
        texts, thoughts = self._whole
        return self._noted(
            texts.feed(text) + texts.finish(), thoughts.feed(thought) + thoughts.finish()
        )

    def _noted(self, text: str, reasoning: str) -> _Delta:
        self.has_text |= bool(text)
        self.has_begun |= bool(text or reasoning)
        return text, reasoning

    def _fail(self, fault: Fault) -> None:
        limits = self.outcome.limits.updated(fault.limits)
        self.outcome = replace(self.outcome, fault=fault, limits=limits)


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _is_json(text: str) -> bool:
    return text.strip() == "[DONE]" or _parsed(text) is not None
