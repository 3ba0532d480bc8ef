"""The conversations of a session as the page has them: each arranged once for a page."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groq_magic.conversation.arrangement import Arrangement, arranged
from groq_magic.conversation.page import Page

if TYPE_CHECKING:
    from groq_magic.conversation.conversation import Conversation
    from groq_magic.conversation.turn import Turn

__all__ = ["Arrangements"]


@dataclass(frozen=True, eq=False)
class _Kept:
    conversation: Conversation
    page: Page
    arrangement: Arrangement

    def is_of(self, conversation: Conversation, page: Page) -> bool:
        same = self.conversation is conversation and self.page.lists is page.lists
        return same and self.page.deleted is page.deleted


class Arrangements:
    """Arranges conversations by the page, on reading.

    Attributes
    ----------
    page : Page
        The cells as they are known now.
    """

    def __init__(self) -> None:
        self.page = Page()
        self._kept: dict[tuple[str, bool, int | None], _Kept] = {}

    def show(self, page: Page) -> bool:
        """Take another page; return whether turns may stand elsewhere on it."""
        former, self.page = self.page, page
        if former.lists is not page.lists:
            known = {each.id for each in page.lists}
            self._kept = {key: kept for key, kept in self._kept.items() if key[2] in known}
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

        One under its key would be replaced.
        """
        key, page = turn.key, self.page
        if not page.lists:
            above = conversation.turns[: conversation.place_of(key)]
            return tuple(each for each in above if each.key.cell not in page.deleted)
        held = page.list_of(key.cell)
        if held is not None and key.cell is not None:
            around = self._for(conversation, held.id)
            return around.turns[: around.place_of(key, held.positions[key.cell])]
        page = page if key.cell is None else page.with_cell(key.cell)
        notebook = self._notebook_of(conversation, turn)
        order = arranged(conversation.with_turn(turn), page, notebook).turns
        return order[: next(i for i, each in enumerate(order) if each is turn)]

    def _notebook_of(self, conversation: Conversation, turn: Turn) -> int | None:
        current = self.of(conversation)
        found = current.notebook_of(turn.key)
        if found is None and turn.after is not None:
            found = current.notebook_of(turn.after)
        return self.page.current if found is None else found

    def _for(self, conversation: Conversation, notebook: int | None) -> Arrangement:
        key = conversation.name, conversation.practice, notebook
        kept = self._kept.get(key)
        if kept is not None and kept.is_of(conversation, self.page):
            return kept.arrangement
        found = self._with_one_more(kept, conversation, notebook)
        if found is None:
            former = kept.arrangement if kept is not None else None
            found = arranged(conversation, self.page, notebook, former)
        self._kept[key] = _Kept(conversation, self.page, found)
        return found

    def _with_one_more(
        self, kept: _Kept | None, conversation: Conversation, notebook: int | None
    ) -> Arrangement | None:
        """Return what was kept with the one turn that is new; None where more has changed."""
        if kept is None or not kept.is_of(kept.conversation, self.page) or not self.page.lists:
            return None
        old, new = kept.conversation.turns, conversation.turns
        same = itertools.takewhile(lambda both: both[0] is both[1], zip(old, new, strict=False))
        place = sum(1 for _ in same)
        turn = new[place] if place < len(new) else None
        held = self.page.list_of(turn.key.cell) if turn is not None else None
        if turn is None or held is None or turn.key.cell in self.page.deleted:
            return None
        # What an undo brings back may have followers; what is asked has none yet.
        around = {each.key.cell for each in old[max(0, place - 1) : place + 1]}
        is_next = place == len(old) or turn.key.cell in around
        if is_next and old[place:] == new[place + 1 :] and held.id == notebook:
            position = held.positions[turn.key.cell or ""]
            return kept.arrangement.with_turn(turn, notebook, position)
        if place < len(old) and old[place + 1 :] == new[place + 1 :]:
            former = old[place]
            if (former.key, former.after) == (turn.key, turn.after):
                return kept.arrangement.with_another(former, turn)
        return None
