"""The bars of finished answers: each is marked as stale when an earlier turn changes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from groq_magic.views.phrase import quoted
from groq_magic.views.slots import slot_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.conversation import Conversations, Turn
    from groq_magic.prompt.secrets import Secrets
    from groq_magic.views.answer_facts import FinishedAnswer, LiveFacts

__all__ = ["Bars"]

_LEFT = "This answer is no longer part of the conversation."
_SEARCHED = 1_000  # characters of a prompt, of which a warning shows fewer
_FORMER = "The conversation holds the cell's former answer, not this one."


class Bars:
    """The bars of a session's finished answers.

    Parameters
    ----------
    conversations : Conversations
        Whose turns the answers are.
    secrets : callable
        Returns what no warning may show: a restored prompt can contain any text.
    """

    def __init__(self, conversations: Conversations, secrets: Callable[[], Secrets]) -> None:
        self._conversations = conversations
        self._secrets = secrets
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
        secrets = cache(self._secrets)  # they are searched for in files
        for (of_practice, slot), (facts, revision) in self._facts.items():
            turn = turns.get(slot)
            line = self._stale(turn, secrets) if turn is not None else _LEFT
            if turn is not None and turn.revision != revision:
                line = _FORMER
            if of_practice == practice and facts.stale != line:
                changed[slot] = replace(facts, stale=line)
                self._facts[of_practice, slot] = changed[slot], revision
        return changed

    def stale_line(self, turn: Turn) -> str:
        """Return the warning that a turn's answer is out of date, "" where it is not."""
        return self._stale(turn, self._secrets)

    def _stale(self, turn: Turn, secrets: Callable[[], Secrets]) -> str:
        if not self._conversations.change_above(turn):
            return ""
        changed = self._conversations.changed_above(turn)
        what = "A turn above was moved or removed"
        if changed is not None:
            prompt = quoted(secrets().hidden(changed.typed[:_SEARCHED]))
            what = f"The conversation above changed at {prompt}"
        return f"{what} after this answer. Run this cell again."
