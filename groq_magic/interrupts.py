"""Interrupts by the notebook's ■: deferred to a safe point, and shown as one line."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Self, TypeVar

from groq_magic.errors import InterruptedAskError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

__all__ = ["Interrupts", "interruptible", "interruptible_magic", "uninterrupted"]

_Result = TypeVar("_Result")
# The number of interrupts that are deferred; the next one raises.
_DEFERRED = 2


class Interrupts:
    """Context manager: an interrupt within it is deferred, and sets `came`.

    Without it a KeyboardInterrupt could stop painting or finishing half way.
    Code that waits checks `came` at least every 50 ms. The first two interrupts
    only set it; the third raises KeyboardInterrupt, which ends code that hangs.
    In threads other than the main one, where no interrupt arrives, it has no effect.

    Raises
    ------
    KeyboardInterrupt
        Anywhere in the main thread, at the third interrupt.
    """

    def __init__(self) -> None:
        self.came = False
        self._count = 0
        self._before: signal.Handlers | object | None = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            before = signal.signal(signal.SIGINT, self._note)
            # None: a handler that wasn't installed from Python, which can't be restored.
            self._before = signal.default_int_handler if before is None else before
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._restore()

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.came = True
        self._count += 1
        if self._count > _DEFERRED:
            # The code that cleans up may hang, too.
            self._restore()
            raise KeyboardInterrupt

    def _restore(self) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)  # type: ignore[arg-type]  # what signal() itself returned


def uninterrupted(make: Callable[[], _Result]) -> _Result:
    """Return what `make` returns, and raise an interrupt only afterwards; for imports.

    An interrupt within the definition of a class becomes another error in Python.

    Raises
    ------
    KeyboardInterrupt
        When the user has stopped it.
    """
    with Interrupts() as interrupts:
        made = make()
    if interrupts.came:
        raise KeyboardInterrupt
    return made


def interruptible(
    make: Callable[[], _Result],
    happened: str = "Stopped before anything was sent.",
    remedy: str = "Run the cell again.",
) -> _Result:
    """Return what `make` returns; an interrupt becomes an error of one line.

    A KeyboardInterrupt would show the frames of the code that it interrupts, which
    may contain the key; in a task it would end the kernel's loop.

    Parameters
    ----------
    make : callable
    happened, remedy : str
        Of the error.

    Raises
    ------
    InterruptedAskError
        When the user stops it; without the frames of the interrupted code.
    """
    try:
        return make()
    except KeyboardInterrupt:
        pass
    # Raised outside of `except`, it has no context.
    raise InterruptedAskError(happened, remedy)


def interruptible_magic(call: Callable[[], _Result]) -> _Result:
    """Return what a magic returns, as `interruptible` does; something may have been sent."""
    return interruptible(call, "Stopped.", "`%groq_history` shows what is kept.")
