"""What users read of changes in a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.conversation.arrangement import Arrangement
    from groq_magic.conversation.turn import TurnKey

__all__ = ["Phrases", "Undone", "change_above"]


@dataclass(frozen=True)
class Undone:
    """What undoing a change is about.

    Parameters
    ----------
    change : str
        What was done: `ask`, `drop`, `reset`, `restore`, or `leftovers`, the
        removal of turns that a cell's last execution no longer asked for.
    name : str
        The conversation, where there is one.
    key : TurnKey or None
        The turn that was asked or dropped.
    count : int
        How many turns were restored.
    """

    change: Literal["ask", "drop", "leftovers", "reset", "restore"]
    name: str = ""
    key: TurnKey | None = None
    count: int = 0


@dataclass(frozen=True)
class Phrases:
    """Names what an undo has brought back.

    Parameters
    ----------
    unnamed : str
        The conversation whose name is left out.
    """

    unnamed: str

    def undone(
        self, undone: Undone, before: Mapping[str, Arrangement], now: Mapping[str, Arrangement]
    ) -> str:
        """Return what is so again, by the numbers that the page's order gives.

        Parameters
        ----------
        undone : Undone
        before, now : Mapping of str to Arrangement
            All conversations, before the undo and after it.
        """
        if undone.change == "leftovers":
            return "the turns of the cell's earlier run are back"
        if undone.change == "restore":
            if undone.count == 1:
                return "the restored turn is removed"
            return f"the {undone.count} restored turns are removed"
        if undone.change == "reset":
            return self._reset(now[undone.name])
        home = _home(undone.key, now)
        if home is None:
            taken = _home(undone.key, before)
            return f"{self._turn(undone.key, taken)} is removed"
        back = self._turn(undone.key, home)
        was = before.get(home.name)
        has_two = was is not None and _has(was, undone.key)
        return f"{back} has its former answer back" if has_two else f"{back} is back"

    def _reset(self, conversation: Arrangement) -> str:
        of = self._of(conversation.name)
        count = len(conversation.turns) + len(conversation.deleted)
        return f"the turn{of} is back" if count == 1 else f"the {count} turns{of} are back"

    def _turn(self, key: TurnKey | None, home: Arrangement | None) -> str:
        """Return how a turn of a conversation is called."""
        if key is None or home is None:
            return "the turn"
        turn = home.at(key)
        named = "the deleted turn" if turn is None else f"turn {home.number(turn)}"
        return f"{named}{self._of(home.name)}"

    def _of(self, name: str) -> str:
        return "" if name == self.unnamed else f" of `{name}`"


def change_above(changed: int | None, number: int | None) -> str:
    """Return what has changed above a turn since it was asked; "" where nothing has.

    Parameters
    ----------
    changed : int or None
        The number of the first turn that is not what it was asked after, None for none.
    number : int or None
        The turn's own number, None where it has none any more.
    """
    if changed is None or number is None:
        return ""
    # All that stand above it now stood there, and more did.
    return f"turn {changed} changed" if changed < number else "a turn above was moved or removed"


def _home(key: TurnKey | None, conversations: Mapping[str, Arrangement]) -> Arrangement | None:
    """Return the conversation that a turn is in."""
    return next((each for each in conversations.values() if _has(each, key)), None)


def _has(conversation: Arrangement, key: TurnKey | None) -> bool:
    return any(turn.key == key for turn in (*conversation.turns, *conversation.deleted))
