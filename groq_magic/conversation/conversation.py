"""A conversation: the turns of one name, as a value."""

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
    Changing it gives another Conversation.

    Parameters
    ----------
    name : str
        What `-c` and `%groq_conversation` call it.
    practice : bool
        Whether its turns are practice turns: they never mix with real ones.
    turns : tuple of Turn
        Those of deleted cells too.
    """

    name: str
    practice: bool = False
    turns: tuple[Turn, ...] = ()

    def place_of(self, key: TurnKey) -> int:
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
        """Return the turn of a key."""
        return next((turn for turn in self.turns if turn.key == key), None)

    def asked_before(self, key: TurnKey) -> TurnKey | None:
        """Return the key of the turn that was asked just before the one of `key`."""
        held = self.at(key)
        if held is not None:
            return held.after
        latest = max(self.turns, key=lambda turn: turn.revision, default=None)
        return latest.key if latest is not None else None

    def with_turns(self, turns: Sequence[Turn]) -> Conversation:
        """Return the conversation with these turns instead of its own."""
        return Conversation(self.name, self.practice, tuple(turns))

    def with_turn(self, turn: Turn) -> Conversation:
        """Return the conversation with a turn inserted, or replacing the one of its key."""
        place = self.place_of(turn.key)
        end = place + (self.at(turn.key) is not None)
        return self.with_turns((*self.turns[:place], turn, *self.turns[end:]))

    def without(self, leaves: Callable[[Turn], bool]) -> Conversation:
        """Return the conversation without the turns for which `leaves` is true."""
        stay = [turn for turn in self.turns if not leaves(turn)]
        return self if len(stay) == len(self.turns) else self.with_turns(stay)
