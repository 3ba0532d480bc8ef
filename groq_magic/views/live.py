"""The views of one session, while its kernel lives."""

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
    from groq_magic.views.finished_outputs import FinishedOutput, Run
    from groq_magic.views.session_facts import PanelFacts, QuotaFacts
    from groq_magic.views.shown_answers import Thought

__all__ = ["Live"]

# Seconds in which a page runs the session widget once it is made, if it can.
LOADED_AFTER = 1.5


class Live:
    """The picker, the panel, the streaming documents and the widget of one session.

    Parameters
    ----------
    settings : traitlets.HasTraits
        The session's settings: the traits `model`, `temperature`,
        `max_tokens`, `reasoning_effort` and `system` follow the controls, and
        the controls follow them.
    panel_facts : callable
        Returns what the panel shows beside the settings.
    quota : callable
        Returns what is left of the limits now.
    key : callable, optional
        Returns where the key is from.
    enter_key : callable, optional
        Takes a key that was entered on the page; returns why it is not used, "" if it is.
    undo, reset : callable
        What the panel's buttons do.
    cells_changed : callable, optional
        Receives a notebook's path and the ids of its cells when a page reports them, in any
        thread.
    hand_over : callable, optional
        Runs a call in the thread that owns the session: callbacks of widgets can come in
        another one.

    Attributes
    ----------
    finished : FinishedOutputs
        The outputs that no notebook file has yet.
    pages : PageReports
        What the open pages lack.
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
        """Whether no page has run the session widget, though it had the time."""
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
        """Make the widget that fills the slots, if it is not there."""
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
            Set when the reader presses Stop.
        model : str
            The id of the model that is asked.

        Returns
        -------
        Document
            Shown where an output names its slot, until it is removed.
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
        """Forget an answer whose static output stands."""
        self._documents.remove(document)

    def put(
        self, slot: str, facts: LiveFacts, thought: Thought | Literal["same"] | None = "same"
    ) -> None:
        """Send what the bar of a finished answer shows; see `SessionWidget.put`."""
        self.start()
        if self._session is not None:
            self._session.put(slot, facts, thought)

    def begin(self, run: Run, place: str) -> None:
        """Send that a cell's answer has its first output; see `SessionWidget.begin`."""
        self.finished.begin(run)
        if self._session is not None and run.cell:
            self._session.begin(run, place)

    def finish(self, output: FinishedOutput) -> None:
        """Keep a finished output and offer it to the pages.

        Parameters
        ----------
        output : FinishedOutput
            It is dropped where it is in no cell, nor in an Output widget.
        """
        if not (output.run.cell or output.captured):
            return
        offer = self.finished.add(output)
        # Output widgets ignore updates by display id, whether a page was there or not.
        more = {"output": output.as_output(), "save": False} if output.captured else {}
        self._send({"finished": [{**offer, **more}]})

    def send_next(self, cell: str, code: str, replaces: Replacement | None = None) -> None:
        """Send which code is inserted below a cell; see `SessionWidget.send_next`."""
        if self._session is not None:
            self._session.send_next(cell, code, replaces)

    def speeds(self, speeds: Mapping[str, str]) -> None:
        """Send how quick models were; see `SessionWidget.send_speeds`."""
        if self._session is not None:
            self._session.send_speeds(speeds)

    def question(self, prompt: str, replies: Sequence[tuple[str, str]]) -> None:
        """Send the buttons of a question's box: their labels and what they type; none to end."""
        self._send({"question": {"prompt": prompt, "replies": list(replies)}})

    def quota_changed(self) -> None:
        """Send what is left of the limits, for every bar and the panel."""
        if self._session is not None:
            self._session.send_quota()

    def key_changed(self) -> None:
        """Send where the key is from now."""
        if self._session is not None:
            self._session.send_key()

    def refresh(self) -> None:
        """Draw the panel's facts again."""
        if self._panel is not None:
            self._panel.refresh()

    def close(self) -> None:
        """Close every widget; the outputs show their static text again.

        Closing twice is closing once.
        """
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
        # `Widget.close_all()` in a cell closes ours too: they are made again.
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
