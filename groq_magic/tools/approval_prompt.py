"""Ask the user, by `input()`, whether something may run, or may be sent."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from groq_magic.errors import NotebookError
from groq_magic.page.front_end import has_input
from groq_magic.tools.approval import Approval, approval_of, new_code, sending_of
from groq_magic.tools.time_limit import TimeLimitError, call_within

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

__all__ = [
    "OpenQuestions",
    "Question",
    "approval_by_input",
    "nobody_answers",
    "reply_by_input",
    "sending_by_input",
]

_PATIENCE = 120.0  # seconds
_Reply = TypeVar("_Reply")


def _show_nothing(_prompt: str, _replies: Sequence[tuple[str, str]]) -> None:
    pass


@dataclass
class OpenQuestions:
    """What a page shows of this session's questions.

    Parameters
    ----------
    left : bool
        Whether one stands without a reply. JupyterLab leaves its box open, and the kernel takes
        what is typed there for the reply to whatever it asks then. Since one did, each question
        has a word of its own to begin with.
    show : callable
        Shows buttons at the box of a question: their labels, and what each types. Without
        buttons those of the last question go.
    """

    left: bool = False
    show: Callable[[str, Sequence[tuple[str, str]]], None] = _show_nothing


@dataclass(frozen=True)
class Question:
    """A question that is asked until a line answers it.

    Parameters
    ----------
    text : str
        One line: `Run get_price?`
    words : tuple of str
        What can be typed.
    buttons : tuple of str
        The replies that have buttons too.
    hints : mapping of str to str
        What is said of replies that begin with these words and decide nothing.
    """

    text: str
    words: tuple[str, ...]
    buttons: tuple[str, ...] = ()
    hints: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def line(self, first: str = "") -> str:
        """Return the question with the replies to choose from, each after the first word."""
        words = [f"{first} {each}".lstrip() for each in self.words]
        older = f"An older box is open, so begin with {first}. " if first else ""
        return f"{older}{self.text} Type {', '.join(words[:-1])} or {words[-1]}: "

    def hint(self, typed: str) -> str:
        """Return why a reply decides nothing, as far as that is known."""
        word = "".join(typed.split()[:1]).casefold()
        return self.hints.get(word, "Unknown reply.")

    def replies(self, first: str = "") -> list[tuple[str, str]]:
        """Return the buttons' labels with what they type."""
        return [(each.capitalize(), f"{first} {each}".lstrip()) for each in self.buttons]


def approval_by_input(  # noqa: PLR0913 - what is asked, and how long, named
    shell: Any,
    question: str,
    code: str,
    *,
    edits: bool = False,
    stopped: threading.Event | None = None,
    patience: float = _PATIENCE,
    questions: OpenQuestions | None = None,
) -> Approval:
    """Ask until a reply decides, or nobody replies for two minutes.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    question : str
        One line: `Run get_price?`
    code : str
        What `all` has to be followed by; it is shown.
    edits : bool
        Whether `edit` is offered.
    stopped : threading.Event, optional
        Set in another thread, it ends the question as ■ does.
    patience : float
        How many seconds to wait for each line.
    questions : OpenQuestions, optional
        Those of the session.

    Raises
    ------
    NotebookError
        Where nobody can answer.
    KeyboardInterrupt
        At ■, and when `stopped` is set.
    """
    first = ("run", *(["edit"] if edits else []))
    words = (*first, "no REASON", f"all {code}", "stop")

    def read(typed: str) -> Approval | None:
        return approval_of(typed, code, edits=edits)

    # `all` approves what nobody has seen yet: it is typed, with its code.
    hints = {"all": f"`all` approves what comes too, so it takes a code: all {code}."}
    hints |= dict.fromkeys(("y", "yes", "ok"), "Type run to approve.")
    asked = Question(question, words, (*first, "no", "stop"), hints)
    found = reply_by_input(shell, asked, read, stopped, patience=patience, questions=questions)
    return found or Approval("unanswered")


def sending_by_input(
    shell: Any,
    question: str,
    stopped: threading.Event | None = None,
    questions: OpenQuestions | None = None,
) -> bool:
    """Ask whether something may be sent; without a line in two minutes it may not.

    Raises
    ------
    NotebookError, KeyboardInterrupt
        As `approval_by_input`.
    """
    asked = Question(question, ("send", "no"), ("send", "no"))
    return bool(reply_by_input(shell, asked, sending_of, stopped, questions=questions))


def reply_by_input(  # noqa: PLR0913 - what is asked, and how long, named
    shell: Any,
    question: Question,
    read: Callable[[str], _Reply | None],
    stopped: threading.Event | None = None,
    *,
    patience: float = _PATIENCE,
    questions: OpenQuestions | None = None,
) -> _Reply | None:
    """Ask until `read` makes something of a line; None where none comes.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    question : Question
    read : callable
        From the line to what it means, None for anything else.
    stopped, patience, questions
        As of `approval_by_input`.

    Raises
    ------
    NotebookError, KeyboardInterrupt
        As `approval_by_input`.
    """
    questions = questions or OpenQuestions()
    first = new_code() if questions.left else ""
    asked = line = question.line(first)
    while True:
        if not has_input(shell):
            raise nobody_answers()
        began = time.monotonic()
        questions.show(asked, question.replies(first))
        try:
            # ipykernel and IPython give `input` its meaning while a cell runs.
            typed = call_within(patience, partial(input, asked), stopped)
        except TimeLimitError:
            typed = None
        except (EOFError, NotImplementedError, RuntimeError):
            raise nobody_answers() from None
        except KeyboardInterrupt:
            questions.left = True
            raise
        finally:
            questions.show(asked, ())
        if typed is None or time.monotonic() - began > patience:
            questions.left = True
            return None
        is_meant, typed = typed.lstrip().startswith(first), typed.lstrip().removeprefix(first)
        decision = read(typed) if is_meant else None
        if decision is not None:
            return decision
        asked = f"{question.hint(typed)} {line}"


def nobody_answers() -> NotebookError:
    """Return the error of an ask that needs approval where nobody can be asked."""
    return NotebookError("Nobody can be asked for approval here.", "Run it in a notebook.")
