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

    That is the order of their cells' first execution; those of one cell
    stand in the order of its asks. An `Arrangement` has them in the page's
    order. Changing it gives another Conversation.

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
        """Return the index at which a turn under `key` stands, or would be put.

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
        """Return the turn that stands under `key`."""
        return next((turn for turn in self.turns if turn.key == key), None)

    def asked_before(self, key: TurnKey) -> TurnKey | None:
        """Return the key of the turn after which one under `key` is asked, or was first."""
        held = self.at(key)
        if held is not None:
            return held.after
        latest = max(self.turns, key=lambda turn: turn.revision, default=None)
        return latest.key if latest is not None else None

    def with_turns(self, turns: Sequence[Turn]) -> Conversation:
        """Return it with these turns in the place of its own."""
        return Conversation(self.name, self.practice, tuple(turns))

    def with_turn(self, turn: Turn) -> Conversation:
        """Return it with `turn` in its place, instead of the one of the same key."""
        place = self.place_of(turn.key)
        end = place + (self.at(turn.key) is not None)
        return self.with_turns((*self.turns[:place], turn, *self.turns[end:]))

    def without(self, leaves: Callable[[Turn], bool]) -> Conversation:
        """Return it without the turns for which `leaves` is true."""
        stay = [turn for turn in self.turns if not leaves(turn)]
        return self if len(stay) == len(self.turns) else self.with_turns(stay)
