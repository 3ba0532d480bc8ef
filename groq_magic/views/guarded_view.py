"""A view that can't break an ask: what fails in drawing loses no text."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

from groq_magic.errors import NotebookError
from groq_magic.printable import printable
from groq_magic.views.show import publish, show_folded

if TYPE_CHECKING:
    import threading

    from groq_magic.tools.call_result import CallResult
    from groq_magic.views.answer_facts import AnswerStart, FinishedAnswer, Progress

__all__ = ["GuardedView", "View"]


class View(Protocol):
    """Protocol for views of one answer: `open`, any of `feed` and `progress`, one ending."""

    stopped: threading.Event

    def open(self, start: AnswerStart) -> None:
        """Begin to show."""

    def feed(self, text: str, reasoning: str) -> None:
        """Show what has come; either may be empty."""

    def restart(self, line: str) -> None:
        """Show a line, after which the answer begins again."""

    def calls(self, calls: tuple[CallResult, ...]) -> None:
        """Show the tool calls as they are now."""

    def move(self) -> None:
        """Go on below what has been displayed since."""

    def progress(self, progress: Progress) -> None:
        """Show how far it is, or what is waited for."""

    def finish(self, answer: FinishedAnswer) -> None:
        """Leave the static output and close what is alive."""

    def discard(self) -> None:
        """Leave nothing: the ask failed before any text."""


class GuardedView:
    """A view that can't break an ask.

    Parameters
    ----------
    view : View
        Once it fails it draws no more; the answer is read to its end, and
        answer, as plain text where the view can't.
    """

    def __init__(self, view: View) -> None:
        self.stopped = view.stopped
        self._view = view
        self._failure: Exception | None = None
        self._fed: list[str] = []
        self._is_finished = False

    @property
    def error(self) -> NotebookError | None:
        """The error of the view, None if it did not fail."""
        if self._failure is None:
            return None
        failure = self._failure
        return NotebookError(
            f"The answer could not be drawn ({type(failure).__name__}: {str(failure)[:100]}).",
            "The whole text is in `_groq.text`.",
        )

    def open(self, start: AnswerStart) -> None:
        """Begin to show."""
        try:
            self._view.open(start)
        except Exception as failure:  # noqa: BLE001 - whatever a front end does, the text is kept
            self._failure = failure

    def feed(self, text: str, reasoning: str) -> None:
        """Show what has come; either may be empty."""
        self._fed.append(text)
        if self._failure is not None:
            return
        try:
            self._view.feed(text, reasoning)
        except Exception as failure:  # noqa: BLE001 - as above
            self._failure = failure

    def restart(self, line: str) -> None:
        """Show a line, after which the answer begins again."""
        self._fed.append(f"\n\n{line}\n\n")
        if self._failure is not None:
            return
        try:
            self._view.restart(line)
        except Exception as failure:  # noqa: BLE001 - as above
            self._failure = failure

    def calls(self, calls: tuple[CallResult, ...]) -> None:
        """Show the tool calls as they are now."""
        if self._failure is not None:
            return
        try:
            self._view.calls(calls)
        except Exception as failure:  # noqa: BLE001 - as above
            self._failure = failure

    def move(self) -> None:
        """Go on below what has been displayed since."""
        if self._failure is not None:
            return
        try:
            self._view.move()
        except Exception as failure:  # noqa: BLE001 - as above
            self._failure = failure

    def progress(self, progress: Progress) -> None:
        """Show how far it is, or what is waited for."""
        if self._failure is not None:
            return
        try:
            self._view.progress(progress)
        except Exception as failure:  # noqa: BLE001 - as above
            self._failure = failure

    def finish(self, answer: FinishedAnswer) -> None:
        """Leave the static output and close what is alive."""
        try:
            self._view.finish(answer)
        except Exception as failure:  # noqa: BLE001 - as above
            self._failure = failure
            self.discard()
            with contextlib.suppress(Exception):
                publish({"text/plain": printable(answer.text)}, answer.metadata)
        self._is_finished = True

    def rescue(self) -> None:
        """Leave the text that was fed as it is: the ask can't be answer."""
        if self._is_finished:
            return
        self.discard()
        text = "".join(self._fed)
        with contextlib.suppress(Exception):
            if text:
                publish({"text/plain": printable(text)})

    def discard(self) -> None:
        """Leave nothing: the ask failed before any text."""
        with contextlib.suppress(Exception):
            self._view.discard()

    def refused(self, written: str) -> None:
        """Show, folded, what the model wrote and the service refused."""
        with contextlib.suppress(Exception):
            show_folded("What the model wrote, and the service refused", written)
