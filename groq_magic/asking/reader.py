"""Read one answer in a thread, while the caller draws it."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from groq_magic.api.exchange import LINGER, Exchange
from groq_magic.api.sdk_faults import no_thread
from groq_magic.api.send import Outcome, Wait

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.ledger.ledger import Source

__all__ = ["ReadFunction", "Reader"]


class ReadFunction(Protocol):
    """Reads an answer in the calling thread: `api.send` with its request, or a stored answer."""

    def __call__(
        self,
        *,
        cancel: Exchange,
        on_delta: Callable[[str, str], object],
        on_wait: Callable[[Wait | None], object],
    ) -> Outcome:
        """Read it to its end."""


class Reader:
    """Reads one answer in a thread of its own.

    Call `start`, then `wait` and read `texts` and `reasonings`, which only grow, until `ended`
    is set; call `close` in any case. Only these lists have the text, so that an interrupt of
    the thread that draws can't lose any.

    Parameters
    ----------
    read : ReadFunction
    source : {"service", "cache", "replay"}
    """

    def __init__(self, read: ReadFunction, source: Source = "service") -> None:
        self.texts: list[str] = []
        self.reasonings: list[str] = []
        self.first_token: float | None = None
        self.waiting: Wait | None = None
        self.ended = threading.Event()
        self.outcome = Outcome()
        self.exchange = Exchange()
        self.source = source
        self._read_answer = read
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._read, name="groq-magic-reader", daemon=True)

    def start(self) -> None:
        """Begin to read; if no thread can be started, end with a fault."""
        try:
            self._thread.start()
        except RuntimeError:
            self.outcome = replace(self.outcome, fault=no_thread())
            self._end()

    def wait(self, seconds: float, seen: int = 0) -> None:
        """Wait for more than `seen` pieces or the end, at most `seconds`."""
        with self._news:
            self._news.wait_for(
                lambda: self.ended.is_set() or len(self.texts) + len(self.reasonings) > seen,
                seconds,
            )

    def stop(self) -> None:
        """Cancel the request."""
        self.exchange.cancel()

    def close(self) -> None:
        """End the thread; during a name look-up it ends only after the connect timeout."""
        if self._thread.ident is None:
            return
        self._thread.join(LINGER)
        if self._thread.is_alive() and not self.exchange.cancelled.is_set():
            self.stop()
            self._thread.join(LINGER)

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self.texts)

    @property
    def reasoning(self) -> str:
        """The reasoning so far."""
        return "".join(self.reasonings)

    def _read(self) -> None:
        try:
            self.outcome = self._read_answer(
                cancel=self.exchange, on_delta=self._add, on_wait=self._note_wait
            )
        finally:
            self._end()

    def _add(self, text: str, reasoning: str) -> None:
        if self.first_token is None:
            self.first_token = time.monotonic()
        with self._news:
            if text:
                self.texts.append(text)
            if reasoning:
                self.reasonings.append(reasoning)
            self._news.notify_all()

    def _note_wait(self, wait: Wait | None) -> None:
        self.waiting = wait

    def _end(self) -> None:
        with self._news:
            self.ended.set()
            self._news.notify_all()
