"""The conversations, real or practice, with the changes that can be undone."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from groq_magic.conversation.conversation import Conversation
from groq_magic.errors import NotebookError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.conversation.arrangement import Arrangement
    from groq_magic.conversation.cell_runs import CellRun
    from groq_magic.conversation.turn import Turn, TurnKey

__all__ = ["Change", "UndoHistory", "undo_phrase"]

# A change refers to the turns before it: this bounds the memory for old answers.
_CHANGES_KEPT = 200
# The conversation of an ask that names none: phrases leave its name out.
_UNNAMED = "main"


@dataclass(frozen=True, eq=False)
class Change:
    """One change, with the state before it.

    Parameters
    ----------
    before : Mapping of str to Conversation
        All conversations as they were.
    kind : str
        What was done: `ask`, `drop`, `reset`, `restore`, or `leftovers`, the
        removal of turns that a cell's last execution no longer asked for.
    name : str
        The conversation, where there is one.
    key : TurnKey or None
        The turn that was asked or dropped.
    run : CellRun or None
        The execution that it was asked in.
    """

    before: Mapping[str, Conversation]
    kind: Literal["ask", "drop", "leftovers", "reset", "restore"]
    name: str
    key: TurnKey | None
    run: CellRun | None


class UndoHistory:
    """The conversations, real or practice, and their changes.

    Every change replaces the whole mapping, so that undoing it restores the former
    one, however many conversations it changed.

    Parameters
    ----------
    practice : bool
        Whether these are practice conversations.
    """

    def __init__(self, *, practice: bool) -> None:
        self.practice = practice
        self.conversations: Mapping[str, Conversation] = MappingProxyType({})
        self._changes: deque[Change] = deque(maxlen=_CHANGES_KEPT)

    def is_last_of(self, run: CellRun) -> bool:
        """Whether the last change was made by an ask of this execution."""
        return bool(self._changes) and self._changes[-1].run is run

    def get(self, name: str) -> Conversation:
        """Return the conversation of that name, empty at first."""
        return self.conversations.get(name) or Conversation(name, self.practice)

    def without(self, is_removed: Callable[[Turn], bool]) -> dict[str, Conversation]:
        """Return the conversations without the turns for which `is_removed` is true."""
        return {name: c.without(is_removed) for name, c in self.conversations.items()}

    def change(
        self,
        after: Mapping[str, Conversation],
        kind: Literal["ask", "drop", "leftovers", "reset", "restore"],
        name: str = "",
        key: TurnKey | None = None,
        run: CellRun | None = None,
    ) -> None:
        """Replace the conversations by `after`, as one undoable change if they differ."""
        change = Change(self.conversations, kind, name, key, run)
        if self.amend(after):
            self._changes.append(change)

    def amend(self, after: Mapping[str, Conversation]) -> bool:
        """Replace the conversations, as part of the last change; return whether they differ."""
        kept = {name: conversation for name, conversation in after.items() if conversation.turns}
        if kept == self.conversations:
            return False
        self.conversations = MappingProxyType(kept)
        return True

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


def undo_phrase(
    change: Change,
    before: Mapping[str, Arrangement],
    now: Mapping[str, Arrangement],
    quote: Callable[[str], str],
) -> str:
    """Return what an undo has restored, with the numbers of turns on the page.

    Parameters
    ----------
    change : Change
    before, now : Mapping of str to Arrangement
        All conversations, before the undo and after it.
    quote : callable
        Returns a turn's prompt as the phrase names it.
    """
    count = abs(_count(now) - _count(before))
    if change.kind == "leftovers":
        return "the turns of the cell's earlier run are back"
    if change.kind == "restore":
        turns = "the restored turn is" if count == 1 else f"the {count} restored turns are"
        return f"{turns} removed"
    if change.kind == "reset":
        of = _of(change.name)
        return f"the turn{of} is back" if count == 1 else f"the {count} turns{of} are back"
    was, found = _with_turn(change.key, before), _with_turn(change.key, now)
    if found is None:
        return f"{_turn(change.key, was, quote)} is removed"
    is_replaced = _has(before.get(found.conversation.name), change.key)
    verb = "has its former answer" if is_replaced else "is"
    return f"{_turn(change.key, found, quote)} {verb} back"


def _turn(key: TurnKey | None, among: Arrangement | None, quote: Callable[[str], str]) -> str:
    """Return how a message names a turn, with its prompt."""
    if key is None or among is None:
        return "the turn"
    turn = among.at(key)
    named = "the deleted turn" if turn is None else f"turn {among.number(turn)}"
    prompt = next(each.typed for each in among.conversation.turns if each.key == key)
    quoted = f", {quote(prompt)}," if prompt else ""
    return f"{named}{_of(among.conversation.name)}{quoted}"


def _of(name: str) -> str:
    return "" if name == _UNNAMED else f" of `{name}`"


def _with_turn(key: TurnKey | None, conversations: Mapping[str, Arrangement]) -> Arrangement | None:
    """Return the conversation that contains a turn."""
    return next((each for each in conversations.values() if _has(each, key)), None)


def _has(arrangement: Arrangement | None, key: TurnKey | None) -> bool:
    return arrangement is not None and any(t.key == key for t in arrangement.conversation.turns)


def _count(conversations: Mapping[str, Arrangement]) -> int:
    return sum(len(each.conversation.turns) for each in conversations.values())
