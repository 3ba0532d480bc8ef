"""All named conversations, real or practice, with the changes that can be undone."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from groq_magic.conversation.conversation import Conversation
from groq_magic.errors import NotebookError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from groq_magic.conversation.phrases import Undone
    from groq_magic.conversation.turn import Turn

__all__ = ["Change", "History"]

# A change holds references to the turns before it, so this bounds what is kept of old answers.
_CHANGES_KEPT = 200


@dataclass(frozen=True, eq=False)
class Change:
    """What an undo goes back to.

    Parameters
    ----------
    undone : Undone
        Names what undoing it changes.
    before : Mapping of str to Conversation
        All conversations as they were.
    """

    undone: Undone
    before: Mapping[str, Conversation]


class History:
    """The named conversations, real or practice, and their changes.

    Every change swaps the whole mapping, so that undoing one means to swap it
    back, however many conversations it touched.

    Parameters
    ----------
    practice : bool
        Whether these are practice conversations.
    """

    def __init__(self, *, practice: bool) -> None:
        self.practice = practice
        self.conversations: Mapping[str, Conversation] = MappingProxyType({})
        self._changes: deque[Change] = deque(maxlen=_CHANGES_KEPT)

    @property
    def last_change(self) -> Change | None:
        """The change that `undo` would revert."""
        return self._changes[-1] if self._changes else None

    def get(self, name: str) -> Conversation:
        """Return the conversation of that name, empty if there is none yet."""
        return self.conversations.get(name) or Conversation(name, self.practice)

    def without(self, leaves: Callable[[Turn], bool]) -> dict[str, Conversation]:
        """Return the conversations without the turns for which `leaves` is true."""
        return {name: c.without(leaves) for name, c in self.conversations.items()}

    def change(self, after: Mapping[str, Conversation], undone: Undone) -> Change | None:
        """Make `after` the present, as one undoable change; None if it is no change."""
        before = self.conversations
        if not self._swap(after):
            return None
        change = Change(undone, before)
        self._changes.append(change)
        return change

    def amend(self, after: Mapping[str, Conversation]) -> None:
        """Make `after` the present, as a part of the last change."""
        self._swap(after)

    def undo(self) -> Change:
        """Revert the last change and return it.

        Raises
        ------
        NotebookError
            Where no change is left.
        """
        if not self._changes:
            raise NotebookError(
                "There is nothing to undo.", "`%groq_history` shows the conversation as it is."
            )
        change = self._changes.pop()
        self.conversations = change.before
        return change

    def turns(self) -> Iterable[Turn]:
        """Yield the turns of all conversations, those of deleted cells too."""
        for conversation in self.conversations.values():
            yield from conversation.turns

    def _swap(self, after: Mapping[str, Conversation]) -> bool:
        kept = {name: conversation for name, conversation in after.items() if conversation.turns}
        if kept == self.conversations:
            return False
        self.conversations = MappingProxyType(kept)
        return True
