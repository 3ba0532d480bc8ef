"""Find the execution of a cell that the running code belongs to, and the thread that may ask."""

from __future__ import annotations

import contextlib
import threading
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.errors import NotebookError
from groq_magic.page.cell import cell_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from groq_magic.conversation import CellRun

__all__ = ["Execution", "Executions", "Owner", "owner_of"]


@dataclass(frozen=True, eq=False)
class Execution:
    """One execution of a cell.

    Parameters
    ----------
    cell : str or None
        The cell's id, None where the front end sends none.
    run : CellRun or None
        Its record in the conversations.
    source : str
        The cell as typed, "" where unknown.
    number : int or None
        The number in brackets beside the cell, None where unknown.
    """

    cell: str | None
    run: CellRun | None
    source: str = ""
    number: int | None = None


class Executions:
    """Finds the execution that the running code belongs to.

    A task that a cell has started runs in a copy of the cell's context, even
    after the cell, while another one runs. IPython's own number and parent
    message are then those of the other cell (ipykernel 6), or missing.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell

    Attributes
    ----------
    cells_seen : set of str
        The ids of the cells that ran here.
    """

    def __init__(self, shell: Any) -> None:
        self.cells_seen: set[str] = set()
        self._shell = shell
        self._running: Execution | None = None
        self._begun = 0
        self._cells: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._mine: ContextVar[Execution | None] = ContextVar("groq_magic.execution", default=None)
        self._is_in_tool = False

    @property
    def current(self) -> Execution:
        """The execution that the running code belongs to."""
        mine = self._mine.get()
        if mine is not None:
            return mine
        # Code that no cell started, such as a button's callback, is not part of the running cell.
        cell = cell_id(self._shell) if self._running is None else None
        return Execution(cell, None)

    @property
    def idle_since(self) -> int | None:
        """The number of executions so far, None while one runs."""
        return None if self._running is not None else self._begun

    def begin(
        self,
        start: Callable[[str | None, int], CellRun | None],
        cell: str | None,
        source: str = "",
    ) -> Execution:
        """Begin an execution.

        Parameters
        ----------
        start : callable
            Returns the run for the cell's id and IPython's execution count.
        cell : str or None
            The cell's id.
        source : str
            The cell as typed, "" where unknown.
        """
        self._begun += 1
        run = start(cell, self._shell.execution_count)
        # Some versions of IPython count a cell before it runs, others after it.
        self._running = Execution(cell, run, source, self._shell.displayhook.prompt_count)
        self._mine.set(self._running)
        if cell is not None:
            self.cells_seen.add(cell)
            if self._running.number is not None:
                self._cells[self._running.number] = cell
                self._numbers[cell] = self._running.number
        return self._running

    def add_earlier(self, cells: Mapping[int, str]) -> None:
        """Add the cells that ran before the session, by their numbers."""
        self.cells_seen |= set(cells.values())
        self._cells = {**cells, **self._cells}
        self._numbers = {cell: number for number, cell in self._cells.items()}

    def number_of(self, cell: str) -> int | None:
        """Return the number in brackets beside a cell, None where it has not run here."""
        return self._numbers.get(cell)

    def cell_of(self, number: int | None) -> str:
        """Return the id of the cell with a number, "" where unknown."""
        return self._cells.get(number, "") if number is not None else ""

    @contextlib.contextmanager
    def in_tool(self) -> Iterator[None]:
        """Context in which a function runs that a model has called."""
        self._is_in_tool = True
        try:
            yield
        finally:
            self._is_in_tool = False

    def refuse_in_tool(self) -> None:
        """Refuse an ask by a function that a model has called: an ask is still running.

        Raises
        ------
        NotebookError
        """
        if self._is_in_tool:
            raise NotebookError(
                "A function that the model calls can't ask with groq_magic itself.",
                "`groq_magic.complete` works there.",
            )

    def end(self) -> None:
        """End the execution: later code in this context belongs to no cell."""
        self._running = None
        self._mine.set(None)


class Owner:
    """The one thread that a session belongs to.

    Parameters
    ----------
    thread : threading.Thread
    loop : object or None
        The kernel's event loop in it, for calls from other threads.
    """

    def __init__(self, thread: threading.Thread, loop: Any = None) -> None:
        self._thread = thread
        self._loop = loop

    @property
    def is_here(self) -> bool:
        """Whether the running thread is the owner."""
        return threading.current_thread() is self._thread

    def require(self, what: str) -> None:
        """Refuse any other thread.

        Raises
        ------
        NotebookError
        """
        if not self.is_here:
            raise NotebookError(
                f"{what} in the main thread only.",
                "Let the threads do the other work, and ask in the cell itself.",
            )

    def hand_over(self, call: Callable[[], None]) -> None:
        """Call a function in the owner's thread: at once if this is it, else when it is idle."""
        if self.is_here or self._loop is None:
            call()
        else:
            self._loop.add_callback(call)


def owner_of(shell: Any) -> Owner:
    """Return the thread in which a shell runs cells.

    In ipykernel it is the main shell's, even if a subshell loads the extension;
    elsewhere it is the current thread.
    """
    kernel = getattr(shell, "kernel", None)
    channel = getattr(kernel, "shell_channel_thread", None)
    thread = getattr(channel, "parent_thread", None) or threading.current_thread()
    return Owner(thread, getattr(kernel, "io_loop", None))
