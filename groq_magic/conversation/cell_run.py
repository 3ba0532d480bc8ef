"""An execution of a cell: it numbers the cell's asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.conversation.turn import TurnKey

if TYPE_CHECKING:
    from groq_magic.conversation.book import Change

__all__ = ["CellRun"]


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
        How many asks were begun so far.
    worlds : set of bool
        Whether they were real (False), practice (True) or both.
    places : set of TurnKey
        Where the turns of these asks stand, or would: a retry's is another's.
    changes : dict of bool to Change
        The last change that it made in each world.
    """

    cell: str
    execution: int
    asks: int = 0
    worlds: set[bool] = field(default_factory=set)
    places: set[TurnKey] = field(default_factory=set)
    changes: dict[bool, Change] = field(default_factory=dict)

    def next_key(self) -> TurnKey:
        """Return the key of the ask that would be next."""
        return TurnKey(self.cell, self.asks + 1)

    def leftover(self, key: TurnKey) -> bool:
        """Whether `key` is of an ask that this execution no longer made."""
        return key.cell == self.cell and key.ask > self.asks and key not in self.places
