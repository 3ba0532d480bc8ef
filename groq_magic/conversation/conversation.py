"""A conversation: the ordered turns of one name, as a value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.conversation.turn import Turn, TurnKey

__all__ = ["Conversation"]


@dataclass(frozen=True)
class Conversation:
    """The turns of one named conversation, in order.

    Turns keep the order of their cells' first execution; those of one cell
    stand in the order of its asks. Changing it gives another Conversation.

    Parameters
    ----------
    name : str
        What `-c` and `%groq_conversation` call it.
    practice : bool
        Whether its turns are practice turns: they never mix with real ones.
    turns : tuple of Turn
        In order; a turn's number is its position, counted from 1.
    """

    name: str
    practice: bool = False
    turns: tuple[Turn, ...] = ()

    def __len__(self) -> int:
        return len(self.turns)

    def before(self, key: TurnKey) -> tuple[Turn, ...]:
        """Return the turns that an ask under `key` sees."""
        return self.turns[: self.place_of(key)]

    def place_of(self, key: TurnKey) -> int:
        """Return the index at which a turn under `key` stands, or would be put.

        An ask that the cell has no turn for yet goes after the cell's earlier
        asks, or before its later ones; a cell without turns goes to the end.
        """
        place = len(self.turns)
        if key.cell is None:
            return next((i for i, turn in enumerate(self.turns) if turn.key == key), place)
        of_cell = [(i, t.key.ask) for i, t in enumerate(self.turns) if t.key.cell == key.cell]
        for index, ask in of_cell:
            if ask >= key.ask:
                return index
            place = index + 1
        return place

    def at(self, key: TurnKey) -> Turn | None:
        """Return the turn that stands under `key`."""
        return next((turn for turn in self.turns if turn.key == key), None)

    def number(self, turn: Turn) -> int | None:
        """Return the turn's number, from 1; None if it is not here (any more)."""
        return next((i for i, t in enumerate(self.turns, 1) if t.revision == turn.revision), None)

    def stale(self, turn: Turn) -> int | None:
        """Return the number of the first turn that is not what `turn` was asked after.

        Returns
        -------
        int or None
            The place, from 1, at which an earlier turn was asked again, left
            or came in; None where nothing changed, or `turn` is not here.
        """
        number = self.number(turn)
        if number is None:
            return None
        now = tuple(t.revision for t in self.turns[: number - 1])
        if now == turn.seen:
            return None
        same = 0
        while same < min(len(now), len(turn.seen)) and now[same] == turn.seen[same]:
            same += 1
        return same + 1

    def with_turn(self, turn: Turn) -> Conversation:
        """Return it with `turn` in its place, instead of the one of the same key."""
        place = self.place_of(turn.key)
        end = place + (self.at(turn.key) is not None)
        return replace(self, turns=(*self.turns[:place], turn, *self.turns[end:]))

    def without(self, leaves: Callable[[Turn], bool]) -> Conversation:
        """Return it without the turns for which `leaves` is true."""
        return replace(self, turns=tuple(turn for turn in self.turns if not leaves(turn)))
