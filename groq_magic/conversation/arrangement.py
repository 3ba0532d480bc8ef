"""A conversation as it is sent and shown: its turns in the order of their cells on the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from groq_magic.conversation.page_order import place_of, places
from groq_magic.conversation.seen import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from groq_magic.conversation.conversation import Conversation
    from groq_magic.conversation.page import Page
    from groq_magic.conversation.page_order import Place
    from groq_magic.conversation.seen import Seen
    from groq_magic.conversation.turn import Turn, TurnKey

__all__ = ["Arrangement", "arranged"]


@dataclass(frozen=True, eq=False)
class Arrangement:
    """A conversation on a page.

    Parameters
    ----------
    name : str
    practice : bool
        As the conversation's.
    turns : tuple of Turn
        Those that are sent, in order: a turn's number is its position, from 1.
    deleted : tuple of Turn
        Those whose cells were deleted: they are not sent, and have no number.
    notebooks : Mapping of (str or TurnKey) to (int or None)
        By a turn's place, the id of the cell list that it is ordered by; a
        turn of no list goes by that of the turn asked just before it.
    chains : tuple of Seen
        The chains of its first 0, 1, 2 … turns.
    """

    name: str
    practice: bool
    turns: tuple[Turn, ...] = ()
    deleted: tuple[Turn, ...] = ()
    notebooks: Mapping[Place, int | None] = field(default_factory=dict, repr=False)
    chains: tuple[Seen, ...] = field(default=(NOTHING,), repr=False)

    def __len__(self) -> int:
        return len(self.turns)

    def at(self, key: TurnKey) -> Turn | None:
        """Return the turn that stands under `key`, None where it is deleted or missing."""
        return next((turn for turn in self.turns if turn.key == key), None)

    def notebook_of(self, key: TurnKey) -> int | None:
        """Return the id of the cell list that a turn under `key` is ordered by."""
        return self.notebooks.get(place_of(key))

    def number(self, turn: Turn) -> int | None:
        """Return the turn's number, from 1; None if it is not here (any more)."""
        return self._numbers.get(turn.revision)

    def stale(self, turn: Turn) -> int | None:
        """Return the number of the first turn that is not what `turn` was asked after.

        Returns
        -------
        int or None
            The place, from 1, at which an earlier turn was asked again, moved,
            removed or added; None where nothing changed, or `turn` is not here.
        """
        return self._stale.get(turn.revision)

    def chain_of(self, turns: Sequence[Turn]) -> Seen:
        """Return the chain of some turns, which shares its links with this arrangement's."""
        return _chains(turns, self)[-1]

    @cached_property
    def _numbers(self) -> Mapping[int, int]:
        return {turn.revision: number for number, turn in enumerate(self.turns, 1)}

    @cached_property
    def _stale(self) -> Mapping[int, int]:
        """By the revisions of stale turns, the first place that has changed."""
        return {
            turn.revision: min(turn.seen.shared_with(self.chains), index) + 1
            for index, turn in enumerate(self.turns)
            if turn.seen != self.chains[index]
        }


def arranged(
    conversation: Conversation,
    page: Page,
    notebook: int | None,
    former: Arrangement | None = None,
) -> Arrangement:
    """Arrange a conversation for a notebook's cell list.

    Parameters
    ----------
    conversation : Conversation
    page : Page
    notebook : int or None
        The id of the cell list whose turns the others are merged into.
    former : Arrangement, optional
        An earlier one, whose chains are shared as far as the turns are the same.
    """
    order = conversation.turns
    notebooks: Mapping[Place, int | None] = {}
    if page.lists:
        order, notebooks = places(conversation.turns, page, notebook)
    sent = order
    if page.deleted:
        sent = tuple(turn for turn in order if turn.key.cell not in page.deleted)
    deleted = tuple(turn for turn in order if turn.key.cell in page.deleted)
    chains = _chains(sent, former)
    return Arrangement(conversation.name, conversation.practice, sent, deleted, notebooks, chains)


def _chains(turns: Sequence[Turn], former: Arrangement | None) -> tuple[Seen, ...]:
    """Return the chains of some turns; reuse those of `former` as far as the turns are the same."""
    same = 0
    for old, new in zip(former.turns if former is not None else (), turns, strict=False):
        if old is not new:
            break
        same += 1
    chains = list(former.chains[: same + 1]) if former is not None else [NOTHING]
    for turn in turns[same:]:
        chains.append(chains[-1].then(turn.revision))
    return tuple(chains)
