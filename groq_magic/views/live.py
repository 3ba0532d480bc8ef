"""The widgets and documents that the views of one session share while its kernel lives."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Literal

from groq_magic.views.documents import Document, Documents
from groq_magic.views.finished_outputs import FinishedOutputs
from groq_magic.views.framed_answer import FramedAnswer
from groq_magic.views.page_reports import PageReports
from groq_magic.views.panel import Panel
from groq_magic.views.picker import ModelPicker, close_whole
from groq_magic.views.session_facts import KeyFacts
from groq_magic.views.session_widget import SessionWidget
from groq_magic.views.shown_answers import ShownAnswers

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence

    import ipywidgets
    import traitlets

    from groq_magic.views.answer_facts import LiveFacts, Replacement
    from groq_magic.views.finished_outputs import CellExecution, FinishedOutput
    from groq_magic.views.session_facts import PanelFacts, QuotaFacts
    from groq_magic.views.shown_answers import ReasoningFold

__all__ = ["Live"]

# Seconds after which a page has run a new session widget, if it can.
LOADED_AFTER = 1.5


class Live:
    """The picker, the panel, the streaming documents and the widget of one session.

    Parameters
    ----------
    settings : traitlets.HasTraits
        The traits `model`, `temperature`, `max_tokens`, `reasoning_effort` and `system` follow
        the controls, and the controls follow them.
    panel_facts : callable
        Returns the facts in the panel.
    quota : callable
        Returns the remaining quota.
    key : callable, optional
        Returns the key's state.
    enter_key : callable, optional
        Takes a key that was entered on the page; returns why it is not used, "" if it is.
    undo, reset : callable
        Called by the panel's buttons.
    cells_changed : callable, optional
        Receives a notebook's path and the ids of its cells when a page reports them, in any
        thread.
    hand_over : callable, optional
        Runs a call in the thread that owns the session: callbacks of widgets can run in
        another thread.

    Attributes
    ----------
    finished : FinishedOutputs
        The outputs that no notebook file has yet.
    pages : PageReports
        The reports of open pages.
    answers : ShownAnswers
        The answers that cells show.
    """

    def __init__(  # noqa: PLR0913 - values and callables, so that no view knows the session
        self,
        settings: traitlets.HasTraits,
        *,
        panel_facts: Callable[[], PanelFacts],
        quota: Callable[[], QuotaFacts],
        key: Callable[[], KeyFacts] = lambda: KeyFacts("", wanted=False),
        enter_key: Callable[[str], str] = lambda _typed: "",
        undo: Callable[[], None],
        reset: Callable[[], None],
        cells_changed: Callable[[object, object], None] = lambda _notebook, _order: None,
        hand_over: Callable[[Callable[[], None]], None] = lambda call: call(),
    ) -> None:
        self._settings: Any = settings
        self._hand_over = hand_over
        self._documents = Documents()
        self._panel_facts = panel_facts
        self._quota = quota
        self._key = key
        self._enter_key = enter_key
        self._undo = undo
        self._reset = reset
        self._cells_changed = cells_changed
        self._models: tuple[tuple[str, str], ...] = ()
        self._picker = ModelPicker(settings, hand_over)
        self._panel: Panel | None = None
        self._session: SessionWidget | None = None
        self._made_at = 0.0
        self.finished = FinishedOutputs()
        self.pages = PageReports()
        self.answers = ShownAnswers()
        self._closed = False
        self._settings.observe(self._model_changed, "model")

    @property
    def picker(self) -> ipywidgets.Dropdown:
        """The session's picker, shown in every bar."""
        return self._picker.dropdown

    @property
    def panel(self) -> ipywidgets.VBox:
        """The session's panel, made when it is first asked for."""
        if self._panel is None:
            self._panel = Panel(
                self._settings,
                self._panel_facts,
                undo=self._undo,
                reset=self._reset,
                hand_over=self._hand_over,
            )
            self._panel.models(self._models)
        return self._panel.box

    @property
    def lacks_page(self) -> bool:
        """Whether no page has run the session widget in time."""
        return not self.pages.has_page and time.monotonic() - self._made_at > LOADED_AFTER

    def models(self, models: Sequence[tuple[str, str]]) -> None:
        """Show the models to choose from.

        Parameters
        ----------
        models : sequence of (str, str)
            Labels and ids, in the order in which to show them.
        """
        self._models = tuple(models)
        self._picker.models(self._models)
        if self._panel is not None:
            self._panel.models(self._models)

    def start(self) -> None:
        """Make the session widget, which fills the slots, unless it exists."""
        self._drop_closed()
        if self._session is None and not self._closed:
            self._made_at = time.monotonic()
            self._session = SessionWidget(
                self.picker.model_id,
                self._settings.model,
                make_panel=lambda: str(self.panel.model_id),
                quota=self._quota,
                key=self._key,
                enter_key=self._enter_key,
                documents=self._documents,
                finished=self.finished,
                pages=self.pages,
                cells_changed=self._cells_changed,
                hand_over=self._hand_over,
            )

    def open_document(
        self, notices: tuple[str, ...], stopped: threading.Event, model: str = ""
    ) -> Document:
        """Begin to stream an answer.

        Parameters
        ----------
        notices : tuple of str
            The lines above the answer.
        stopped : threading.Event
            Set when the user presses Stop.
        model : str
            The id of the model that is asked.

        Returns
        -------
        Document
            Shown in outputs with its slot, until it is removed.
        """
        self.start()
        document = Document(stopped, self._send)
        # Before pages know it: a press of Stop may follow at once.
        self._documents.add(document)
        document.begin(notices, model)
        return document

    def frame(self, document: Document) -> FramedAnswer:
        """Return a widget that shows a document in a view of its own."""
        return FramedAnswer(document, self._receive)

    def remove_document(self, document: Document) -> None:
        """Remove a document whose static output is displayed."""
        self._documents.remove(document)

    def send_facts(
        self,
        slot: str,
        facts: LiveFacts,
        reasoning: ReasoningFold | Literal["same"] | None = "same",
    ) -> None:
        """Send the facts in a finished answer's bar; see `SessionWidget.send_facts`."""
        self.start()
        if self._session is not None:
            self._session.send_facts(slot, facts, reasoning)

    def begin(self, run: CellExecution, place: str) -> None:
        """Report that a cell's answer has its first output; see `SessionWidget.begin`."""
        self.finished.begin(run)
        if self._session is not None and run.cell:
            self._session.begin(run, place)

    def finish(self, output: FinishedOutput) -> None:
        """Keep a finished output and offer it to the pages.

        Parameters
        ----------
        output : FinishedOutput
            Ignored if it is in neither a cell nor an Output widget.
        """
        if not (output.run.cell or output.captured):
            return
        offer = self.finished.add(output)
        # Output widgets ignore updates by display id.
        more = {"output": output.as_output(), "save": False} if output.captured else {}
        self._send({"finished": [{**offer, **more}]})

    def send_next(self, cell: str, code: str, replaces: Replacement | None = None) -> None:
        """Send the code that is inserted below a cell; see `SessionWidget.send_next`."""
        if self._session is not None:
            self._session.send_next(cell, code, replaces)

    def speeds(self, speeds: Mapping[str, str]) -> None:
        """Send the speeds of models; see `SessionWidget.send_speeds`."""
        if self._session is not None:
            self._session.send_speeds(speeds)

    def question(self, prompt: str, replies: Sequence[tuple[str, str]]) -> None:
        """Send the buttons of a question: labels, and the replies they type; none removes them."""
        self._send({"question": {"prompt": prompt, "replies": list(replies)}})

    def announce_error(self, line: str) -> None:
        """Have screen readers announce an error that a cell ends with."""
        self._send({"error": line})

    def quota_changed(self) -> None:
        """Send the remaining quota, for every bar and the panel."""
        if self._session is not None:
            self._session.send_quota()

    def refresh(self) -> None:
        """Draw the panel's facts and the key's state again."""
        if self._session is not None:
            self._session.refresh_key()
        if self._panel is not None:
            self._panel.refresh()

    def close(self) -> None:
        """Close every widget; the outputs show their static text again."""
        if self._closed:
            return
        self._closed = True
        self._settings.unobserve(self._model_changed, "model")
        if self._session is not None:
            close_whole(self._session)
            self._session = None
        if self._panel is not None:
            self._panel.close()
            self._panel = None
        self._picker.close()

    def _drop_closed(self) -> None:
        # `Widget.close_all()` in a cell closes our widgets too; then new ones are made.
        if self._closed:
            return
        if self._panel is not None and self._panel.box.comm is None:
            self._panel.close()
            self._panel = None
        if self._picker.dropdown.comm is None:
            self._picker.close()
            self._picker = ModelPicker(self._settings, self._hand_over)
            self._picker.models(self._models)
            if self._session is not None:
                close_whole(self._session)
        if self._session is not None and self._session.comm is None:
            self._session = None

    def _send(self, message: dict[str, Any]) -> None:
        if self._session is not None:
            self._session.send(message)

    def _receive(self, content: Mapping[str, Any]) -> None:
        if self._session is not None:
            self._session.receive(content)

    def _model_changed(self, _change: Any) -> None:
        if self._session is not None:
            self._session.send_current(self._settings.model)
