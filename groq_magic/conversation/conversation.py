"""A named conversation, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from groq_magic.conversation.turn import Turn, TurnKey

__all__ = ["Conversation"]


@dataclass(frozen=True)
class Conversation:
    """The turns of one named conversation, in the order of asking.

    That is the order of their cells' first execution, and within a cell the
    order of its asks. An `Arrangement` has them in the page's order.

    Parameters
    ----------
    name : str
        As given to `-c` and `%groq_conversation`.
    practice : bool
        Whether its turns are practice turns: they never mix with real ones.
    turns : tuple of Turn
        Those of deleted cells too.
    """

    name: str
    practice: bool
    turns: tuple[Turn, ...] = ()

    def index_of(self, key: TurnKey) -> int:
        """Return the index of the turn of a key, or where it would be inserted.

        An ask that the cell has no turn for yet goes after the cell's earlier
        asks, or before its later ones; a cell without turns goes to the end.
        """
        of_cell = [
            (index, turn.key.ask)
            for index, turn in enumerate(self.turns)
            if turn.key.cell == key.cell and (key.cell is not None or turn.key == key)
        ]
        end = of_cell[-1][0] + 1 if of_cell else len(self.turns)
        return next((index for index, ask in of_cell if ask >= key.ask), end)

    def at(self, key: TurnKey) -> Turn | None:
        """Return the turn of a key, None if it is missing."""
        return next((turn for turn in self.turns if turn.key == key), None)

    def asked_before(self, key: TurnKey) -> TurnKey | None:
        """Return the key of the turn that was asked just before the one of `key`."""
        present = self.at(key)
        if present is not None:
            return present.after
        latest = max(self.turns, key=lambda turn: turn.revision, default=None)
        return latest.key if latest is not None else None

    def with_turns(self, turns: Sequence[Turn]) -> Conversation:
        """Return the conversation with these turns instead of its own."""
        return Conversation(self.name, self.practice, tuple(turns))

    def with_turn(self, turn: Turn) -> Conversation:
        """Return the conversation with a turn inserted, or replacing the one of its key."""
        start = self.index_of(turn.key)
        end = start + (self.at(turn.key) is not None)
        return self.with_turns((*self.turns[:start], turn, *self.turns[end:]))

    def without(self, is_removed: Callable[[Turn], bool]) -> Conversation:
        """Return the conversation without the turns for which `is_removed` is true."""
        others = [turn for turn in self.turns if not is_removed(turn)]
        return self if len(others) == len(self.turns) else self.with_turns(others)
