"""The conversations of a session as the page has them: each arranged once for a page."""

from __future__ import annotations

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
        place = turn.key
        page = self.page if place.cell is None else self.page.with_cell(place.cell)
        notebook = self._notebook_of(conversation, turn)
        order = arranged(conversation.with_turn(turn), page, notebook).turns
        return order[: next(i for i, each in enumerate(order) if each is turn)]

    def _notebook_of(self, conversation: Conversation, turn: Turn) -> int | None:
        held = self.page.list_of(turn.key.cell)
        if held is not None:
            return held.id
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
        former = kept.arrangement if kept is not None else None
        found = arranged(conversation, self.page, notebook, former)
        self._kept[key] = _Kept(conversation, self.page, found)
        return found
