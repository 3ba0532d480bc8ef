"""The bars of finished answers: each is marked as stale when an earlier turn changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.views.slots import slot_of

if TYPE_CHECKING:
    from groq_magic.conversation import Conversations, Turn
    from groq_magic.views.answer_facts import FinishedAnswer, LiveFacts

__all__ = ["Bars", "stale_line"]

_LEFT = "This answer is no longer part of the conversation."
_FORMER = "The conversation holds the cell's former answer, not this one."


class Bars:
    """The bars of a session's finished answers.

    Parameters
    ----------
    conversations : Conversations
        Whose turns the answers are.
    """

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self._facts: dict[tuple[bool, str], tuple[LiveFacts, int]] = {}

    def add(self, turn: Turn, output: FinishedAnswer, *, in_conversation: bool) -> None:
        """Add a finished answer's bar; one outside of the conversation is never marked."""
        self._facts.pop((turn.practice, output.slot), None)
        if in_conversation:
            self._facts[turn.practice, output.slot] = output.live, turn.revision

    def update(self, *, practice: bool) -> dict[str, LiveFacts]:
        """Update the marks; return the changed lines by slot."""
        turns = {slot_of(k): turn for k, turn in self._conversations.shown(practice).items()}
        changed: dict[str, LiveFacts] = {}
        for (of_practice, slot), (facts, revision) in self._facts.items():
            turn = turns.get(slot)
            line = stale_line(self._conversations, turn) if turn is not None else _LEFT
            if turn is not None and turn.revision != revision:
                line = _FORMER
            if of_practice == practice and facts.stale != line:
                changed[slot] = replace(facts, stale=line)
                self._facts[of_practice, slot] = changed[slot], revision
        return changed


def stale_line(conversations: Conversations, turn: Turn) -> str:
    """Return the stale mark of a turn, "" if no earlier turn has changed since."""
    change = conversations.change_above(turn)
    return f"{change[0].upper()}{change[1:]} after this answer; re-run the cell." if change else ""
