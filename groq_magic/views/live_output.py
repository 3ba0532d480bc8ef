"""One output of a cell: drawn by the page at first, static at the end."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Literal

import ipywidgets
from IPython import get_ipython
from IPython.display import display, update_display
from ipywidgets.widgets import widget as ipywidgets_widget

from groq_magic.page.front_end import has_frames
from groq_magic.views.finished_outputs import CellExecution, FinishedOutput, run_of
from groq_magic.views.shown_answers import ShownAnswer

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

    from groq_magic.views.documents import Document
    from groq_magic.views.framed_answer import FramedAnswer
    from groq_magic.views.live import Live
    from groq_magic.views.shown_answers import ReasoningFold

__all__ = ["LiveOutput", "capturing_outputs"]


class LiveOutput:
    """One output of a cell.

    Parameters
    ----------
    live : Live
        The session's widgets.
    stopped : threading.Event
        Set when the user presses Stop.
    placeholder : callable
        Takes the document and whether to include its text; returns the MIME bundle to display
        until the end, which a notebook saved in the meantime contains.

    Attributes
    ----------
    document : Document or None
        From `open` to `finish`.
    """

    def __init__(
        self,
        live: Live,
        stopped: threading.Event,
        placeholder: Callable[[Document, bool], dict[str, Any]],
    ) -> None:
        self.document: Document | None = None
        self._live, self._stopped, self._placeholder = live, stopped, placeholder
        self._display_id = uuid.uuid4().hex
        self._metadata: dict[str, Any] = {}
        self._captured: tuple[str, ...] = ()
        self._run = CellExecution()
        self._place = ""
        self._framed: FramedAnswer | None = None

    def open(self, notices: tuple[str, ...], model: str, metadata: Mapping[str, Any]) -> Document:
        """Display the placeholder, once; return the document.

        Parameters
        ----------
        notices : tuple of str
            The lines above.
        model : str
            The id of the model that is asked.
        metadata : mapping
            The output's metadata until the end.
        """
        # `Widget.close_all()` may have closed the session's widget in the meantime.
        self._live.start()
        if self.document is None:
            self._metadata = dict(metadata)
            self.document = self._live.open_document(notices, self._stopped, model)
            self._place = f"groq-doc-{self.document.slot}"
            if has_frames(get_ipython()):
                self._framed = self._live.frame(self.document)
            self._display(self._shown(self.document), self._metadata)
        return self.document

    def update(self) -> None:
        """Display the text so far, if no page draws it."""
        if self.document is not None:
            shown = self._shown(self.document, with_text=True)
            self._publish(shown, self._metadata, update=True)

    def move(self) -> None:
        """Move this to the end of the cell's output."""
        if self.document is None or self._captured:
            return
        self._publish({"text/html": "", "text/plain": ""}, {}, update=True)
        self._display_id = uuid.uuid4().hex
        shown = self._shown(self.document, with_text=True)
        self._publish(shown, self._metadata, update=False)

    def finish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any],
        how: Literal["complete", "stopped", "failed"],
        turn: str = "",
        words: str = "",
    ) -> None:
        """Make it static.

        Parameters
        ----------
        data, metadata : dict
        how : {"complete", "stopped", "failed"}
        turn : str
            The class of an answer's bar.
        words : str
            What screen readers announce, "" for how an answer ended.
        """
        if self.document is None:
            self._display(data, metadata)
        else:
            self.document.end(how, words)
            self._publish(data, metadata, update=True)
            self._live.remove_document(self.document)
            self.document = None
        if self._framed is not None:
            self._framed.close_soon()
            self._framed = None
        self._live.finish(
            FinishedOutput(self._run, self._place, turn, data, metadata, self._captured)
        )

    def shown_answer(self, reasoning: ReasoningFold | None) -> ShownAnswer | None:
        """Return where the answer is displayed; None in an Output widget, which ignores updates."""
        return None if self._captured else ShownAnswer(self._display_id, self._run, reasoning)

    def _shown(self, document: Document, *, with_text: bool = False) -> dict[str, Any]:
        view = self._framed.view() if self._framed is not None else {}
        return {**self._placeholder(document, with_text), **view}

    def _display(self, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        shell = get_ipython()
        self._run, self._captured = run_of(shell), capturing_outputs(shell)
        self._publish(data, metadata, update=False)
        self._live.begin(self._run, self._place)

    def _publish(self, data: dict[str, Any], metadata: dict[str, Any], *, update: bool) -> None:
        put = update_display if update else display
        put(  # type: ignore[no-untyped-call]  # IPython has no types for it
            data, raw=True, metadata=metadata, display_id=self._display_id
        )


def capturing_outputs(shell: Any) -> tuple[str, ...]:
    """Return the model ids of the Output widgets that are entered now.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell

    Notes
    -----
    The one that was entered last captures all that is displayed.
    """
    parent = shell.get_parent() if hasattr(shell, "get_parent") else None
    message = ((parent or {}).get("header") or {}).get("msg_id")
    if not message:
        return ()
    # Private, and pinned by a test: no public way leads to all widgets.
    widgets: dict[str, Any] = getattr(ipywidgets_widget, "_instances", {})
    return tuple(
        each.model_id
        for each in tuple(widgets.values())
        if isinstance(each, ipywidgets.Output) and each.msg_id == message
    )
