"""The view of one ask in a notebook: a document while it streams, then static output."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Literal

from groq_magic.views.figures import figures, reasoning_summary
from groq_magic.views.live_output import LiveOutput
from groq_magic.views.phrase import phrase_html
from groq_magic.views.static import bundle, unfinished
from groq_magic.views.tool_calls import calls_html

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.rendering import GrowingData
    from groq_magic.tools.call_result import CallResult
    from groq_magic.views.answer_facts import AnswerStart, FinishedAnswer, Progress
    from groq_magic.views.documents import Document
    from groq_magic.views.live import Live

__all__ = ["AnswerView", "StaticUpdates"]

# An ask that fails at once then leaves no output but its error.
SHOWN_AFTER = 0.25

# Characters before the first static output of an answer that no page draws.
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
        The session's widgets.

    Notes
    -----
    Call `open`, then `feed` and `progress` any number of times, then `finish` or
    `discard`, once. The document is opened when there is something to show: text, a
    wait, or a quarter of a second without either. The output has its slot, where the
    session's page draws it; a notebook saved before the end contains a line instead.
    `finish` makes the same output static and removes the document.
    """

    def __init__(self, live: Live) -> None:
        self.stopped = threading.Event()
        self._live = live
        self._output = LiveOutput(live, self.stopped, self._placeholder)
        self._figures_at = 0.0
        self._reasoning_since: float | None = None
        self._reasoning_over = False
        self._data: GrowingData | None = None
        self._calls: tuple[CallResult, ...] = ()
        self._updates = StaticUpdates(lambda: live.lacks_page)

    def open(self, start: AnswerStart) -> None:
        """Begin; nothing is shown yet."""
        self._start = start

    def feed(self, text: str, reasoning: str) -> None:
        """Draw new text."""
        if not text and not reasoning:
            return
        document = self._shown()
        if self._start.format == "data":
            text = self._growing().feed(text)
        document.feed(text, reasoning)
        if self._updates.is_due(text):
            self._output.update()
        self._show_summary(document, reasoning, over=bool(text))

    def restart(self, line: str) -> None:
        """Draw a line, and begin an answer of typed data again below it."""
        self._shown().feed(self._growing().restart(line), "")

    def _growing(self) -> GrowingData:
        # Importing the renderer is slow.
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
            self._output.update()

    def move(self) -> None:
        """Move the answer to the end of the cell's output."""
        self._output.move()

    def progress(self, progress: Progress) -> None:
        """Draw the figures, and the reason for a wait."""
        is_shown = self._output.document is not None or progress.waiting
        if not is_shown and progress.seconds < SHOWN_AFTER:
            return
        facts = {"waiting": phrase_html(progress.waiting)}
        now = time.monotonic()
        if now - self._figures_at >= FIGURES_EVERY:
            self._figures_at = now
            facts["figures"] = figures(progress)
        self._shown().show(facts)

    def finish(self, answer: FinishedAnswer) -> None:
        """Make the output static, remove the document, fill the slots of the bar."""
        data, metadata = bundle(answer)
        document = self._output.document
        if document is not None:
            self._show_summary(document, "", over=True)
        # Sent before the output, so that the bar appears with its facts.
        reasoning = None if document is None or answer.reasoning else document.reasoning()
        self._live.send_facts(answer.slot, answer.live, reasoning)
        self._output.finish(data, metadata, self._end(metadata), self._start.slot)
        if shown := self._output.shown_answer(reasoning):
            self._live.answers.add(answer.slot, shown)

    def discard(self) -> None:
        """Replace what was shown by an empty output."""
        if self._output.document is not None:
            empty = {"text/html": "", "text/plain": ""}
            self._output.finish(empty, {}, "failed", self._start.slot)

    def _end(self, metadata: Mapping[str, Any]) -> Literal["complete", "stopped", "failed"]:
        if self.stopped.is_set():
            return "stopped"
        ended = metadata.get("groq_magic", {}).get("finish_reason")
        return "failed" if ended == "error" else "complete"

    def _shown(self) -> Document:
        is_new, start = self._output.document is None, self._start
        document = self._output.open(start.notices, start.model, start.metadata)
        if is_new:
            for name, prefix in PREFIXES:
                if name == start.format:
                    document.feed(prefix, "")
        return document

    def _placeholder(self, document: Document, with_text: bool) -> dict[str, Any]:  # noqa: FBT001 - as it is called
        text = document.html() if with_text else ""
        start = self._start
        return unfinished(start.notices, document.slot, text, start.images, self._calls)

    def _show_summary(self, document: Document, reasoning: str, *, over: bool) -> None:
        if reasoning and self._reasoning_since is None:
            self._reasoning_since = time.monotonic()
        if self._reasoning_since is not None and not self._reasoning_over:
            self._reasoning_over = over
            seconds = time.monotonic() - self._reasoning_since
            document.show({"summary": reasoning_summary(seconds, over=self._reasoning_over)})


class StaticUpdates:
    """Decides when a streaming answer is displayed as static output.

    Parameters
    ----------
    lacks_page : callable
        Returns whether no page draws the answer.

    Notes
    -----
    The first output is due after 200 characters, the next ones each time the text
    has doubled: all outputs together have at most three times the size of the last.
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
            The text since the last call.
        """
        self._length += len(text)
        if self._length < self._next or not self._lacks_page():
            return False
        self._next = 2 * self._length
        return True
