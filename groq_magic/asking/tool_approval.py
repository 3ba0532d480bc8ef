"""Ask the user before each tool call, unless `confirm_tools` is off."""

from __future__ import annotations

import builtins
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from groq_magic.clipping import clip
from groq_magic.errors import NotebookError
from groq_magic.page.front_end import has_input
from groq_magic.tools.decision import new_code
from groq_magic.tools.question import ask_decision

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from groq_magic.session.session import Session
    from groq_magic.tools import ToolSet
    from groq_magic.tools.call_result import CallState

__all__ = ["ToolApproval", "can_approve", "limits_restored", "no_approval_error"]

_REFUSED = "The user refused this call."
_UNANSWERED = "Nobody replied in time: this call was not made."


class Refusal(NamedTuple):
    """The reason why a call is not made, for the model, and the call's state."""

    text: str
    state: CallState


def can_approve(session: Session, tools: ToolSet) -> bool:
    """Whether the tool calls of an ask can be approved, or need no approval."""
    needs_reply = tools.functions and session.settings.confirm_tools
    return not needs_reply or has_input(session.shell)


def no_approval_error() -> NotebookError:
    """Return the error for an ask whose tool calls nobody can approve."""
    return NotebookError(
        "Nobody can approve tool calls here; nothing was sent.",
        "`%config GroqMagics.confirm_tools = False` runs them without approval.",
    )


@contextmanager
def limits_restored(session: Session) -> Iterator[None]:
    """Undo what the model's code or call loosens: limits, `confirm_tools`, `input`."""
    settings, confirms, input_before = session.settings, session.settings.confirm_tools, input
    rows, private = settings.rows_sent, list(settings.private)
    try:
        yield
    finally:
        builtins.input = input_before
        settings.confirm_tools |= confirms
        settings.rows_sent = min(rows, settings.rows_sent)
        settings.private = list(dict.fromkeys((*private, *settings.private)))


class ToolApproval:
    """Asks for approval of the tool calls of one ask.

    Parameters
    ----------
    session : Session
    stopped : threading.Event
        Set when the user presses Stop.
    """

    def __init__(self, session: Session, stopped: threading.Event) -> None:
        self._session = session
        self._stopped = stopped
        self._code = new_code()
        self._is_for_all = False

    @property
    def is_needed(self) -> bool:
        """Whether the user is asked before the next call."""
        return self._session.settings.confirm_tools and not self._is_for_all

    def refusal_of(self, name: str) -> Refusal | None:
        """Return why a call is not made; None if it may be made.

        Raises
        ------
        KeyboardInterrupt
            When the user stops the ask.
        NotebookError
            When nobody can reply.
        """
        if not self.is_needed:
            return None
        question = f"Run {clip(name, 60)}?"
        decision = ask_decision(
            self._session.shell,
            question,
            self._code,
            stopped=self._stopped,
            questions=self._session.questions,
        )
        if decision.kind == "stop":
            raise KeyboardInterrupt
        self._is_for_all = decision.kind == "all"
        if decision.runs:
            return None
        if decision.kind == "unanswered":
            return Refusal(_UNANSWERED, "unanswered")
        why = f" Their reason: {decision.reason}" if decision.reason else ""
        return Refusal(f"{_REFUSED}{why}", "refused")
