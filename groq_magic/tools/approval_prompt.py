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
    "no_input_error",
    "reply_by_input",
    "sending_by_input",
]

_PATIENCE = 120.0  # seconds
_Reply = TypeVar("_Reply")


def _show_nothing(_prompt: str, _replies: Sequence[tuple[str, str]]) -> None:
    pass


@dataclass
class OpenQuestions:
    """The session's questions on the page: input boxes that stayed open, and buttons.

    Parameters
    ----------
    has_unanswered : bool
        Whether a question got no reply. JupyterLab leaves its box open, and what is typed there
        later reaches the kernel as the reply to another question. From then on replies have to
        begin with a word that each question makes anew.
    show : callable
        Shows buttons at the box of a question, given their labels and what each types;
        without buttons it removes those of the last question.
    """

    has_unanswered: bool = False
    show: Callable[[str, Sequence[tuple[str, str]]], None] = _show_nothing


@dataclass(frozen=True)
class Question:
    """A question that is repeated until it gets a valid reply.

    Parameters
    ----------
    text : str
        One line: `Run get_price?`
    words : tuple of str
        What can be typed.
    buttons : tuple of str
        The replies that have buttons too.
    hints : mapping of str to str
        Invalid replies by their first word, and what to type instead.
    """

    text: str
    words: tuple[str, ...]
    buttons: tuple[str, ...] = ()
    hints: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def line(self, first: str = "") -> str:
        """Return the question with its replies, each after the first word."""
        words = [f"{first} {each}".lstrip() for each in self.words]
        older = f"An older input box is open, so begin with {first}. " if first else ""
        return f"{older}{self.text} Type {', '.join(words[:-1])} or {words[-1]}: "

    def hint(self, typed: str) -> str:
        """Return what to show after an invalid reply."""
        word = "".join(typed.split()[:1]).casefold()
        return self.hints.get(word, "Unknown reply.")

    def replies(self, first: str = "") -> list[tuple[str, str]]:
        """Return the buttons: their labels and what they type."""
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
    """Ask until a reply is valid, or there is none for two minutes.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    question : str
        One line: `Run get_price?`
    code : str
        The letters to type after `all`; the question shows them.
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

    # `all` approves what nobody has seen yet: it has no button, and needs the letters.
    hints = {"all": f"Type all {code} to approve what follows too."}
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
    """Ask until a reply is valid; return None if there is none in time.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    question : Question
    read : callable
        From a line to its meaning, None for an invalid reply.
    stopped, patience, questions
        As of `approval_by_input`.

    Raises
    ------
    NotebookError, KeyboardInterrupt
        As `approval_by_input`.
    """
    questions = questions or OpenQuestions()
    first = new_code() if questions.has_unanswered else ""
    asked = line = question.line(first)
    while True:
        if not has_input(shell):
            raise no_input_error()
        began = time.monotonic()
        questions.show(asked, question.replies(first))
        try:
            # ipykernel and IPython give `input` its meaning while a cell runs.
            typed = call_within(patience, partial(input, asked), stopped)
        except TimeLimitError:
            typed = None
        except (EOFError, NotImplementedError, RuntimeError):
            raise no_input_error() from None
        except KeyboardInterrupt:
            questions.has_unanswered = True
            raise
        finally:
            questions.show(asked, ())
        if typed is None or time.monotonic() - began > patience:
            questions.has_unanswered = True
            return None
        is_meant, typed = typed.lstrip().startswith(first), typed.lstrip().removeprefix(first)
        decision = read(typed) if is_meant else None
        if decision is not None:
            return decision
        asked = f"{question.hint(typed)} {line}"


def no_input_error() -> NotebookError:
    """Return the error for an approval that nobody can give."""
    return NotebookError(
        "Nobody can approve this: the front end takes no input.",
        "Run the cell in a notebook or a terminal.",
    )
