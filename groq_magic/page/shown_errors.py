"""Errors that no cell raises: those that IPython only displays, and those of threads and tasks."""

from __future__ import annotations

import logging
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BackgroundError", "BackgroundErrors", "last_shown"]

_MOST = 5
_LOGGER = "asyncio"


def last_shown() -> BaseException | None:
    """Return the error that IPython has displayed last, None without one.

    `%%capture`, `%run` and a `__repr__` that raises display a traceback, but the
    cell succeeds.
    """
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    return error if isinstance(error, BaseException) else None


@dataclass(frozen=True)
class BackgroundError:
    """An error of a thread or a background task.

    Parameters
    ----------
    error : BaseException
    origin : {"thread", "background task"}
    """

    error: BaseException = field(repr=False)
    origin: Literal["thread", "background task"]


class BackgroundErrors:
    """Records the errors of threads and of asyncio's tasks; they are displayed as before."""

    def __init__(self) -> None:
        # Appending to a deque is safe in any thread; each error keeps its frames alive.
        self._errors: deque[BackgroundError] = deque(maxlen=_MOST)
        self._is_installed = False
        self._before: Callable[[threading.ExceptHookArgs], object] | None = None

    def install(self) -> None:
        """Begin to record errors."""
        self._is_installed = True
        self._before = threading.excepthook
        threading.excepthook = self._thread_failed
        # A filter: with a log handler, Python would no longer print unhandled errors.
        logging.getLogger(_LOGGER).addFilter(self._task_failed)

    def uninstall(self) -> None:
        """Stop recording errors; a hook that was set after ours stays, and calls ours."""
        self._is_installed = False
        if threading.excepthook == self._thread_failed and self._before is not None:
            threading.excepthook = self._before
        logging.getLogger(_LOGGER).removeFilter(self._task_failed)
        self._errors.clear()

    @property
    def is_any(self) -> bool:
        """Whether there are errors since the last `take`."""
        return bool(self._errors)

    def take(self) -> list[BackgroundError]:
        """Return the errors since the last call, the oldest first."""
        taken = []
        while self._errors:
            taken.append(self._errors.popleft())
        return taken

    def _thread_failed(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            self._note(args.exc_value, "thread")
        (self._before or threading.__excepthook__)(args)

    def _task_failed(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self._note(error, "background task")
        return True

    def _note(self, error: BaseException, origin: Literal["thread", "background task"]) -> None:
        if self._is_installed:
            self._errors.append(BackgroundError(error, origin))
