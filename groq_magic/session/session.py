"""The session of one kernel: settings, service, conversations, the last ask, live views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from groq_magic.api.service import Service
from groq_magic.conversation import Conversations
from groq_magic.errors import ModelError
from groq_magic.ledger.ledger import Ledger
from groq_magic.ledger.request_history import RequestHistory
from groq_magic.ledger.request_log import RequestLog
from groq_magic.ledger.unwritten import UnwrittenByFile
from groq_magic.page.cell import cell_id, listed_cells
from groq_magic.page.shown_errors import BackgroundErrors
from groq_magic.prompt import Privacy
from groq_magic.session.background_runs import BackgroundRuns
from groq_magic.session.bars import Bars
from groq_magic.session.executions import Executions, owner_of
from groq_magic.session.last_failures import LastFailures
from groq_magic.session.last_plot import LastPlot
from groq_magic.session.page_lists import page_by_file, page_by_report, page_by_request
from groq_magic.session.quota import QuotaWatch
from groq_magic.session.saved_notebook import SavedNotebook
from groq_magic.session.secrets import EarlierTurns, present_secrets
from groq_magic.session.stored_answers import StoredAnswers
from groq_magic.session.token_estimate import TokenEstimate
from groq_magic.session.undoing import UndoResult, show_former, show_removed
from groq_magic.tools.question import OpenQuestions
from groq_magic.views.phrase import quoted
from groq_magic.views.show import show_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.api.models import Catalogue
    from groq_magic.api.send import Outcome
    from groq_magic.conversation import Page, SavedTurn, Turn
    from groq_magic.prompt.secrets import Secrets
    from groq_magic.reply import Reply
    from groq_magic.session.ask import Ask
    from groq_magic.session.executions import Execution, Owner
    from groq_magic.settings import Settings
    from groq_magic.views.answer_facts import FinishedAnswer
    from groq_magic.views.live import Live

__all__ = ["Session"]

_CHANGED = "The conversation is changed"


class Session:
    """The state of one kernel.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    settings : Settings
    ask_for_key : callable
        Asks the user for a key, masked, and returns it; None where the user
        can't be asked.
    owner : Owner, optional
        The thread that may ask and change the conversation; by default the
        one that runs cells.
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
        self.saved = SavedNotebook(shell, self.executions.cells_seen)
        self.conversations = Conversations()
        self.bars = Bars(self.conversations, self.secrets, self.cell_number)
        self.service = Service(settings, lambda: self.saved.folder, ask_for_key, show_lines)
        self.last: Ask | None = None
        self.ledger, self.requests = Ledger(), RequestHistory()
        self.request_log = RequestLog(lambda: settings.log)
        self.earlier, self.stored_answers = EarlierTurns(), StoredAnswers()
        self._quota = QuotaWatch()
        self.failures, self.background = LastFailures(), BackgroundErrors()
        self.last_plot, self.questions = LastPlot(shell), OpenQuestions()
        self.background_runs, self.unwritten = BackgroundRuns(shell, self.owner), UnwrittenByFile()
        self.map_results: WeakValueDictionary[str, Any] = WeakValueDictionary()
        self._estimates = {practice: TokenEstimate() for practice in (False, True)}
        self.live: Live | None = None
        self.restore_offered = False
        self._models_shown: Catalogue | None = None
        self._error: Exception | None = None
        self._shown: tuple[Reply, Execution] | None = None

    @property
    def namespace(self) -> dict[str, Any]:
        """The user's variables."""
        return self.shell.user_ns  # type: ignore[no-any-return]  # the shell is Any

    @property
    def cell(self) -> str | None:
        """The id of the cell whose execution the running code belongs to."""
        return self.executions.current.cell

    def cell_number(self, turn: Turn) -> int | None:
        """Return the number beside the cell that shows a turn, None where it has not run here."""
        cell = turn.shown.cell
        return turn.cell_number if cell is None else self.executions.number_of(cell)

    def secrets(self) -> Secrets:
        """Return the present secrets, which no prompt and output may contain; don't store them."""
        return present_secrets(self.service)

    def privacy(self) -> Privacy:
        """Return the present limits on the user's data in requests."""
        return Privacy(self.settings.rows_sent, tuple(self.settings.private))

    def cell_begins(self, source: str = "") -> None:
        """Record that a cell begins to run, its source and the cell list of its request."""
        cell = self.saved.known_as(cell_id(self.shell), source)
        self.executions.begin(self.conversations.start_cell, cell, source)
        if cell is not None:
            self.bars.cell_begins(cell)
            if self.live is not None:
                self.live.answers.cell_begins(cell)
        self._arrange(page_by_request(self.conversations.page, self.shell, cell))

    def cells_changed(self, notebook: object, order: object) -> None:
        """Order the turns by a notebook's cells (path and ids), as a page reports them.

        In any thread. A report is dropped if a cell is running: its request has its own list,
        and the page reports again when the kernel is idle.
        """
        listed, idle_since = listed_cells(notebook, order), self.executions.idle_since

        def arrange() -> None:
            if idle_since is not None and idle_since == self.executions.idle_since:
                self._arrange(page_by_report(self.conversations.page, listed))

        if listed.order and listed.notebook:
            self.owner.hand_over(arrange)

    def order_turns(self) -> None:
        """Order the turns by the saved notebook, if the request had no list and it is newer."""
        page = self.conversations.page
        self._arrange(page_by_file(page, self.shell, self.saved, self.cell))

    def cell_ended(self, *, succeeded: bool) -> None:
        """Record that a cell has run, and remove the turns that it no longer asks for."""
        self.executions.end()
        self.conversations.end_cell(succeeded=succeeded)
        self._free_frames()

    def keep(self, reply: Reply, name: str | None) -> None:
        """Set the user's variables: `_groq`, and `name` with `-o`."""
        self._free_frames()
        self.namespace["_groq"], self._error = reply, reply.error
        if name:
            self.namespace[name] = reply

    def note_shown(self, reply: Reply) -> None:
        """Record that this execution has shown a reply."""
        self._shown = reply, self.executions.current

    def has_shown(self, reply: Reply) -> bool:
        """Whether this execution has shown this reply, so as not to show it twice."""
        shown, execution = self._shown or (None, None)
        return shown is reply and execution is self.executions.current

    def note(self, model: str, outcome: Outcome) -> None:
        """Record the model that was asked: pages show the rest of its limits."""
        fault = outcome.fault
        if fault is not None and isinstance(fault.error, ModelError):
            # The model doesn't exist, so it has no limits.
            return
        self.service.last_model = model
        if self.live is not None:
            self.live.quota_changed()

    def due_notices(self, model: str) -> tuple[str, ...]:
        """Return the notices about quota, cache and log, each once."""
        return (
            *self._quota.lines(model, self.service.limiter.limits_of(model)),
            *self.stored_answers.lines(),
            *self.request_log.lines(),
        )

    @property
    def estimate(self) -> TokenEstimate:
        """The estimate of tokens; the practice server has its own."""
        return self._estimates[self.service.in_practice]

    def restorable(self) -> tuple[SavedTurn, ...]:
        """Return the saved turns that are not part of the conversation yet."""
        return self.conversations.restorable(self.saved_above(), self.service.in_practice)

    def saved_above(self) -> tuple[SavedTurn, ...]:
        """Return the saved turns of the cells above."""
        above = self.conversations.page.above(self.cell)
        saved = self.saved.turns(above=self.cell if above is None else None)
        if above is not None:  # cells may have been moved or deleted since the save
            return tuple(turn for turn in saved if turn.key.cell in above)
        return saved

    # Changes of the conversation

    def undo(self) -> UndoResult:
        """Undo the last change, on the page too.

        Raises a NotebookError if there is nothing to undo, and in another thread.
        """
        self.owner.require(_CHANGED)
        practice = self.service.in_practice
        before = self.conversations.shown(practice)
        phrase = self.conversations.undo(practice, lambda prompt: quoted(self._hide(prompt)))
        now = self.conversations.shown(practice)
        show_removed(self.bars, self.live, (before[key] for key in before.keys() - now.keys()))
        known = {turn.revision for turn in before.values()}
        former = tuple(
            show_former(self.bars, self.live, self._hide, turn)
            for turn in now.values()
            if turn.revision not in known and not self.bars.shows(turn)
        )
        self._changed()
        return UndoResult(phrase, former)

    def reset(self) -> int:
        """Empty the conversation in use; return how many turns were removed."""
        self.owner.require(_CHANGED)
        count = self.conversations.reset(self.settings.conversation, self.service.in_practice)
        self._changed()
        return count

    def drop(self, turn: Turn) -> None:
        """Remove one turn from its conversation."""
        self.owner.require(_CHANGED)
        self.conversations.drop(turn)
        show_removed(self.bars, self.live, (turn,))
        self._changed()

    def restore(self, found: tuple[SavedTurn, ...]) -> tuple[Turn, ...]:
        """Put saved turns before those that are present."""
        self.owner.require(_CHANGED)
        added = self.conversations.restore(found, self.service.in_practice)
        self._changed()
        return added

    def add_answer(
        self, turn: Turn, output: FinishedAnswer, *, in_conversation: bool, appended: bool
    ) -> None:
        """Add a finished answer's bar, and mark the answers that its turn put out of date."""
        reasoning = self.live.answers.reasoning(output.slot) if self.live is not None else None
        self.bars.note_prompt(turn)
        self.bars.add(turn, output, in_conversation=in_conversation, reasoning=reasoning)
        if not appended:
            self._changed()
        elif self.live is not None:
            # No later turn could be out of date.
            self.live.refresh()

    def refresh_picker(self) -> None:
        """Show the models known so far."""
        catalogue = self.service.catalogue()
        if self.live is not None and catalogue is not self._models_shown:
            self._models_shown = catalogue
            self.live.models([(model.label, model.id) for model in catalogue.chat])

    def close(self) -> None:
        """Close runs, connections, views and servers."""
        self.background_runs.close()
        self.unwritten.write()
        self.service.close()
        if self.live is not None:
            self.live.close()
            self.live = None

    def _hide(self, text: str) -> str:
        return self.secrets().hide(text)

    def _free_frames(self) -> None:
        # The error's frames would keep their values alive as long as the reply.
        if (error := self._error) is not None:
            error.__traceback__ = error.__context__ = self._error = None

    def _arrange(self, page: Page) -> None:
        if self.conversations.arrange(page):
            self._changed()

    def _changed(self) -> None:
        bars = self.bars.update(practice=self.service.in_practice)
        if self.live is not None:
            for slot, facts in bars.items():
                self.live.send_facts(slot, facts)
            self.live.refresh()
