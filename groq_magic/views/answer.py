"""The view of one ask in a notebook: a document while it streams, then static output."""

from __future__ import annotations

import threading
import time
import uuid
from typing import TYPE_CHECKING, Any, Literal

import ipywidgets
from IPython import get_ipython
from IPython.display import display, update_display
from ipywidgets.widgets import widget as ipywidgets_widget

from groq_magic.page.front_end import has_frames
from groq_magic.views.figures import figures, thought_summary
from groq_magic.views.finished_outputs import FinishedOutput, Run, run_of
from groq_magic.views.phrase import phrase_html
from groq_magic.views.shown_answers import ShownAnswer
from groq_magic.views.static import bundle, unfinished
from groq_magic.views.tool_calls import calls_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.rendering import GrowingData
    from groq_magic.tools.call_result import CallResult
    from groq_magic.views.answer_facts import AnswerStart, FinishedAnswer, Progress
    from groq_magic.views.documents import Document
    from groq_magic.views.framed_answer import FramedAnswer
    from groq_magic.views.live import Live

__all__ = ["AnswerView", "StaticUpdates", "capturing_outputs"]

# An ask that fails at once then leaves no output but its error.
SHOWN_AFTER = 0.25

# Characters of an answer that no page draws, before its first static output.
FIRST = 200

# Figures that change more often can't be read.
FIGURES_EVERY = 0.2

# Plain text and JSON stream as a code block, whose fence no answer closes.
FENCE = "`" * 64
PREFIXES = (("text", f"{FENCE}\n"), ("json", f"{FENCE}json\n"))


class AnswerView:
    """The view of one ask in a notebook that shows widgets.

    Parameters
    ----------
    live : Live
        What the views of one session share.

    Notes
    -----
    `open`, then `feed` and `progress` as things come, then `finish` or
    `discard`, once. The document is opened when there is something to show: text,
    a wait, or a quarter of a second gone by. The output names its slot, and the
    session's page draws it there; a notebook saved before the end holds a line
    instead. `finish` makes the same output static and removes the document.
    """

    def __init__(self, live: Live) -> None:
        self.stopped = threading.Event()
        self._live = live
        self._document: Document | None = None
        self._display_id = uuid.uuid4().hex
        self._figures_at = 0.0
        self._thought_since: float | None = None
        self._thought_over = False
        self._captured: tuple[str, ...] = ()
        self._data: GrowingData | None = None
        self._calls: tuple[CallResult, ...] = ()
        self._run = Run()
        self._place = ""
        self._framed: FramedAnswer | None = None
        self._updates = StaticUpdates(lambda: live.lacks_page)

    def open(self, start: AnswerStart) -> None:
        """Begin; nothing is shown yet."""
        self._start = start

    def feed(self, text: str, reasoning: str) -> None:
        """Draw what has come."""
        if not text and not reasoning:
            return
        document = self._shown()
        if self._start.format == "data":
            text = self._growing().feed(text)
        document.feed(text, reasoning)
        if self._updates.is_due(text):
            self._update(document)
        self._show_summary(document, reasoning, over=bool(text))

    def restart(self, line: str) -> None:
        """Draw a line, after which an answer of typed data begins again."""
        self._shown().feed(self._growing().restart(line), "")

    def _growing(self) -> GrowingData:
        # Rendering takes a while to import.
        from groq_magic.rendering import GrowingData

        if self._data is None:
            self._data = GrowingData()
        return self._data

    def calls(self, calls: tuple[CallResult, ...]) -> None:
        """Draw the tool calls."""
        self._calls = calls
        document = self._shown()
        document.show({"calls": calls_html(calls)})
        if self._live.lacks_page:
            self._update(document)

    def move(self) -> None:
        """Go on below what has been displayed since, so that the answer ends the output."""
        document = self._document
        if document is None or self._captured:
            return
        metadata = dict(self._start.metadata)
        self._publish({"text/html": "", "text/plain": ""}, {}, update=True)
        self._display_id = uuid.uuid4().hex
        self._publish(self._unfinished(document, document.html()), metadata, update=False)

    def progress(self, progress: Progress) -> None:
        """Draw the figures and what is waited for."""
        if self._document is None and not progress.waiting and progress.seconds < SHOWN_AFTER:
            return
        facts = {"waiting": phrase_html(progress.waiting)}
        now = time.monotonic()
        if now - self._figures_at >= FIGURES_EVERY:
            self._figures_at = now
            facts["figures"] = figures(progress)
        self._shown().show(facts)

    def finish(self, answer: FinishedAnswer) -> None:
        """Make the output static, remove the document, hand the bar to the slots."""
        data, metadata = bundle(answer)
        document = self._document
        if document is not None:
            self._show_summary(document, "", over=True)
        # Before the output, so that its bar comes up filled.
        thought = None if document is None or answer.reasoning else document.thought()
        self._live.put(answer.slot, answer.live, thought)
        self._finish(data, metadata, "stopped" if self.stopped.is_set() else "complete")
        # An Output widget ignores updates by display id.
        if not self._captured:
            shown = ShownAnswer(self._display_id, self._run, thought)
            self._live.answers.add(answer.slot, shown)

    def discard(self) -> None:
        """Leave nothing but an empty output, and that only if something was shown."""
        if self._document is not None:
            self._finish({"text/html": "", "text/plain": ""}, {}, "failed")

    def _shown(self) -> Document:
        # `Widget.close_all()` may have closed the session's widget in the meantime.
        self._live.start()
        if self._document is None:
            start = self._start
            self._document = self._live.open_document(start.notices, self.stopped, start.model)
            self._place = f"groq-doc-{self._document.slot}"
            if has_frames(get_ipython()):
                self._framed = self._live.frame(self._document)
            self._display(self._unfinished(self._document), dict(start.metadata))
            for name, prefix in PREFIXES:
                if name == start.format:
                    self._document.feed(prefix, "")
        return self._document

    def _update(self, document: Document) -> None:
        """Display what has come, where no page draws it."""
        data = self._unfinished(document, document.html())
        self._publish(data, dict(self._start.metadata), update=True)

    def _unfinished(self, document: Document, text: str = "") -> dict[str, Any]:
        view = self._framed.view() if self._framed is not None else {}
        start = self._start
        shown = unfinished(start.notices, document.slot, text, start.images, self._calls)
        return {**shown, **view}

    def _show_summary(self, document: Document, reasoning: str, *, over: bool) -> None:
        if reasoning and self._thought_since is None:
            self._thought_since = time.monotonic()
        if self._thought_since is not None and not self._thought_over:
            self._thought_over = over
            seconds = time.monotonic() - self._thought_since
            document.show({"summary": thought_summary(seconds, over=self._thought_over)})

    def _finish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any],
        how: Literal["complete", "stopped", "failed"],
    ) -> None:
        if self._document is None:
            self._display(data, metadata)
        else:
            self._document.end(how)
            self._publish(data, metadata, update=True)
            self._live.remove_document(self._document)
            self._document = None
        if self._framed is not None:
            self._framed.close_soon()
            self._framed = None
        self._live.finish(
            FinishedOutput(self._run, self._place, self._start.slot, data, metadata, self._captured)
        )

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


class StaticUpdates:
    """Decides when a streaming answer is displayed as static output.

    Parameters
    ----------
    lacks_page : callable
        Returns whether no page draws the answer.

    Notes
    -----
    The first output is due after 200 characters, and then each time the text
    has doubled: all outputs together are at most three times the last one.
    """

    def __init__(self, lacks_page: Callable[[], bool]) -> None:
        self._lacks_page = lacks_page
        self._length = 0
        self._next = FIRST

    def is_due(self, text: str) -> bool:
        """Return whether an output is due.

        Parameters
        ----------
        text : str
            What has come since the last call.
        """
        self._length += len(text)
        if self._length < self._next or not self._lacks_page():
            return False
        self._next = 2 * self._length
        return True


def capturing_outputs(shell: Any) -> tuple[str, ...]:
    """Return the model ids of the Output widgets that are entered now.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell

    Notes
    -----
    One of them captures what is displayed: the one that was entered last.
    It ignores updates by display id.
    """
    parent = shell.get_parent() if hasattr(shell, "get_parent") else None
    message = ((parent or {}).get("header") or {}).get("msg_id")
    if not message:
        return ()
    # No public way leads to all widgets; a test pins this one.
    widgets: dict[str, Any] = getattr(ipywidgets_widget, "_instances", {})
    return tuple(
        each.model_id
        for each in tuple(widgets.values())
        if isinstance(each, ipywidgets.Output) and each.msg_id == message
    )
