"""What the views of one session share while its kernel lives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.views.closing import close_whole
from groq_magic.views.documents import Document, Documents
from groq_magic.views.panel import Panel
from groq_magic.views.picking import ModelPicker
from groq_magic.views.session_widget import SessionWidget

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence

    import ipywidgets
    import traitlets

    from groq_magic.views.live_facts import LiveFacts
    from groq_magic.views.panel_facts import PanelFacts
    from groq_magic.views.quota_facts import QuotaFacts

__all__ = ["Live"]


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
    undo, reset : callable
        What the panel's buttons do.
    hand_over : callable, optional
        Runs a call in the thread that owns the session: callbacks of widgets can come in
        another one.

    Attributes
    ----------
    missed : set of str
        The bars' classes of answers whose page was loaded while they came: it
        does not show them.
    """

    def __init__(  # noqa: PLR0913 - values and callables, so that no view knows the session
        self,
        settings: traitlets.HasTraits,
        *,
        panel_facts: Callable[[], PanelFacts],
        quota: Callable[[], QuotaFacts],
        undo: Callable[[], None],
        reset: Callable[[], None],
        hand_over: Callable[[Callable[[], None]], None] = lambda call: call(),
    ) -> None:
        self._settings: Any = settings
        self._hand_over = hand_over
        self._documents = Documents()
        self._panel_facts = panel_facts
        self._quota = quota
        self._undo = undo
        self._reset = reset
        self._models: tuple[tuple[str, str], ...] = ()
        self._picker = ModelPicker(settings, hand_over)
        self._panel: Panel | None = None
        self._session: SessionWidget | None = None
        self.missed: set[str] = set()
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

    def models(self, models: Sequence[tuple[str, str]]) -> None:
        """Say which models there are to choose from.

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
            self._session = SessionWidget(
                self.picker.model_id,
                self._settings.model,
                make_panel=lambda: str(self.panel.model_id),
                quota=self._quota,
                documents=self._documents,
                hand_over=self._hand_over,
            )

    def open_document(self, notices: tuple[str, ...], stopped: threading.Event) -> Document:
        """Begin to stream an answer.

        Parameters
        ----------
        notices : tuple of str
            The lines above the answer.
        stopped : threading.Event
            Set when the reader presses Stop.

        Returns
        -------
        Document
            Shown where an output names its slot, until it is removed.
        """
        self.start()
        document = Document(notices, stopped, self._send)
        self._documents.add(document)
        return document

    def remove_document(self, document: Document) -> None:
        """Forget an answer whose static output stands."""
        self._documents.remove(document)

    def put(self, slot: str, facts: LiveFacts, thought: tuple[str, str] | None = None) -> None:
        """Say what the bar of a settled answer shows.

        Parameters
        ----------
        slot : str
            The class of the bar.
        facts : LiveFacts
            What it says.
        thought : (str, str), optional
            Heading and safe HTML of the reasoning, shown while the session
            lives; what was given once is kept.
        """
        self.start()
        if self._session is not None:
            self._session.put(slot, facts, thought)

    def finish(
        self,
        stream: str,
        data: Mapping[str, str],
        metadata: Mapping[str, Any],
        captured: Sequence[str],
        *,
        send: bool,
    ) -> None:
        """Put a finished output in the place of the streaming one; see `SessionWidget.finish`."""
        if self._session is not None:
            self._session.finish(stream, data, metadata, captured, send=send)

    def speeds(self, speeds: Mapping[str, str]) -> None:
        """Say how quick models were.

        Parameters
        ----------
        speeds : mapping of str to str
            The class of a model's row in a listing, and what stands there.
        """
        if self._session is not None:
            self._session.say_speeds(speeds)

    def quota_changed(self) -> None:
        """Say in every bar and in the panel what is left of the limits now."""
        if self._session is not None:
            self._session.say_quota()

    def refresh(self) -> None:
        """Draw the panel's facts anew."""
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

    def _model_changed(self, _change: Any) -> None:
        if self._session is not None:
            self._session.say_current(self._settings.model)
