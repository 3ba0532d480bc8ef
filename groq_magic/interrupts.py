"""The notebook's ■: noticed when it suits, never in the middle of something."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Self, TypeVar

from groq_magic.errors import InterruptedAskError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

__all__ = ["Interrupts", "in_one_line", "undisturbed", "unsent"]

_Result = TypeVar("_Result")
# So many interrupts are deferred; the next one raises.
_DEFERRED = 2


class Interrupts:
    """Takes interrupts while it is entered, and remembers that one came.

    Without it a KeyboardInterrupt could break off painting or finishing half
    way. Whoever waits looks at `came` at least every 50 ms. The first two
    interrupts only set `came`; each later one raises KeyboardInterrupt, which
    ends whatever hangs. In a thread other than the main one no interrupt
    arrives, and nothing is changed.

    Raises
    ------
    KeyboardInterrupt
        Wherever the main thread is, at the third interrupt.
    """

    def __init__(self) -> None:
        self.came = False
        self._count = 0
        self._before: signal.Handlers | object | None = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            before = signal.signal(signal.SIGINT, self._note)
            # None: a handler that wasn't installed from Python, which can't be put back.
            self._before = signal.default_int_handler if before is None else before
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._put_back()

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.came = True
        self._count += 1
        if self._count > _DEFERRED:
            # Cleaning up may hang too.
            self._put_back()
            raise KeyboardInterrupt

    def _put_back(self) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)  # type: ignore[arg-type]  # what signal() itself returned


def undisturbed(make: Callable[[], _Result]) -> _Result:
    """Return what is made in one go, an import for instance; an interrupt ends it after that.

    Within the definition of a class Python would make another error of it.

    Raises
    ------
    KeyboardInterrupt
        When the user has broken it off.
    """
    with Interrupts() as interrupts:
        made = make()
    if interrupts.came:
        raise KeyboardInterrupt
    return made


def unsent(
    make: Callable[[], _Result],
    happened: str = "Stopped before anything was sent.",
    remedy: str = "Run the cell again.",
) -> _Result:
    """Return what is made before an ask is sent; an interrupt breaks it off.

    Parameters
    ----------
    make : callable
        May run the user's own code, or the SDK's.
    happened, remedy : str
        The error's words where it did send something.

    Raises
    ------
    InterruptedAskError
        When the user breaks it off. It carries no frames of what was
        interrupted, which may hold the key.
    """
    try:
        return make()
    except KeyboardInterrupt:
        pass
    # Raised out here, it has no context.
    raise InterruptedAskError(happened, remedy)


def in_one_line(call: Callable[[], _Result]) -> _Result:
    """Return what a call returns; an interrupt that gets through ends it in one line.

    A KeyboardInterrupt from a task that a cell started would end the kernel's
    loop, and in a cell it would show the frames of what it broke off.

    Parameters
    ----------
    call : callable

    Raises
    ------
    InterruptedAskError
        Instead of a KeyboardInterrupt.
    """
    try:
        return call()
    except KeyboardInterrupt:
        pass
    # Raised out here, it has no context.
    raise InterruptedAskError("Stopped.", "`%groq_history` shows what is kept.")
