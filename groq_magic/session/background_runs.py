"""Runs in background threads; each sets a variable of the user at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from groq_magic.session.executions import Owner

__all__ = ["BackgroundRun", "BackgroundRuns"]

# Finished runs in the list.
_MOST_LISTED = 20
_EVENTS = ("pre_run_cell", "post_run_cell")


class BackgroundRun(Protocol):
    """Protocol for a run in a thread."""

    @property
    def name(self) -> str:
        """The variable that it sets."""

    @property
    def is_over(self) -> bool:
        """Whether it can be finished."""

    @property
    def words(self) -> str:
        """Its progress, in one line."""

    def writes(self, journal: Path, run: str | None) -> bool:
        """Return whether it writes answers of a run, or any, to a journal."""

    def stop(self) -> None:
        """Stop it; answers so far are kept."""

    def finish(self) -> None:
        """Set its variable; in the main thread."""


class BackgroundRuns:
    """The background runs of a session; their variables are set between cells.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    owner : Owner
        The thread that sets variables.
    """

    def __init__(self, shell: Any, owner: Owner) -> None:
        self._shell, self._owner = shell, owner
        self._running: list[BackgroundRun] = []
        self._over: list[tuple[str, str]] = []

    def add(self, run: BackgroundRun) -> None:
        """Add a run, before it begins."""
        if not self._running:
            for event in _EVENTS:
                self._shell.events.register(event, self._between_cells)
        self._running.append(run)

    def end(self) -> None:
        """Deliver finished runs when the kernel is idle; in any thread."""
        self._owner.hand_over(self.deliver)

    def running(self, name: str = "") -> tuple[BackgroundRun, ...]:
        """Return the unfinished runs, all or those with this variable."""
        return tuple(run for run in self._running if name in {"", run.name})

    def lines(self) -> tuple[tuple[str, str], ...]:
        """Return the name and progress of each run; unfinished ones come first."""
        return (*((run.name, run.words) for run in self._running), *reversed(self._over))

    def clear(self) -> None:
        """Remove finished runs from the list."""
        self._over.clear()

    def deliver(self) -> None:
        """Set the variables of finished runs; without effect outside the owner's thread."""
        if not self._owner.is_here:
            return
        for run in [run for run in self._running if run.is_over]:
            # Before its variable is set, since that may start a cell.
            self._running.remove(run)
            self._over = [*self._over, (run.name, run.words)][-_MOST_LISTED:]
            run.finish()
            self._unregister()

    def close(self) -> None:
        """Stop all runs."""
        for run in self._running:
            run.stop()
        if self._running:
            self._running.clear()
            self._unregister()

    def _between_cells(self, _cell: object) -> None:
        self.deliver()

    def _unregister(self) -> None:
        """Unregister from the shell's events if no run is left."""
        if not self._running:
            for event in _EVENTS:
                self._shell.events.unregister(event, self._between_cells)
