"""What an undo says: what is so again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groq_magic.conversation.book import Book
    from groq_magic.conversation.conversation import Conversation
    from groq_magic.conversation.pending import PendingTurn

__all__ = ["Phrases"]


@dataclass(frozen=True)
class Phrases:
    """Names changes by what undoing them brings back.

    Parameters
    ----------
    unnamed : str
        The conversation whose name is left out.
    """

    unnamed: str

    def settled(self, book: Book, pending: PendingTurn) -> str:
        """For an ask about to be settled in `book`."""
        for conversation in book.conversations.values():
            old = conversation.at(pending.place)
            if old is None:
                continue
            turn = f"turn {conversation.number(old)}{self._of(conversation.name)}"
            if pending.once or conversation.name != pending.conversation:
                return f"{turn} is back"
            return f"{turn} has its former answer back"
        number = book.get(pending.conversation).place_of(pending.place) + 1
        return f"turn {number}{self._of(pending.conversation)} is taken out again"

    def reset(self, conversation: Conversation) -> str:
        """For a conversation about to be emptied."""
        of = self._of(conversation.name)
        if len(conversation) == 1:
            return f"the turn{of} is back"
        return f"the {len(conversation)} turns{of} are back"

    def restored(self, turns: int) -> str:
        """For turns out of the saved notebook."""
        if turns == 1:
            return "the restored turn is taken out again"
        return f"the {turns} restored turns are taken out again"

    def leftovers_left(self) -> str:
        """For turns that a cell's last execution no longer asked for."""
        return "the turns of the cell's earlier run are back"

    def _of(self, name: str) -> str:
        return "" if name == self.unnamed else f" of `{name}`"
