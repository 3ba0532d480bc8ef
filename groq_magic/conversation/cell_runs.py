"""The executions of cells: each numbers its cell's asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.conversation.turn import TurnKey

if TYPE_CHECKING:
    from groq_magic.conversation.turn import PendingTurn

__all__ = ["CellRun", "CellRuns"]


@dataclass(eq=False)
class CellRun:
    """One execution of one cell.

    Parameters
    ----------
    cell : str
        The cell's id.
    execution : int
        IPython's execution count: another count is another execution.
    asks : int
        The number of asks so far.
    modes : set of bool
        Whether they were real (False), practice (True) or both.
    keys : set of TurnKey
        Of the turns of these asks; for a retry, that of the turn it replaces.
    """

    cell: str
    execution: int
    asks: int = 0
    modes: set[bool] = field(default_factory=set)
    keys: set[TurnKey] = field(default_factory=set)

    def leftover(self, key: TurnKey) -> bool:
        """Whether `key` belongs to an ask that this execution did not repeat."""
        return key.cell == self.cell and key.ask > self.asks and key not in self.keys


class CellRuns:
    """The executions of a session's cells.

    Attributes
    ----------
    current : CellRun or None
        That of the running cell, None for a cell without an id.
    """

    def __init__(self) -> None:
        self.current: CellRun | None = None
        self._latest: dict[str, CellRun] = {}
        self._asks_without_cell = 0

    def start(self, cell: str | None, execution: int) -> CellRun | None:
        """Begin an execution of a cell, if it is another one: its asks count from 1."""
        run = self.current
        if cell is None:
            self.current = None
        elif run is None or (run.cell, run.execution) != (cell, execution):
            self.current = self._latest[cell] = CellRun(cell, execution)
        return self.current

    def next_key(self, cell: str | None, execution: int, run: CellRun | None) -> TurnKey:
        """Return the key of the next ask.

        Parameters
        ----------
        cell, execution
            As in `start`.
        run : CellRun or None
            The execution that the ask was started from, which may be an earlier one.
        """
        superseded = run is not None and self._latest.get(run.cell) is not run
        if cell is None or superseded:
            # An ask by a task of an earlier execution no longer belongs to the cell.
            return TurnKey(None, self._asks_without_cell + 1)
        current = self.current
        if current is not None and (current.cell, current.execution) == (cell, execution):
            run = run or current
        return TurnKey(cell, 1 if run is None else run.asks + 1)

    def count(self, pending: PendingTurn, execution: int, run: CellRun | None) -> None:
        """Count an ask that will be sent."""
        if pending.shown.cell is None:
            self._asks_without_cell += 1
            return
        run = run or self.start(pending.shown.cell, execution)
        if run is not None:
            run.asks += 1
            run.modes.add(pending.practice)
            run.keys.add(pending.key)
