"""A time limit for a call in the main thread: a timer interrupts its Python code."""

from __future__ import annotations

import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

__all__ = ["TimeLimitError", "call_within"]

_Returned = TypeVar("_Returned")
# Code that continues after an interrupt gets another one each second.
_AGAIN = 1.0
_POLL = 0.05


class TimeLimitError(Exception):
    """A call was interrupted at its time limit."""


def call_within(
    seconds: float, call: Callable[[], _Returned], stopped: threading.Event | None = None
) -> _Returned:
    """Return what a call returns, unless it takes longer than a time limit.

    ■ interrupts the call too, even where interrupts are deferred. Code in C can't be
    interrupted: the call ends when that code does. Nor can a call that restores the
    system's own handler, under which an interrupt would end the process.

    Parameters
    ----------
    seconds : float
    call : callable
    stopped : threading.Event, optional
        Set in another thread, it interrupts the call as ■ does.

    Raises
    ------
    TimeLimitError
        At the limit; never outside of the main thread, where no signal arrives.
    KeyboardInterrupt
        At ■, and when `stopped` is set.
    """
    if threading.current_thread() is not threading.main_thread():
        return call()
    timer = _Timer(seconds, stopped or threading.Event())
    try:
        try:
            timer.start()
            return call()
        finally:
            try:
                timer.stop()
            except KeyboardInterrupt:
                # An interrupt came before `stop` had restored the handler.
                timer.stop()
                raise
    except BaseException:
        if not timer.has_interrupted:
            raise
    # Raised outside of `except`: user code may have turned the interrupt into any error.
    if timer.is_stopped:
        raise KeyboardInterrupt
    raise TimeLimitError


class _Timer:
    """Interrupts the main thread at the time limit, and each second from then on."""

    def __init__(self, seconds: float, stopped: threading.Event) -> None:
        self.has_interrupted = False
        self.is_stopped = False
        self._seconds = seconds
        self._stopped = stopped
        self._is_due = False
        self._ended = threading.Event()
        self._before = signal.getsignal(signal.SIGINT)
        self._thread = threading.Thread(target=self._run, name="groq-magic-timer", daemon=True)

    def start(self) -> None:
        signal.signal(signal.SIGINT, self._interrupt)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        try:
            if self._thread.ident is not None:
                # After this the timer sends no more signals.
                self._thread.join()
        finally:
            # None: a handler that wasn't installed from Python, which can't be restored.
            before = signal.default_int_handler if self._before is None else self._before
            signal.signal(signal.SIGINT, before)

    def _run(self) -> None:
        due = time.monotonic() + self._seconds
        while not self._ended.wait(max(0.0, min(_POLL, due - time.monotonic()))):
            is_stopped = self._stopped.is_set() and not self.is_stopped
            if time.monotonic() < due and not is_stopped:
                continue
            self.is_stopped |= is_stopped
            due = time.monotonic() + _AGAIN
            if not callable(signal.getsignal(signal.SIGINT)):
                # The call has set the system's own handler: a signal would end the process.
                continue
            self._is_due = True
            if sys.platform == "win32":
                signal.raise_signal(signal.SIGINT)
            else:
                # To the main thread, so that it ends a sleep or a read there.
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        is_due, self._is_due = self._is_due, False
        if not is_due and callable(self._before):
            # A handler that defers interrupts has to see this one.
            self._before(number, frame)
        if not self._ended.is_set():
            self.has_interrupted |= is_due
            raise KeyboardInterrupt
