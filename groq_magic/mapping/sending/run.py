"""A run: sends many requests in threads, and writes each answer to the journal at once."""

from __future__ import annotations

import threading
import time
from collections import deque
from queue import SimpleQueue
from typing import TYPE_CHECKING

from groq_magic.api.exchange import Exchange
from groq_magic.api.sdk_faults import no_thread
from groq_magic.api.share import Share
from groq_magic.errors import GroqMagicError
from groq_magic.mapping.sending.progress import Tally
from groq_magic.mapping.sending.row_request import RowAnswer
from groq_magic.mapping.sending.row_sending import Failures, RowSending, SendResult
from groq_magic.mapping.sending.row_source import RowSource, whole_request
from groq_magic.mapping.sending.run_settings import RunSettings, Split, same_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Self

    from groq_magic.api.account import Account
    from groq_magic.api.send import Outcome
    from groq_magic.mapping.sending.journal import Journal
    from groq_magic.mapping.sending.row_request import RowRequest
    from groq_magic.views.map.facts import MapProgress

__all__ = ["Run"]

# Requests that wait for each thread, so that threads have work while the caller is busy.
_AHEAD = 8
# For so many seconds rows are looked up before the caller gets those that were found.
_LOOK_UP = 0.02
# How long the end of a run waits for its threads.
_END_WITHIN = 0.15
_POLL = 0.05
_Row = tuple[str, RowAnswer]


class Run:
    """Sends requests, several at a time, and returns answers as they arrive.

    Requests are made, and answers returned, in the thread that calls `take` or iterates. An answer
    is in the journal before it is returned. Memory does not grow with the number of rows.

    Parameters
    ----------
    requests : iterable of RowRequest
        Their keys are distinct.
    journal : Journal
    account : callable
        Returns the service and the key; called, in the caller's thread, when the first
        request has to be sent.
    settings : RunSettings, optional
    rest : callable
        Takes a request, of which some rows are in the journal, and the keys of the others;
        returns requests for these, in the caller's thread.
    split : callable
        Takes a request and its answer, and returns the answers to its rows, in a thread.
    nearest : callable
        From a refused model's id to the one to use instead.
    on_sent : callable
        Takes a request and its outcome, in a thread of the run.

    Attributes
    ----------
    reason : str
        Why it ended before its last row, a sentence; "" where it did not.
    error : GroqMagicError or None
        The error that ended it.
    is_spent : bool
        Whether it ended at its budget.
    """

    def __init__(  # noqa: PLR0913 - all that a run uses, by name
        self,
        requests: Iterable[RowRequest],
        *,
        journal: Journal,
        account: Callable[[], Account],
        settings: RunSettings | None = None,
        rest: Callable[[RowRequest, tuple[str, ...]], Sequence[RowRequest]] = whole_request,
        split: Callable[[RowRequest, RowAnswer], Split] = same_answer,
        nearest: Callable[[str], str] = str,
        on_sent: Callable[[RowRequest, Outcome], object] = lambda _request, _outcome: None,
    ) -> None:
        self.reason, self.is_spent = "", False
        self.error: GroqMagicError | None = None
        self._settings = settings or RunSettings()
        self._source = RowSource(requests, None if self._settings.again else journal, rest)
        self._journal, self._account, self._split = journal, account, split
        self._nearest, self._on_sent = nearest, on_sent
        self._tally = Tally(self._settings.total, self._settings.budget)
        self._sending: RowSending | None = None
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._left_behind = False
        self._threads: list[threading.Thread] = []
        self._exchanges: set[Exchange] = set()
        self._waiting: SimpleQueue[RowRequest | None] = SimpleQueue()
        # How many requests wait for a thread or are running.
        self._open = 0
        self._failures, self._news = Failures(), threading.Event()
        self._came: deque[_Row] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __iter__(self) -> Iterator[_Row]:
        """Yield each row's key and answer; leaving the loop ends the run."""
        try:
            while not self.is_over:
                yield from self.take(_POLL)
        finally:
            self.stop()

    @property
    def is_over(self) -> bool:
        """Whether no more answers will come."""
        is_done = self._open == 0 and (self._source.is_exhausted or self._ended.is_set())
        # In this order: a request that has just closed may have added an answer.
        return (is_done or self._left_behind) and not self._came

    def take(self, timeout: float) -> list[_Row]:
        """Return the keys and answers that have arrived; wait at most `timeout` seconds."""
        try:
            found = self._feed()
            if not found and not self.is_over:
                self._news.wait(timeout)
            self._news.clear()
            while self._came:
                found.append(self._came.popleft())
            if self.is_over:
                self.stop()
        except BaseException:
            self.stop()
            raise
        return found

    def stop(self, reason: str = "Stopped.") -> None:
        """End the run, from any thread: cancel open requests; answers so far can still be taken."""
        if self.is_over:
            reason = ""
        self._end(reason)
        until = time.monotonic() + _END_WITHIN
        try:
            for thread in self._threads:
                if thread is not threading.current_thread():
                    thread.join(max(0.0, until - time.monotonic()))
        finally:
            # A thread that can't be interrupted, in a DNS lookup say, ends later.
            self._left_behind = True

    def progress(self) -> MapProgress:
        """Return how far it is."""
        return self._tally.progress(self._open, is_over=self.is_over)

    def _end(
        self, reason: str, error: GroqMagicError | None = None, *, is_spent: bool = False
    ) -> None:
        with self._lock:
            if self._ended.is_set():
                return
            self._ended.set()
            self.reason, self.error, self.is_spent = reason, error, is_spent
            exchanges = tuple(self._exchanges)
        for exchange in exchanges:
            exchange.cancel()
        for _ in range(self._settings.concurrency):
            self._waiting.put(None)
        self._news.set()

    def _feed(self) -> list[_Row]:
        """Queue requests for the threads; return rows whose answers are in the journal."""
        found: list[_Row] = []
        until = time.monotonic() + _LOOK_UP
        enough = _AHEAD * self._settings.concurrency
        while self._open < enough and not self._source.is_exhausted and not self._ended.is_set():
            rows = self._source.take()
            self._tally.take_from_journal(len(rows.known))
            found += rows.known
            for request in rows.unknown:
                self._put(request)
            if found and time.monotonic() > until:
                break
        return found

    def _put(self, request: RowRequest) -> None:
        if self._sending is None:
            try:
                self._sending = self._new_sending()
            except GroqMagicError as error:
                self._end(error.happened, error)
                return
        self._open_one(request)
        if len(self._threads) < min(self._open, self._settings.concurrency):
            self._start_thread()

    def _open_one(self, request: RowRequest) -> None:
        """Queue a request, unless the run has ended."""
        with self._lock:
            # A request queued after the end would never be taken, and the run never end.
            if not self._ended.is_set():
                self._open += 1
                self._waiting.put(request)

    def _new_sending(self) -> RowSending:
        settings = self._settings
        return RowSending(
            self._account(),
            Share(settings.share),
            settings.timeout,
            settings.tries,
            self._tally.wait,
            self._on_sent,
            self._nearest,
        )

    def _start_thread(self) -> None:
        thread = threading.Thread(target=self._work, name="groq-magic-map", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            if not self._threads:
                error = no_thread().error
                self._end(error.happened, error)
                self._left_behind = True
            return
        self._threads.append(thread)

    def _work(self) -> None:
        while (request := self._waiting.get()) is not None:
            rows: list[_Row] = []
            try:
                rows = self._answers_to(request)
            except GroqMagicError as fault:
                self._end(fault.happened, fault)
            except Exception as failure:  # noqa: BLE001 - one row's failure, whatever it is, ends no run
                error = f"The row failed ({type(failure).__name__})."
                rows = self._failed(request, RowAnswer.failure(request.model, error))
            # In this order: once a request is closed, all its answers must be there.
            self._came.extend(rows)
            with self._lock:
                self._open -= 1
            self._news.set()

    def _answers_to(self, request: RowRequest) -> list[_Row]:
        """Send a request, write its answers to the journal, and return them by row."""
        sent = self._sent(request)
        if sent is None:
            return []
        if sent.answer is None:
            self._end("The connection was closed.")
            return []
        if (error := self._failures.end_by(sent)) is not None:
            self._end(error.happened, error)
            return []
        if sent.answer.error and not sent.may_be_split:
            return self._failed(request, sent.answer)
        split = self._split(request, sent.answer)
        for each in split.again:
            self._open_one(each)
        whole = {key: answer for key, answer in split.answers.items() if not answer.error}
        if whole:
            self._journal.put(self._settings.name, request.model, whole)
        self._tally.add_rows(split.answers.values())
        return list(split.answers.items())

    def _sent(self, request: RowRequest) -> SendResult | None:
        """Send a request when the budget allows it; return None if the run ends before."""
        while (allowed := self._tally.allows(request)) is None and not self._ended.wait(_POLL):
            pass
        if allowed is False and self._settings.budget is not None:
            self._end(self._settings.budget.used_up, is_spent=True)
        exchange, sending = Exchange(), self._sending
        with self._lock:
            if self._ended.is_set() or sending is None:
                return None
            self._exchanges.add(exchange)
        sent = None
        try:
            sent = sending.send(request, exchange)
        finally:
            with self._lock:
                self._exchanges.discard(exchange)
            self._tally.wait(request, None)
            self._tally.add_request(request, sent.usage if sent is not None else None)
        return sent

    def _failed(self, request: RowRequest, answer: RowAnswer) -> list[_Row]:
        self._tally.add_rows([answer] * len(request.keys))
        return [(key, answer) for key in request.keys]
