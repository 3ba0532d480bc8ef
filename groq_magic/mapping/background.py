"""A map that runs in a thread and displays nothing."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

from groq_magic.api.sdk_faults import no_thread
from groq_magic.mapping.map_run import MapRun

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from groq_magic.mapping.map_run import RunContext
    from groq_magic.mapping.prepare import PreparedMap

__all__ = ["BackgroundMap"]

# Seconds that `stop` waits.
_END_WITHIN = 2.0


class BackgroundMap:
    """A map in a thread.

    Parameters
    ----------
    name : str
        The variable for the result.
    prepared : PreparedMap
    context : RunContext
    finish : callable
        Takes the run and the frame, None if it can't be made. Called in the main thread.
    """

    def __init__(
        self,
        name: str,
        prepared: PreparedMap,
        context: RunContext,
        finish: Callable[[MapRun, Any], None],
    ) -> None:
        self.name = name
        self._prepared, self._finish = prepared, finish
        self._stopped, self._over = threading.Event(), threading.Event()
        self._run = MapRun(prepared.plan, context, None, self._stopped.is_set)
        self._frame: Any = None
        self._failure = ""
        self._lines: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether the thread is done, so that `finish` may be called."""
        return self._over.is_set()

    @property
    def words(self) -> str:
        """The progress in one line."""
        progress = self._run.progress() if self.is_over else self._run.latest
        line = f"{progress.done:,} of {progress.total:,} rows"
        if progress.failed:
            line += f", {progress.failed:,} failed"
        if not self.is_over:
            return f"{line}; {progress.waiting_for}" if progress.waiting_for else f"{line}; running"
        return "; ".join((line, self._failure or self._run.reason or "done", *self._lines))

    def start(self, on_end: Callable[[], None]) -> None:
        """Start the thread.

        Parameters
        ----------
        on_end : callable
            Called in the thread when it is done.

        Raises
        ------
        GroqMagicError
            When the process can't start another thread.
        """
        thread = threading.Thread(
            target=self._work, args=(on_end,), name="groq-magic-map-run", daemon=True
        )
        try:
            thread.start()
        except RuntimeError:
            self._prepared.journal.close()
            failed = no_thread().error
        else:
            return
        raise failed

    def writes(self, journal: Path, run: str | None) -> bool:
        """Return whether this run writes to a journal, and is called `run` if a name is given."""
        prepared = self._prepared
        is_same = prepared.journal.path.absolute() == journal.absolute()
        return is_same and run in {None, prepared.settings.name}

    def stop(self) -> None:
        """End the map; the frame has the answers so far."""
        self._stopped.set()
        self._over.wait(_END_WITHIN)

    def finish(self) -> None:
        """Set the variable; call this in the main thread."""
        self._finish(self._run, self._frame)

    def _work(self, on_end: Callable[[], None]) -> None:
        try:
            self._run.run()
        except Exception as failure:  # noqa: BLE001 - `%groq_runs` shows it: no caller waits for this thread
            self._failure = f"The run failed ({type(failure).__name__})."
        with contextlib.suppress(Exception):
            self._frame = self._run.frame()
        self._prepared.journal.close(is_stopped=self._stopped.is_set())
        self._lines = self._prepared.journal.lines()
        self._over.set()
        # The kernel may have ended meanwhile.
        with contextlib.suppress(RuntimeError):
            on_end()
