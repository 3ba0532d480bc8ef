"""An answer in a terminal: the text as it arrives, then the bar."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

from groq_magic.printable import printable
from groq_magic.views.phrase import phrase_plain
from groq_magic.views.terminal_text import TerminalText
from groq_magic.views.tool_calls import calls_plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.tools.call_result import CallResult
    from groq_magic.views.answer_facts import AnswerStart, FinishedAnswer, Progress

__all__ = ["TerminalView"]


class TerminalView:
    """The view of a terminal: the answer's text as it arrives, then the bar.

    Parameters
    ----------
    write : callable
        Writes a piece of text at once, as `sys.stdout.write` with a flush.

    Notes
    -----
    Control characters of an answer are left out: a terminal acts on them.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self.stopped = threading.Event()
        self._write = write
        self._shown: list[str] = []
        self._text = TerminalText()
        self._notices: tuple[str, ...] = ()
        self._waiting = ""
        self._calls = 0
        self._asked: CallResult | None = None

    def open(self, start: AnswerStart) -> None:
        """Write the notices."""
        self._write_notices(start.notices)

    def feed(self, text: str, reasoning: str) -> None:  # noqa: ARG002 - reasoning isn't shown here
        """Write new text."""
        if text:
            self._wait("")
            self._shown.append(text)
            self._add(self._text.feed(text))

    def restart(self, line: str) -> None:
        """Write a line, and begin the answer again below it."""
        self._wait("")
        self._shown.clear()
        self._text = TerminalText()
        self._write(f"\n{printable(line)}\n")

    def calls(self, calls: tuple[CallResult, ...]) -> None:
        """Write finished calls, each once, and a call that waits for approval."""
        self._wait("")
        over = [each for each in calls if each.is_over]
        for each in over[self._calls :]:
            self._write(f"{calls_plain([each])}\n")
        self._calls = len(over)
        waiting = [each for each in calls if each.state == "pending"]
        if waiting and waiting[0] is not self._asked:
            self._asked = waiting[0]
            self._write(f"{calls_plain(waiting[:1])}\n")

    def move(self) -> None:
        """Do nothing: a terminal writes below everything anyway."""

    def progress(self, progress: Progress) -> None:
        """Write the waiting line over the last one."""
        self._wait(progress.waiting)

    def finish(self, answer: FinishedAnswer) -> None:
        """Write the rest of the answer, and the bar."""
        self._wait("")
        shown = "".join(self._shown)
        text = answer.text
        rest = text.removeprefix(shown) if text.startswith(shown) else ""
        self._add(self._text.feed(rest) + self._text.rest())
        ending = "" if (shown + rest).endswith("\n") or not shown + rest else "\n"
        late = tuple(line for line in answer.notices if line not in self._notices)
        late = (*late, *answer.warnings)
        if late:
            self._write(ending)
            ending = ""
            self._write_notices(late)
        change = f"\n{answer.change.plain()}\n\n" if answer.change else ""
        self._write(f"{ending}{printable(change + answer.bar.plain())}\n")

    def discard(self) -> None:
        """Remove the waiting line."""
        self._wait("")

    def _add(self, text: str) -> None:
        if text:
            self._write(printable(text))

    def _write_notices(self, notices: tuple[str, ...]) -> None:
        self._notices += notices
        for line in notices:
            self._write(f"{printable(phrase_plain(line))}\n")

    def _wait(self, line: str) -> None:
        if line == self._waiting:
            return
        width = shutil.get_terminal_size().columns - 1
        shown = printable(phrase_plain(line))[:width]
        blank = " " * len(self._waiting)
        self._write(f"\r{blank}\r{shown}")
        self._waiting = shown
