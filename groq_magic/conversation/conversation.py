"""A conversation: the ordered turns of one name, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from groq_magic.conversation.seen import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from groq_magic.conversation.seen import Seen
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
    chains : tuple of Seen
        The chains of its first 0, 1, 2 … turns.
    """

    name: str
    practice: bool = False
    turns: tuple[Turn, ...] = ()
    chains: tuple[Seen, ...] = field(default=(NOTHING,), repr=False, compare=False)

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
        return self._numbers.get(turn.revision)

    def stale(self, turn: Turn) -> int | None:
        """Return the number of the first turn that is not what `turn` was asked after.

        Returns
        -------
        int or None
            The place, from 1, at which an earlier turn was asked again, left
            or came in; None where nothing changed, or `turn` is not here.
        """
        return self._stale.get(turn.revision)

    def seen(self, before: Sequence[Turn]) -> Seen:
        """Return the chain of some turns, which shares its links with this conversation's."""
        return self._chains(before)[-1]

    def with_turns(self, turns: Sequence[Turn]) -> Conversation:
        """Return it with these turns in the place of its own."""
        return Conversation(self.name, self.practice, tuple(turns), self._chains(turns))

    def with_turn(self, turn: Turn) -> Conversation:
        """Return it with `turn` in its place, instead of the one of the same key."""
        place = self.place_of(turn.key)
        end = place + (self.at(turn.key) is not None)
        return self.with_turns((*self.turns[:place], turn, *self.turns[end:]))

    def without(self, leaves: Callable[[Turn], bool]) -> Conversation:
        """Return it without the turns for which `leaves` is true."""
        stay = [turn for turn in self.turns if not leaves(turn)]
        return self if len(stay) == len(self.turns) else self.with_turns(stay)

    @cached_property
    def _numbers(self) -> Mapping[int, int]:
        return {turn.revision: number for number, turn in enumerate(self.turns, 1)}

    @cached_property
    def _stale(self) -> Mapping[int, int]:
        """By the revisions of stale turns, the first place that has changed; in linear time."""
        same: dict[int, int] = {}
        places = {}
        for index, turn in enumerate(self.turns):
            if turn.seen != self.chains[index]:
                places[turn.revision] = min(self._same(turn.seen, same), index) + 1
        return places

    def _same(self, seen: Seen, known: dict[int, int]) -> int:
        """Return how many turns a chain shares with this conversation, from the first on.

        Parameters
        ----------
        seen : Seen
        known : dict
            By the id of a link, what was found for it: chains share their links.
        """
        link, walked = seen, []
        while id(link) not in known:
            here = link.count < len(self.chains) and link == self.chains[link.count]
            if here or link.before is None:
                known[id(link)] = link.count
                break
            walked.append(link)
            link = link.before
        count = known[id(link)]
        known.update((id(each), count) for each in walked)
        return count

    def _chains(self, turns: Sequence[Turn]) -> tuple[Seen, ...]:
        """Return the chains of some turns; reuse its own as far as the turns are the same."""
        same = 0
        for old, new in zip(self.turns, turns, strict=False):
            if old is not new:
                break
            same += 1
        chains = list(self.chains[: same + 1])
        for turn in turns[same:]:
            chains.append(chains[-1].then(turn.revision))
        return tuple(chains)
