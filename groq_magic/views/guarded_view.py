"""A view whose failure can't break an ask: no text is lost."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

from groq_magic.errors import NotebookError
from groq_magic.printable import printable
from groq_magic.views.show import publish, show_folded

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from groq_magic.tools.call_result import CallResult
    from groq_magic.views.answer_facts import AnswerStart, FinishedAnswer, Progress

__all__ = ["GuardedView", "View"]


class View(Protocol):
    """Protocol for views of one answer: `open`, then `feed` and others, then one ending."""

    stopped: threading.Event

    def open(self, start: AnswerStart) -> None:
        """Begin to show the answer."""

    def feed(self, text: str, reasoning: str) -> None:
        """Show new text; either may be empty."""

    def restart(self, line: str) -> None:
        """Show a line, and begin the answer again below it."""

    def calls(self, calls: tuple[CallResult, ...]) -> None:
        """Show the tool calls so far."""

    def move(self) -> None:
        """Move the answer to the end of the cell's output."""

    def progress(self, progress: Progress) -> None:
        """Show the progress, or the reason for a wait."""

    def finish(self, answer: FinishedAnswer) -> None:
        """Show the finished answer, and close widgets."""

    def discard(self) -> None:
        """Remove the view: the ask failed before any text."""


class GuardedView:
    """A view whose failure can't break an ask.

    Parameters
    ----------
    view : View
        If it fails, nothing more is drawn; the answer is read to its end, and
        shown as plain text if the view can't finish it.
    """

    def __init__(self, view: View) -> None:
        self.stopped = view.stopped
        self._view = view
        self._failure: Exception | None = None
        self._fed: list[str] = []
        self._is_finished = False

    @property
    def error(self) -> NotebookError | None:
        """The error to raise for a view that failed; None if none did."""
        if self._failure is None:
            return None
        failure = self._failure
        return NotebookError(
            f"The answer could not be drawn ({type(failure).__name__}: {str(failure)[:100]}).",
            "The whole text is in `_groq.text`.",
        )

    def open(self, start: AnswerStart) -> None:
        """Begin to show the answer."""
        self._draw(lambda: self._view.open(start))

    def feed(self, text: str, reasoning: str) -> None:
        """Show new text; either may be empty."""
        self._fed.append(text)
        self._draw(lambda: self._view.feed(text, reasoning))

    def restart(self, line: str) -> None:
        """Show a line, and begin the answer again below it."""
        self._fed.append(f"\n\n{line}\n\n")
        self._draw(lambda: self._view.restart(line))

    def calls(self, calls: tuple[CallResult, ...]) -> None:
        """Show the tool calls so far."""
        self._draw(lambda: self._view.calls(calls))

    def move(self) -> None:
        """Move the answer to the end of the cell's output."""
        self._draw(self._view.move)

    def progress(self, progress: Progress) -> None:
        """Show the progress, or the reason for a wait."""
        self._draw(lambda: self._view.progress(progress))

    def finish(self, answer: FinishedAnswer) -> None:
        """Show the finished answer, and close widgets."""
        try:
            self._view.finish(answer)
        except Exception as failure:  # noqa: BLE001 - as in `_draw`
            self._failure = failure
            self.discard()
            with contextlib.suppress(Exception):
                publish({"text/plain": printable(answer.text)}, answer.metadata)
        self._is_finished = True

    def rescue(self) -> None:
        """Show the text so far as plain text, unless the answer is finished."""
        if self._is_finished:
            return
        self.discard()
        text = "".join(self._fed)
        with contextlib.suppress(Exception):
            if text:
                publish({"text/plain": printable(text)})

    def discard(self) -> None:
        """Remove the view: the ask failed before any text."""
        with contextlib.suppress(Exception):
            self._view.discard()

    def refused(self, written: str) -> None:
        """Show, folded, the text that the service refused."""
        with contextlib.suppress(Exception):
            show_folded("What the model wrote, and the service refused", written)

    def _draw(self, draw: Callable[[], None]) -> None:
        if self._failure is not None:
            return
        try:
            draw()
        except Exception as failure:  # noqa: BLE001 - whatever a front end does, the text is kept
            self._failure = failure
