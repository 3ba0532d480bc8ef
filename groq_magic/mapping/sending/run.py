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
from groq_magic.mapping.sending.row_sender import Failures, RowSender, SendResult
from groq_magic.mapping.sending.row_source import RowSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Self

    from groq_magic.api.account import Account
    from groq_magic.api.send import Outcome
    from groq_magic.mapping.sending.journal import Journal
    from groq_magic.mapping.sending.progress import RunProgress
    from groq_magic.mapping.sending.row_request import RowRequest, Split
    from groq_magic.mapping.sending.run_settings import RunSettings

__all__ = ["Run"]

# Requests queued for each thread, so that threads have work while the caller is busy.
_QUEUED = 8
# Times in seconds: for looking up rows before `take` returns some, for waiting for threads at the
# end of a run, and between checks of the budget.
_LOOK_UP, _END_WITHIN, _POLL = 0.02, 0.15, 0.05
_Row = tuple[str, RowAnswer]


class Run:
    """Sends requests, several at a time, and returns answers as they arrive.

    The thread that calls `take` makes the requests. An answer is in the journal before `take`
    returns it. Memory does not grow with the number of rows.

    Parameters
    ----------
    requests : iterable of RowRequest
        A key may occur only once.
    journal : Journal
    account : callable
        Returns the service and the key. Called by `take` before the first request is sent.
    settings : RunSettings
    request_for : callable
        Takes the keys of some rows of one request, and returns a request for them alone. Called
        by `take` if the journal has answers to the other rows.
    split : callable
        Takes a request and its answer, and returns the answers to its rows. Called in a thread
        of the run, like `on_sent`.
    nearest : callable
        Takes the id of a refused model, and returns one to suggest instead.
    on_sent : callable
        Takes a request and its outcome.

    Attributes
    ----------
    reason : str
        Why the run ended before its last row, a sentence; "" if it did not.
    error : GroqMagicError or None
        The error that ended the run.
    is_out_of_budget : bool
        Whether the budget ended the run.
    """

    def __init__(  # noqa: PLR0913 - all that a run uses, by name
        self,
        requests: Iterable[RowRequest],
        *,
        journal: Journal,
        account: Callable[[], Account],
        settings: RunSettings,
        request_for: Callable[[Sequence[str]], RowRequest],
        split: Callable[[RowRequest, RowAnswer], Split],
        nearest: Callable[[str], str],
        on_sent: Callable[[RowRequest, Outcome], object],
    ) -> None:
        self.reason, self.is_out_of_budget = "", False
        self.error: GroqMagicError | None = None
        self._settings = settings
        self._source = RowSource(requests, None if settings.again else journal, request_for)
        self._journal, self._account, self._split = journal, account, split
        self._nearest, self._on_sent = nearest, on_sent
        self._tally = Tally(settings.budget)
        self._sender: RowSender | None = None
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._is_abandoned = False
        self._threads: list[threading.Thread] = []
        self._exchanges: set[Exchange] = set()
        self._queue: SimpleQueue[RowRequest | None] = SimpleQueue()
        # Requests that are queued or running.
        self._open = 0
        self._failures, self._changed = Failures(), threading.Event()
        self._answered: deque[_Row] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def is_over(self) -> bool:
        """Whether `take` will return no more answers."""
        is_done = self._open == 0 and (self._source.is_exhausted or self._ended.is_set())
        # The answers are read last: a request that has just ended may have added one.
        return (is_done or self._is_abandoned) and not self._answered

    def take(self, timeout: float) -> list[_Row]:
        """Return the keys and answers that have arrived; wait for them at most `timeout` seconds.

        It also makes the next requests, so it has to be called until `is_over`.
        """
        try:
            found = self._queue_requests()
            if not found and not self.is_over:
                self._changed.wait(timeout)
            self._changed.clear()
            while self._answered:
                found.append(self._answered.popleft())
            if self.is_over:
                self.stop()
        except BaseException:
            self.stop()
            raise
        return found

    def stop(self, reason: str = "Stopped.") -> None:
        """Cancel all requests, from any thread; `take` still returns the answers so far."""
        if self.is_over:
            reason = ""
        self._end(reason)
        until = time.monotonic() + _END_WITHIN
        try:
            for thread in self._threads:
                if thread is not threading.current_thread():
                    thread.join(max(0.0, until - time.monotonic()))
        finally:
            # A thread that can't be interrupted, as in a DNS lookup, ends later.
            self._is_abandoned = True

    def progress(self) -> RunProgress:
        """Return the progress so far."""
        return self._tally.progress(is_over=self.is_over)

    def _end(
        self, reason: str, error: GroqMagicError | None = None, *, is_out_of_budget: bool = False
    ) -> None:
        with self._lock:
            if self._ended.is_set():
                return
            self._ended.set()
            self.reason, self.error, self.is_out_of_budget = reason, error, is_out_of_budget
            exchanges = tuple(self._exchanges)
        for exchange in exchanges:
            exchange.cancel()
        for _ in range(self._settings.concurrency):
            self._queue.put(None)
        self._changed.set()

    def _queue_requests(self) -> list[_Row]:
        """Queue requests for the threads; return rows whose answers are in the journal."""
        found: list[_Row] = []
        until = time.monotonic() + _LOOK_UP
        enough = _QUEUED * self._settings.concurrency
        while self._open < enough and not self._source.is_exhausted and not self._ended.is_set():
            rows = self._source.take()
            self._tally.take_from_journal(len(rows.known))
            found += rows.known
            if rows.unknown is not None:
                self._send_in_thread(rows.unknown)
            if found and time.monotonic() > until:
                break
        return found

    def _send_in_thread(self, request: RowRequest) -> None:
        if self._sender is None:
            try:
                self._sender = self._new_sender()
            except GroqMagicError as error:
                self._end(error.happened, error)
                return
        self._enqueue(request)
        if len(self._threads) < min(self._open, self._settings.concurrency):
            self._start_thread()

    def _enqueue(self, request: RowRequest) -> None:
        """Queue a request, unless the run has ended."""
        with self._lock:
            # After the end no thread takes it from the queue, and `is_over` would stay False.
            if not self._ended.is_set():
                self._open += 1
                self._queue.put(request)

    def _new_sender(self) -> RowSender:
        settings = self._settings
        return RowSender(
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
                self._is_abandoned = True
            return
        self._threads.append(thread)

    def _work(self) -> None:
        while (request := self._queue.get()) is not None:
            rows: list[_Row] = []
            try:
                rows = self._answers_to(request)
            except GroqMagicError as fault:
                self._end(fault.happened, fault)
            except Exception as failure:  # noqa: BLE001 - a failure of one row doesn't end the run
                error = f"The row failed ({type(failure).__name__})."
                rows = self._failed(request, RowAnswer.failure(request.model, error))
            # The answers first: `is_over` must not be True before they are there.
            self._answered.extend(rows)
            with self._lock:
                self._open -= 1
            self._changed.set()

    def _answers_to(self, request: RowRequest) -> list[_Row]:
        """Send a request, write its answers to the journal, and return them by row."""
        result = self._send(request)
        if result is None:
            return []
        if result.answer is None:
            self._end("The connection was closed.")
            return []
        if (error := self._failures.fatal_error(result)) is not None:
            self._end(error.happened, error)
            return []
        if result.answer.error and not result.may_be_split:
            return self._failed(request, result.answer)
        split = self._split(request, result.answer)
        for each in split.again:
            self._enqueue(each)
        valid = {key: answer for key, answer in split.answers.items() if not answer.error}
        if valid:
            self._journal.put(self._settings.name, request.model, valid)
        self._tally.add_rows(split.answers.values())
        return list(split.answers.items())

    def _send(self, request: RowRequest) -> SendResult | None:
        """Send a request once the budget allows it; return None if the run has ended."""
        while (allowed := self._tally.allows(request)) is None and not self._ended.wait(_POLL):
            pass
        if allowed is False and self._settings.budget is not None:
            self._end(self._settings.budget.used_up, is_out_of_budget=True)
        exchange, sender = Exchange(), self._sender
        with self._lock:
            if self._ended.is_set() or sender is None:
                return None
            self._exchanges.add(exchange)
        result = None
        try:
            result = sender.send(request, exchange)
        finally:
            with self._lock:
                self._exchanges.discard(exchange)
            self._tally.wait(request, None)
            self._tally.add_request(request, result.usage if result is not None else None)
        return result

    def _failed(self, request: RowRequest, answer: RowAnswer) -> list[_Row]:
        self._tally.add_rows([answer] * len(request.keys))
        return [(key, answer) for key in request.keys]
