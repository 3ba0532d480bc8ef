"""Ask the user, with `input()`, whether code may run or an output may be sent."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from groq_magic.errors import NotebookError
from groq_magic.page.front_end import has_input
from groq_magic.tools.decision import Decision, decision_of, may_send, new_code
from groq_magic.tools.time_limit import TimeLimitError, call_within

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

__all__ = [
    "OpenQuestions",
    "Question",
    "ask_decision",
    "ask_question",
    "ask_to_send",
    "no_input_error",
]

_PATIENCE = 120.0  # seconds
_Reply = TypeVar("_Reply")


def _show_nothing(_prompt: str, _replies: Sequence[tuple[str, str]]) -> None:
    pass


@dataclass
class OpenQuestions:
    """A session's questions on the page: input boxes that stayed open, and buttons.

    Parameters
    ----------
    has_unanswered : bool
        Whether a question got no reply. JupyterLab leaves its box open, and what is typed there
        later reaches the kernel as the reply to another question. From then on, replies have to
        begin with a word that is new in each question.
    show : callable
        Shows buttons at a question's input box, given the question and, for each button, its
        label and the reply that it types. Without buttons it removes those of the last question.
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
        The valid replies, as the question lists them.
    buttons : tuple of str
        The replies that also have a button.
    hints : mapping of str to str
        What to type instead of an invalid reply, by its first word.
    """

    text: str
    words: tuple[str, ...]
    buttons: tuple[str, ...] = ()
    hints: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def line(self, first: str = "") -> str:
        """Return the question and its replies; `first` has to precede each of them."""
        words = [f"{first} {each}".lstrip() for each in self.words]
        older = f"An older input box is open, so begin with {first}. " if first else ""
        return f"{older}{self.text} Type {', '.join(words[:-1])} or {words[-1]}: "

    def hint(self, typed: str) -> str:
        """Return the hint for an invalid reply."""
        word = "".join(typed.split()[:1]).casefold()
        return self.hints.get(word, "Unknown reply.")

    def replies(self, first: str = "") -> list[tuple[str, str]]:
        """Return the label of each button and the reply that it types."""
        return [(each.capitalize(), f"{first} {each}".lstrip()) for each in self.buttons]


def ask_decision(  # noqa: PLR0913 - all but three are named
    shell: Any,
    question: str,
    code: str,
    *,
    edits: bool = False,
    stopped: threading.Event | None = None,
    patience: float = _PATIENCE,
    questions: OpenQuestions | None = None,
) -> Decision:
    """Ask until a reply is valid, or two minutes pass without a reply.

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
        Seconds to wait for each reply.
    questions : OpenQuestions, optional
        The session's.

    Raises
    ------
    NotebookError
        When nobody can reply.
    KeyboardInterrupt
        At ■, and when `stopped` is set.
    """
    first = ("run", *(["edit"] if edits else []))
    words = (*first, "no REASON", f"all {code}", "stop")

    def read(typed: str) -> Decision | None:
        return decision_of(typed, code, edits=edits)

    # `all` approves calls that nobody has seen yet: it has no button, and needs the letters.
    hints = {"all": f"Type all {code} to approve what follows too."}
    hints |= dict.fromkeys(("y", "yes", "ok"), "Type run to approve.")
    asked = Question(question, words, (*first, "no", "stop"), hints)
    decision = ask_question(shell, asked, read, stopped, patience=patience, questions=questions)
    return decision or Decision("unanswered")


def ask_to_send(
    shell: Any,
    question: str,
    stopped: threading.Event | None = None,
    questions: OpenQuestions | None = None,
) -> bool:
    """Ask whether an output may be sent; without a reply in two minutes it may not.

    Raises
    ------
    NotebookError, KeyboardInterrupt
        As `ask_decision`.
    """
    asked = Question(question, ("send", "no"), ("send", "no"))
    return bool(ask_question(shell, asked, may_send, stopped, questions=questions))


def ask_question(  # noqa: PLR0913 - all but four are named
    shell: Any,
    question: Question,
    read: Callable[[str], _Reply | None],
    stopped: threading.Event | None = None,
    *,
    patience: float = _PATIENCE,
    questions: OpenQuestions | None = None,
) -> _Reply | None:
    """Ask until a reply is valid, and return its meaning; None without a valid reply in time.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    question : Question
    read : callable
        Takes a reply and returns its meaning, None for an invalid one.
    stopped, patience, questions
        As of `ask_decision`.

    Raises
    ------
    NotebookError, KeyboardInterrupt
        As `ask_decision`.
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
            # ipykernel and IPython replace `input` while a cell runs.
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
        is_for_this, typed = typed.lstrip().startswith(first), typed.lstrip().removeprefix(first)
        meaning = read(typed) if is_for_this else None
        if meaning is not None:
            return meaning
        asked = f"{question.hint(typed)} {line}"


def no_input_error() -> NotebookError:
    """Return the error for a question that nobody can answer."""
    return NotebookError(
        "Nobody can approve this: the front end takes no input.",
        "Run the cell in a notebook or a terminal.",
    )
