"""The bars of finished answers: each is marked as out of date when an earlier turn changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from groq_magic.session.change_texts import warning_of
from groq_magic.views.slots import slot_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.conversation import Conversations, Turn, TurnKey
    from groq_magic.prompt.secrets import Secrets
    from groq_magic.views.answer_facts import FinishedAnswer, LiveFacts
    from groq_magic.views.shown_answers import ReasoningFold

__all__ = ["Bars", "FormerAnswer"]

_LEFT = "This answer is no longer part of the conversation."
_FORMER = "The conversation has the cell's former answer, not this one."
_ASKED_AGAIN = "This was asked again{}. The conversation has that answer, not this one."
_FORMER_KEPT = 200  # the number of undoable changes


@dataclass(frozen=True)
class FormerAnswer:
    """A finished answer as its cell showed it.

    Parameters
    ----------
    turn : Turn
    output : FinishedAnswer
    reasoning : (str, str) or None
        Its heading and safe HTML.
    """

    turn: Turn
    output: FinishedAnswer
    reasoning: ReasoningFold | None = None


class Bars:
    """The bars of a session's finished answers.

    Parameters
    ----------
    conversations : Conversations
        With the turns of the answers.
    secrets : callable
        Returns the secrets to hide in warnings, which quote prompts.
    cell_number : callable
        Returns the number beside the cell that shows a turn, None without one.
    """

    def __init__(
        self,
        conversations: Conversations,
        secrets: Callable[[], Secrets],
        cell_number: Callable[[Turn], int | None],
    ) -> None:
        self._conversations = conversations
        self._secrets = secrets
        self._cell_number = cell_number
        self._facts: dict[tuple[bool, str], tuple[LiveFacts, int]] = {}
        self._answers: dict[int, FormerAnswer] = {}
        self._prompts: dict[str, str] = {}

    def add(
        self,
        turn: Turn,
        output: FinishedAnswer,
        *,
        in_conversation: bool,
        reasoning: ReasoningFold | None = None,
    ) -> None:
        """Add a finished answer's bar; one outside of the conversation is never marked."""
        self._facts.pop((turn.practice, output.slot), None)
        if in_conversation:
            self._facts[turn.practice, output.slot] = output.live, turn.revision
            self._answers[turn.revision] = FormerAnswer(turn, output, reasoning)
            shown = {revision for _, revision in self._facts.values()}
            former = [each for each in self._answers if each not in shown]
            for revision in former[:-_FORMER_KEPT]:
                del self._answers[revision]

    def former(self, turn: Turn) -> FormerAnswer | None:
        """Return a turn's answer as its cell showed it, None where it is unknown."""
        return self._answers.get(turn.revision)

    def note_prompt(self, turn: Turn) -> None:
        """Record the prompt of a turn's cell, also for a turn asked with `--once`."""
        self._prompts[slot_of(turn.shown)] = turn.typed

    def has_other_prompt(self, turn: Turn) -> bool:
        """Whether a turn's cell has asked with another prompt since."""
        return self._prompts.get(slot_of(turn.shown), turn.typed) != turn.typed

    def shown_for(self, turn: Turn) -> FormerAnswer | None:
        """Return the answer that a turn's cell shows, None where it is unknown."""
        modes = (self._facts.get((mode, slot_of(turn.shown))) for mode in (False, True))
        return next((self._answers[each[1]] for each in modes if each is not None), None)

    def shows(self, turn: Turn) -> bool:
        """Whether a turn's cell shows its answer; true for a cell that has not run here."""
        shown = self._facts.get((turn.practice, slot_of(turn.shown)))
        if shown is None:
            return self._cell_number(turn) is None
        return shown[1] == turn.revision

    def cell_begins(self, cell: str) -> None:
        """Remove the answers of a cell that runs again: the page has cleared them."""
        for key, (_, revision) in tuple(self._facts.items()):
            if self._answers[revision].turn.shown.cell == cell:
                del self._facts[key]

    def update(self, *, practice: bool) -> dict[str, LiveFacts]:
        """Update the warnings; return the changed facts by slot."""
        turns = {slot_of(k): turn for k, turn in self._conversations.shown(practice).items()}
        again = {turn.key: turn for turn in turns.values()}
        changed: dict[str, LiveFacts] = {}
        secrets = cache(self._secrets)  # finding the key may read files
        for (of_practice, slot), (facts, revision) in self._facts.items():
            turn = turns.get(slot)
            line = self._stale(turn, secrets) if turn is not None else self._left(revision, again)
            if turn is not None and turn.revision != revision:
                line = _FORMER
            if of_practice == practice and facts.stale != line:
                changed[slot] = replace(facts, stale=line)
                self._facts[of_practice, slot] = changed[slot], revision
        return changed

    def stale_line(self, turn: Turn) -> str:
        """Return the warning that a turn's answer is out of date, "" if it isn't."""
        return self._stale(turn, self._secrets)

    def _left(self, revision: int, turns: Mapping[TurnKey, Turn]) -> str:
        """Return the warning above an answer without a turn; a retry may have another answer."""
        again = turns.get(self._answers[revision].turn.key)
        if again is None or again.revision < revision:
            return _LEFT
        cell = self._cell_number(again)
        return _ASKED_AGAIN.format(f" in cell {cell}" if cell is not None else "")

    def _stale(self, turn: Turn, secrets: Callable[[], Secrets]) -> str:
        change = self._conversations.change_above(turn)
        if change is None:
            return ""
        cell = self._cell_number(change.turn) if change.turn is not None else None
        return warning_of(change, cell, secrets().hide)
