"""What one kernel holds: settings, service, conversations, the last ask, live views."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from groq_magic.api.key import KEY_NAME
from groq_magic.api.request import size_of
from groq_magic.api.service import Service
from groq_magic.conversation import Conversations, change_above
from groq_magic.errors import ModelError
from groq_magic.ledger.ledger import Ledger
from groq_magic.ledger.requests import Requests
from groq_magic.prompt.secrets import Secrets, secrets_in
from groq_magic.session.earlier_turns import EarlierTurns
from groq_magic.session.executions import Executions, owner_of
from groq_magic.session.page_updates import PageUpdates
from groq_magic.session.quota import QuotaWatch
from groq_magic.session.recall import Recall
from groq_magic.session.saved_notebook import SavedNotebook
from groq_magic.views.show import say
from groq_magic.views.slots import slot_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.api.models import Catalogue
    from groq_magic.api.send import Outcome
    from groq_magic.assistant import Failure
    from groq_magic.conversation import SavedTurn, Turn
    from groq_magic.reply import Reply
    from groq_magic.session.ask import LastAsk
    from groq_magic.session.executions import Owner
    from groq_magic.settings import Settings
    from groq_magic.views.answer_facts import FinishedAnswer, LiveFacts
    from groq_magic.views.live import Live

__all__ = ["Session", "stale_line"]

# A token is about four bytes of UTF-8 in most languages; characters differ far more.
_USUAL_TOKENS_PER_BYTE = 0.25
# Below this the frame of the chat format outweighs the text, and the measure says little.
_ENOUGH_BYTES = 400
_CHANGED = "The conversation is changed"
_LEFT = "This answer is no longer part of the conversation."
_FORMER = "The conversation holds the cell's former answer, not this one."


class Session:
    """What one kernel holds.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    settings : Settings
    ask_for_key : callable
        Asks the user for a key, masked, and returns it; None where there is
        no way to ask.
    owner : Owner, optional
        The thread that may ask and change the conversation; else the one that
        makes the session.
    """

    def __init__(
        self,
        shell: Any,
        settings: Settings,
        ask_for_key: Callable[[], str | None],
        owner: Owner | None = None,
    ) -> None:
        self.shell = shell
        self.owner = owner or owner_of(shell)
        self.executions = Executions(shell)
        self.settings = settings
        self.saved = SavedNotebook(shell)
        self.conversations = Conversations(unnamed="main")
        self._page = PageUpdates(shell, self.saved, self.conversations)
        self.service = Service(settings, lambda: self.saved.folder, ask_for_key, say)
        self.last: LastAsk | None = None
        self.ledger = Ledger()
        self.requests = Requests()
        self.earlier = EarlierTurns()
        self.recall = Recall(settings)
        self._quota = QuotaWatch()
        self.last_failure: Failure | None = None
        self.tokens_per_byte = _USUAL_TOKENS_PER_BYTE
        self.live: Live | None = None
        self.restore_offered = False
        self._models_shown: Catalogue | None = None
        self._error: Exception | None = None
        self._facts: dict[tuple[bool, str], tuple[LiveFacts, int]] = {}

    @property
    def namespace(self) -> dict[str, Any]:
        """The user's variables."""
        return self.shell.user_ns  # type: ignore[no-any-return]  # the shell is Any

    @property
    def cell(self) -> str | None:
        """The id of the cell whose execution the running code belongs to."""
        return self.executions.present.cell

    def secrets(self) -> Secrets:
        """Return the present secrets, which no prompt and no output may show; never stored."""
        values = secrets_in(os.environ)
        key = self.service.own_key()
        return Secrets({KEY_NAME: key.value, **values} if key is not None else values)

    def cell_begins(self) -> None:
        """Note that a cell begins to run: its notebook is ours, the page as its request has it."""
        cell = self.executions.begin(self.conversations.start_cell).cell
        if cell is not None:
            self.saved.cells_seen.add(cell)
        if self._page.at_execution(cell):
            self._changed()

    def order_turns(self) -> None:
        """Order the turns by the saved notebook, where the page is not known better."""
        if self._page.at_ask(self.cell):
            self._changed()

    def cell_ended(self, *, succeeded: bool) -> None:
        """Note that a cell has run: what its last execution left behind goes."""
        self.executions.end()
        self.conversations.end_cell(succeeded=succeeded)
        self._free_frames()

    def keep(self, reply: Reply, name: str | None) -> None:
        """Put the reply into the user's namespace: `_groq`, and `name` with `-o`."""
        self._free_frames()
        self.namespace["_groq"], self._error = reply, reply.error
        if name:
            self.namespace[name] = reply

    def note(self, model: str, outcome: Outcome) -> None:
        """Note that a model was asked: what is left of its limits is what pages show."""
        fault = outcome.fault
        if fault is not None and isinstance(fault.error, ModelError):
            # There is no such model: nobody asks what is left of it.
            return
        self.service.last_model = model
        if self.live is not None:
            self.live.quota_changed()

    def news(self, model: str) -> tuple[str, ...]:
        """Return, once, what an answer's reader is to know of quota and cache."""
        return (
            *self._quota.lines(model, self.service.limiter.limits_of(model)),
            *self.recall.lines(),
        )

    def learn(self, size: int, prompt_tokens: int) -> None:
        """Calibrate the estimate of tokens by what the service counted for `size` bytes."""
        if size >= _ENOUGH_BYTES and prompt_tokens > 0:
            self.tokens_per_byte = min(1.0, max(0.05, prompt_tokens / size))

    def tokens_in(self, *texts: str) -> int:
        """Return about how many tokens texts take."""
        return round(sum(map(size_of, texts)) * self.tokens_per_byte)

    def tokens_per_character(self, *texts: str) -> float:
        """Return about how many tokens a character of these texts takes."""
        characters = sum(map(len, texts))
        return self.tokens_per_byte * sum(map(size_of, texts)) / max(1, characters)

    # What the saved notebook holds beside

    def restorable(self) -> tuple[SavedTurn, ...]:
        """Return the saved turns that are not part of the conversation yet."""
        above = self.conversations.page.above(self.cell)
        saved = self.saved.turns(above=self.cell if above is None else None)
        if above is not None:  # cells may have been moved and deleted since it was saved
            saved = tuple(turn for turn in saved if turn.key.cell in above)
        return self.conversations.restorable(saved, self.service.in_practice)

    # Changes of the conversation

    def undo(self) -> str:
        """Take the last change back; return what it was.

        Raises
        ------
        NotebookError
            When there is nothing to take back, or in another thread.
        """
        self.owner.require(_CHANGED)
        phrase = self.conversations.undo(self.service.in_practice)
        self._changed()
        return phrase

    def reset(self) -> int:
        """Empty the conversation in use; return how many turns went."""
        self.owner.require(_CHANGED)
        count = self.conversations.reset(self.settings.conversation, self.service.in_practice)
        self._changed()
        return count

    def drop(self, turn: Turn) -> None:
        """Remove one turn from its conversation."""
        self.owner.require(_CHANGED)
        self.conversations.drop(turn)
        self._changed()

    def restore(self, found: tuple[SavedTurn, ...]) -> tuple[Turn, ...]:
        """Put saved turns before those that are present."""
        self.owner.require(_CHANGED)
        added = self.conversations.restore(found, self.service.in_practice)
        self._changed()
        return added

    def finished(
        self, turn: Turn, output: FinishedAnswer, *, in_conversation: bool, appended: bool
    ) -> None:
        """Note what a finished answer's bar says, and show what its turn made stale."""
        self._facts.pop((turn.practice, output.slot), None)
        if in_conversation:
            self._facts[turn.practice, output.slot] = output.live, turn.revision
        if appended:
            # Nothing stands after it that could have become stale.
            self._refresh_panel()
        else:
            self._changed()

    def turn_count(self, *, practice: bool) -> int:
        """Return how many turns all conversations hold."""
        names = self.conversations.names(practice)
        return sum(len(self.conversations.get(name, practice)) for name in names)

    def is_last(self, turn: Turn) -> bool:
        """Whether the turn stands last in its conversation."""
        turns = self.conversations.get(turn.conversation, turn.practice).turns
        return bool(turns) and turns[-1] is turn

    def conversation_line(self) -> str:
        """Return the conversation in use in a few words: `main · 3 turns, 1,912 tokens`."""
        name = self.settings.conversation
        turns = self.conversations.get(name, self.service.in_practice).turns
        tokens = sum(self.tokens_in(turn.prompt, turn.answer) for turn in turns)
        return f"{name} · {len(turns)} turn{'s' * (len(turns) != 1)}, about {tokens:,} tokens"

    # Live views

    def refresh_picker(self) -> None:
        """Show the models as far as they are known."""
        catalogue = self.service.catalogue()
        if self.live is not None and catalogue is not self._models_shown:
            self._models_shown = catalogue
            self.live.models([(model.label, model.id) for model in catalogue.chat])

    def close(self) -> None:
        """Give everything back."""
        self.service.close()
        if self.live is not None:
            self.live.close()
            self.live = None

    def _free_frames(self) -> None:
        # The values of an error's frames would live as long as the reply that has it.
        if (error := self._error) is not None:
            error.__traceback__ = error.__context__ = self._error = None

    def _changed(self) -> None:
        practice = self.service.in_practice
        turns = {slot_of(k): turn for k, turn in self.conversations.shown(practice).items()}
        for (of_practice, slot), (facts, revision) in list(self._facts.items()):
            turn = turns.get(slot)
            line = stale_line(self.conversations, turn) if turn is not None else _LEFT
            if turn is not None and turn.revision != revision:
                line = _FORMER
            if of_practice == practice and facts.stale != line:
                told = replace(facts, stale=line)
                self._facts[of_practice, slot] = told, revision
                if self.live is not None:
                    self.live.put(slot, told)
        self._refresh_panel()

    def _refresh_panel(self) -> None:
        if self.live is not None:
            self.live.refresh()


def stale_line(conversations: Conversations, turn: Turn) -> str:
    """Return what a bar says of a turn whose earlier turns have changed since."""
    change = change_above(conversations.stale(turn), conversations.number(turn))
    return f"{change[0].upper()}{change[1:]} after this answer; re-run the cell." if change else ""
