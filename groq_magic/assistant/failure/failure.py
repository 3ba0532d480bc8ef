"""How a cell failed: its exception, the facts about it, and earlier fixes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from traceback import walk_tb
from typing import TYPE_CHECKING

from groq_magic.assistant.exceptions import class_name, errors_of, message_of
from groq_magic.assistant.failure.hints import hints
from groq_magic.assistant.failure.origins import Origin, origins
from groq_magic.assistant.failure.path_sources import FileSource, file_sources
from groq_magic.assistant.failure.steps import steps_of
from groq_magic.assistant.failure.trace import line_of_run, trace_text
from groq_magic.assistant.failure.variables import (
    session_variables,
    values_of,
    variables_of,
    versions,
)
from groq_magic.errors import GroqMagicError
from groq_magic.prompt import Privacy
from groq_magic.prompt.named_secrets import NamedSecrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.assistant.cell import Cell, Context
    from groq_magic.assistant.failure.steps import Step

__all__ = [
    "Attempt",
    "ErrorFacts",
    "Failure",
    "facts_of",
    "failure_of_run",
    "with_facts",
    "without_error",
]

_MOST_ON_PATH = 4
# Steps of one exception whose variables are shown.
_INNERMOST = 2
# `x = !cmd` sets no exit code; `!!cmd` neither.
_SHELL_LINE = re.compile(r"^[ \t]*+(?:!(?!!)|%(?:pip|conda|mamba|micromamba|uv)\b)", re.MULTILINE)


@dataclass(frozen=True)
class Attempt:
    """An earlier fix.

    Parameters
    ----------
    cell : Cell
        The cell that failed.
    error : str
        Its error, in one line.
    code : str
        The fixed cell.
    privacy : Privacy
        The limits under which the error was read.
    """

    cell: Cell
    error: str = field(repr=False)
    code: str = field(repr=False)
    privacy: Privacy = field(default_factory=Privacy)

    def error_under(self, privacy: Privacy) -> str:
        """Return the error, or only its class if the limits are stricter now."""
        return self.error if privacy.allows(self.privacy) else self.error.partition(":")[0]


@dataclass(frozen=True)
class ErrorFacts:
    """The facts about an exception for a prompt: text alone, which keeps no frame or value alive.

    Parameters
    ----------
    trace : str
        The traceback.
    message : str
        The exception's type and message.
    line : int
        The failing line of the cell that failed, from 1.
    others : tuple of Cell
        The other cells that the error passed through, the innermost first.
    origins : tuple of Origin
        The earlier cells that set the variables.
    sources : tuple of FileSource
        The user's functions in files that the error passed through, the innermost first.
    file : str
        The user's file in which it was raised, "" for none.
    variables : tuple of (str, str)
        The variables that the failing lines name: labels and descriptions.
    hint : str
        Names similar to the missing one, or "".
    versions : str
        The versions of Python and of the libraries involved.
    is_interrupt : bool
        Whether the user interrupted the cell.
    secrets : NamedSecrets
        The secrets among the frames' variables, known by their names.
    kind : str
        The exception's class.
    privacy : Privacy
        The limits under which all this was read.
    """

    trace: str = field(repr=False)
    message: str = field(repr=False)
    line: int
    others: tuple[Cell, ...]
    origins: tuple[Origin, ...]
    sources: tuple[FileSource, ...]
    file: str
    variables: tuple[tuple[str, str], ...] = field(repr=False)
    hint: str
    versions: str
    is_interrupt: bool
    secrets: NamedSecrets = field(repr=False, compare=False)
    kind: str
    privacy: Privacy

    def under(self, privacy: Privacy) -> ErrorFacts:
        """Return the facts that may be sent within limits."""
        if privacy.allows(self.privacy):
            return self
        return replace(self, trace=self.kind, message=self.kind, variables=(), hint="")


@dataclass(frozen=True)
class Failure:
    """A cell that failed.

    Parameters
    ----------
    cell : Cell
    error : BaseException or None
        None for a failed shell line, and after the exception was dropped: it
        keeps all values of its frames alive.
    exit_code : int
        The exit code of a shell line; 0 if none failed.
    text : str
        The output of a shell line, or the traceback as shown if nothing else is known.
    facts : ErrorFacts or None
        The facts about the exception, once they were read.
    background : str
        "thread" or "background task" if that failed; "" for the cell itself.
    attempts : tuple of Attempt
        The fixes that led to this cell, the oldest first.
    """

    cell: Cell
    error: BaseException | None = field(default=None, repr=False)
    exit_code: int = 0
    text: str = field(default="", repr=False)
    facts: ErrorFacts | None = field(default=None, repr=False)
    background: str = ""
    attempts: tuple[Attempt, ...] = ()

    @property
    def raised(self) -> bool:
        """Whether the cell's exception, or facts about it, are known."""
        return self.error is not None or self.facts is not None


def failure_of_run(cell: Cell, error: BaseException | None, exit_code: object) -> Failure | None:
    """Return a cell's failure; None if it did not fail, or if our own ask failed in it.

    Parameters
    ----------
    cell : Cell
    error : BaseException or None
        The exception that it raised.
    exit_code : object
        The session's `_exit_code`, set by this cell or by an earlier one.
    """
    if error is not None:
        return None if isinstance(error, GroqMagicError) else Failure(cell, error)
    if isinstance(exit_code, int) and exit_code and _SHELL_LINE.search(cell.source):
        return Failure(cell, exit_code=exit_code)
    return None


def facts_of(failure: Failure, context: Context) -> ErrorFacts | None:
    """Return the facts about a failure's exception; None if no exception is known."""
    error, cell = failure.error, failure.cell
    if failure.facts is not None:
        return failure.facts.under(context.privacy)
    if error is None:
        return None
    context = context.with_locals_of(error)
    paths = [steps_of(one.__traceback__, context)[0] for one in errors_of(error)]
    steps = paths[0]
    inwards = [step for path in paths for step in reversed(path)]
    on_path = [step.cell for step in inwards if step.cell not in {None, cell}]
    others = tuple(one for one in dict.fromkeys(on_path) if one is not None)[:_MOST_ON_PATH]
    line = next((step.line for step in inwards if step.cell == cell), 0)
    if not line and isinstance(error, SyntaxError) and error.lineno and not steps:
        line = error.lineno
    line = line or line_of_run(cell) or 1
    seen = list(_relevant_steps(paths, cell))
    earlier = (one for one in context.cells() if (one.number or 0) < (cell.number or 0))
    before = origins(session_variables(seen, context), cell, line, earlier)
    sources = tuple(file_sources(inwards))
    cells = (cell, *others, *(each.cell for each in before))
    shown = (*(one.source for one in cells), *(one.text for one in sources))
    users = [step for step in steps if step.kind != "library"]
    return ErrorFacts(
        trace=trace_text(error, cell, context),
        message=_message(error, context),
        line=line,
        others=others,
        origins=tuple(one for one in before if one.cell not in others),
        sources=sources,
        file=users[-1].where if users and users[-1].kind == "file" else "",
        variables=tuple(variables_of(seen, context, shown).items()),
        hint=hints(error, values_of(seen), context),
        versions=versions(error, [step for path in paths for step in path]),
        is_interrupt=isinstance(error, KeyboardInterrupt),
        secrets=_secrets_of(error),
        kind=class_name(type(error)),
        privacy=context.privacy,
    )


def _relevant_steps(paths: list[list[Step]], cell: Cell) -> Iterator[Step]:
    """Yield the steps whose variables are sent: the innermost, and the failing cell's own."""
    for steps in paths:
        users = [step for step in steps if step.kind != "library"]
        chosen = users[: -_INNERMOST - 1 : -1]
        yield from chosen
        own = next((step for step in reversed(users) if step.cell == cell), None)
        if own is not None and own not in chosen:
            yield own


def _message(error: BaseException, context: Context) -> str:
    """Return type and message in one line; the type alone if the message may quote a value."""
    if context.privacy.has_limits:
        return class_name(type(error))
    return message_of(error).partition("\n")[0]


def _secrets_of(error: BaseException) -> NamedSecrets:
    """Return the secrets among the local variables of an exception's frames and its causes'."""
    found = NamedSecrets()
    frames = (frame for one in errors_of(error) for frame, _ in walk_tb(one.__traceback__))
    # Of a recursion only the innermost frame; frames of modules and cells have no locals.
    last = {frame.f_code: frame for frame in frames if frame.f_locals is not frame.f_globals}
    found.add_values(*(frame.f_locals for frame in last.values()))
    return found


def with_facts(failure: Failure, context: Context) -> Failure:
    """Return a failure with the facts about its exception."""
    return replace(failure, facts=facts_of(failure, context))


def without_error(failure: Failure, context: Context) -> Failure:
    """Return a failure with facts in place of its exception, which keeps its frames alive."""
    return replace(with_facts(failure, context), error=None)
