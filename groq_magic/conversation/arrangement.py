"""Order a conversation's turns as their cells are on the page."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from groq_magic.conversation.chain import EMPTY, ChainSearch
from groq_magic.conversation.page import Page
from groq_magic.conversation.page_order import order_turns, place_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from groq_magic.conversation.chain import Chain
    from groq_magic.conversation.conversation import Conversation
    from groq_magic.conversation.page_order import Place
    from groq_magic.conversation.turn import Turn, TurnKey

__all__ = ["Arrangement", "Arrangements"]


@dataclass(frozen=True, eq=False)
class Arrangement:
    """A conversation on a page.

    Parameters
    ----------
    conversation : Conversation
    page : Page
    turns : tuple of Turn
        Those that are sent, in order: a turn's number is its position, from 1.
    deleted : tuple of Turn
        Those whose cells were deleted: not sent, without a number.
    notebooks : Mapping of (str or TurnKey) to (int or None)
        By a turn's place, the id of the cell list that orders it; for a turn on no
        list, that of the turn asked just before it.
    chains : tuple of Chain
        The chains of its first 0, 1, 2 … turns.
    base_positions : tuple of int
        By turn, the position on the cell list of its cell, or of the cell that it
        follows; empty where turns are in the order of asking.
    """

    conversation: Conversation
    page: Page
    turns: tuple[Turn, ...]
    deleted: tuple[Turn, ...]
    notebooks: Mapping[Place, int | None] = field(repr=False)
    chains: tuple[Chain, ...] = field(repr=False)
    base_positions: tuple[int, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.turns)

    def at(self, key: TurnKey) -> Turn | None:
        """Return the turn of a key, None if it is deleted or missing."""
        return next((turn for turn in self.turns if turn.key == key), None)

    def index_of(self, key: TurnKey, position: int) -> int:
        """Return the index of a turn of the cell list, or where it would be inserted.

        Parameters
        ----------
        key : TurnKey
        position : int
            Of its cell, on the list.
        """
        start = bisect_left(self.base_positions, position)
        earlier_asks = itertools.takewhile(
            lambda turn: turn.key.cell == key.cell and turn.key.ask < key.ask,
            itertools.islice(self.turns, start, None),
        )
        return start + sum(1 for _ in earlier_asks)

    def is_of(self, conversation: Conversation, page: Page) -> bool:
        """Whether it is the arrangement of this conversation on this page."""
        return self.conversation is conversation and self.is_on(page)

    def is_on(self, page: Page) -> bool:
        """Whether it is ordered by this page."""
        return self.page.lists is page.lists and self.page.deleted is page.deleted

    def with_turn(
        self, conversation: Conversation, turn: Turn, notebook: int, position: int
    ) -> Arrangement:
        """Return the arrangement with a new turn of the cell list, which moves no other turn."""
        index = self.index_of(turn.key, position)
        turns = (*self.turns[:index], turn, *self.turns[index:])
        return replace(
            self,
            conversation=conversation,
            turns=turns,
            base_positions=(*self.base_positions[:index], position, *self.base_positions[index:]),
            notebooks={**self.notebooks, place_of(turn.key): notebook},
            chains=_chains(turns, self),
        )

    def with_replaced(self, conversation: Conversation, old: Turn, new: Turn) -> Arrangement:
        """Return the arrangement with a turn replaced by one of the same key."""
        turns = tuple(new if turn is old else turn for turn in self.turns)
        return replace(self, conversation=conversation, turns=turns, chains=_chains(turns, self))

    def notebook_of(self, key: TurnKey) -> int | None:
        """Return the id of the cell list that orders the turn of a key, None if it is unknown."""
        return self.notebooks.get(place_of(key))

    def number(self, turn: Turn) -> int | None:
        """Return the turn's number, from 1; None if it is not in this conversation."""
        return self._numbers.get(turn.revision)

    def number_at(self, key: Hashable) -> int | None:
        """Return the number of the turn of a key, None if it is not in this conversation."""
        return self._numbers_by_key.get(key)

    def stale(self, turn: Turn) -> int | None:
        """Return the number of the first change above a turn since it was asked.

        Returns
        -------
        int or None
            The number at which an earlier turn is sent differently, was moved, removed or
            added; None where nothing changed, or `turn` is not in this conversation.
        """
        return self._stale.get(turn.revision)

    def chain_of(self, turns: Sequence[Turn]) -> Chain:
        """Return the chain of some turns, which shares its links with this arrangement's."""
        return _chains(turns, self)[-1]

    @cached_property
    def deleted_keys(self) -> frozenset[TurnKey]:
        """The keys of the turns whose cells were deleted."""
        return frozenset(turn.key for turn in self.deleted)

    @cached_property
    def search(self) -> ChainSearch:
        """Finds turns in the chains of others."""
        return ChainSearch()

    @cached_property
    def _numbers(self) -> Mapping[int, int]:
        return {turn.revision: number for number, turn in enumerate(self.turns, 1)}

    @cached_property
    def _numbers_by_key(self) -> Mapping[Hashable, int]:
        return {turn.key: number for number, turn in enumerate(self.turns, 1)}

    @cached_property
    def _stale(self) -> Mapping[int, int]:
        """By the revisions of stale turns, the number of the first change above."""
        return {
            turn.revision: min(turn.before.shared_with(self.chains), index) + 1
            for index, turn in enumerate(self.turns)
            if turn.before != self.chains[index]
        }


class Arrangements:
    """Arranges conversations by the page when they are read.

    Attributes
    ----------
    page : Page
    """

    def __init__(self) -> None:
        self.page = Page()
        self._latest: dict[tuple[str, bool, int | None], Arrangement] = {}

    def use_page(self, page: Page) -> bool:
        """Take another page; return whether the order of turns may change."""
        former, self.page = self.page, page
        if former.lists is not page.lists:
            known = {each.id for each in page.lists}
            self._latest = {key: one for key, one in self._latest.items() if key[2] in known}
        return former.lists is not page.lists or former.deleted is not page.deleted

    def of(self, conversation: Conversation) -> Arrangement:
        """Return a conversation in the order of the notebook that ran a cell last."""
        return self._for(conversation, self.page.current)

    def of_turn(self, conversation: Conversation, turn: Turn) -> Arrangement:
        """Return a conversation in the order of a turn's own notebook."""
        current = self.of(conversation)
        notebook = current.notebook_of(turn.key)
        return current if notebook is None else self._for(conversation, notebook)

    def before(self, conversation: Conversation, turn: Turn) -> tuple[Turn, ...]:
        """Return the turns above a turn that is not in the conversation yet.

        A turn of the same key would be replaced.
        """
        key, page = turn.key, self.page
        if not page.lists:
            above = conversation.turns[: conversation.index_of(key)]
            return tuple(each for each in above if each.key.cell not in page.deleted)
        cells = page.list_of(key.cell)
        if cells is not None and key.cell is not None:
            arrangement = self._for(conversation, cells.id)
            return arrangement.turns[: arrangement.index_of(key, cells.positions[key.cell])]
        page = page if key.cell is None else page.with_cell(key.cell)
        notebook = self._notebook_of(conversation, turn)
        order = _arranged(conversation.with_turn(turn), page, notebook).turns
        return order[: next(i for i, each in enumerate(order) if each is turn)]

    def _notebook_of(self, conversation: Conversation, turn: Turn) -> int | None:
        current = self.of(conversation)
        found = current.notebook_of(turn.key)
        if found is None and turn.after is not None:
            found = current.notebook_of(turn.after)
        return self.page.current if found is None else found

    def _for(self, conversation: Conversation, notebook: int | None) -> Arrangement:
        key = conversation.name, conversation.practice, notebook
        former = self._latest.get(key)
        if former is None or not former.is_of(conversation, self.page):
            found = self._with_one_more(former, conversation, notebook)
            self._latest[key] = found or _arranged(conversation, self.page, notebook, former)
        return self._latest[key]

    def _with_one_more(
        self, former: Arrangement | None, conversation: Conversation, notebook: int | None
    ) -> Arrangement | None:
        """Return the former arrangement with one new turn; None if more has changed."""
        if former is None or not former.is_on(self.page) or not self.page.lists:
            return None
        old, new = former.conversation.turns, conversation.turns
        index = _same(old, new)
        turn = new[index] if index < len(new) else None
        cells = self.page.list_of(turn.key.cell) if turn is not None else None
        if turn is None or cells is None or turn.key.cell in self.page.deleted:
            return None
        # A turn that an undo restores may have followers, unlike a new one.
        neighbours = {each.key.cell for each in old[max(0, index - 1) : index + 1]}
        is_next = index == len(old) or turn.key.cell in neighbours
        if is_next and old[index:] == new[index + 1 :] and cells.id == notebook:
            position = cells.positions[turn.key.cell or ""]
            return former.with_turn(conversation, turn, notebook, position)
        if index < len(old) and old[index + 1 :] == new[index + 1 :]:
            replaced = old[index]
            if (replaced.key, replaced.after) == (turn.key, turn.after):
                return former.with_replaced(conversation, replaced, turn)
        return None


def _arranged(
    conversation: Conversation, page: Page, notebook: int | None, former: Arrangement | None = None
) -> Arrangement:
    """Arrange a conversation for a notebook's cell list, into which the other turns are merged.

    Chains are shared with a former arrangement as far as the turns are the same.
    """
    order, base_positions, notebooks = order_turns(conversation.turns, page, notebook)
    stays = [turn.key.cell not in page.deleted for turn in order]
    sent = tuple(itertools.compress(order, stays))
    deleted = tuple(turn for turn in order if turn.key.cell in page.deleted)
    return Arrangement(
        conversation,
        page,
        sent,
        deleted,
        notebooks,
        _chains(sent, former),
        tuple(itertools.compress(base_positions, stays)),
    )


def _chains(turns: Sequence[Turn], former: Arrangement | None) -> tuple[Chain, ...]:
    """Return the chains of some turns; reuse those of `former` as far as the turns are the same."""
    same = _same(former.turns, turns) if former is not None else 0
    chains = list(former.chains[: same + 1]) if former is not None else [EMPTY]
    for turn in turns[same:]:
        chains.append(chains[-1].then(turn.as_earlier))
    return tuple(chains)


def _same(old: Sequence[Turn], new: Sequence[Turn]) -> int:
    """Return how many turns, from the first on, are the same."""
    for index, (one, other) in enumerate(zip(old, new, strict=False)):
        if one is not other:
            return index
    return min(len(old), len(new))
