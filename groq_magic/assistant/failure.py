"""How a cell failed: its exception, the facts of it, and both in a prompt."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from groq_magic.assistant.prompt import Sections, cut_middle
from groq_magic.assistant.steps import steps_of
from groq_magic.assistant.trace import class_name, trace_text
from groq_magic.assistant.variables import hints, involved, versions
from groq_magic.errors import GroqMagicError
from groq_magic.prompt import Privacy

if TYPE_CHECKING:
    from groq_magic.assistant.cell import Cell, Context

__all__ = ["ErrorFacts", "Failure", "add_error", "facts_of", "failure_of_run", "without_error"]

_MOST_OTHERS = 2
_ERROR_SHARE = 0.5
_OUTPUT_SHARE = 0.3
_VARIABLES_SHARE = 0.7
# `x = !cmd` sets no exit code; `!!cmd` neither.
_SHELL_LINE = re.compile(r"^\s*!(?!!)", re.MULTILINE)


@dataclass(frozen=True)
class ErrorFacts:
    """The facts of an exception for a prompt: text alone, which keeps no frame or value alive.

    Parameters
    ----------
    trace : str
        The traceback.
    line : int
        The failing line of the cell that failed, from 1.
    others : tuple of Cell
        The other cells that the error went through, the innermost first.
    variables : tuple of (str, str)
        Those that the failing lines name, each in short.
    hint : str
        Names similar to the missing one, or "".
    versions : str
        Python's version and those of the libraries involved.
    is_interrupt : bool
        Whether the user broke the cell off.
    kind : str
        The exception's class.
    privacy : Privacy
        The limits under which all this was read.
    """

    trace: str = field(repr=False)
    line: int
    others: tuple[Cell, ...]
    variables: tuple[tuple[str, str], ...] = field(repr=False)
    hint: str
    versions: str
    is_interrupt: bool
    kind: str = ""
    privacy: Privacy = field(default_factory=Privacy)

    def under(self, privacy: Privacy) -> ErrorFacts:
        """Return the facts that may be sent under a privacy."""
        if privacy.allows(self.privacy):
            return self
        return replace(self, trace=self.kind, variables=(), hint="")


@dataclass(frozen=True)
class Failure:
    """A cell that failed.

    Parameters
    ----------
    cell : Cell
    error : BaseException or None
        None for a failed shell line, and when the exception was dropped: it
        keeps all values of its frames alive.
    exit_code : int
        Of a shell line; 0 where none failed.
    text : str
        What a shell printed, or the traceback as it was shown where nothing
        else is known.
    facts : ErrorFacts or None
        The facts of an exception that was dropped.
    """

    cell: Cell
    error: BaseException | None = field(default=None, repr=False)
    exit_code: int = 0
    text: str = field(default="", repr=False)
    facts: ErrorFacts | None = field(default=None, repr=False)

    @property
    def raised(self) -> bool:
        """Whether the cell's exception, or its facts, are known."""
        return self.error is not None or self.facts is not None


def failure_of_run(cell: Cell, error: BaseException | None, exit_code: object) -> Failure | None:
    """Return how a cell failed; None if it did not, or if an ask of ours failed in it.

    Parameters
    ----------
    cell : Cell
    error : BaseException or None
        What it raised.
    exit_code : object
        The session's `_exit_code`, of this cell or of an earlier one.
    """
    if error is not None:
        return None if isinstance(error, GroqMagicError) else Failure(cell, error)
    if isinstance(exit_code, int) and exit_code and _SHELL_LINE.search(cell.source):
        return Failure(cell, exit_code=exit_code)
    return None


def facts_of(failure: Failure, context: Context) -> ErrorFacts | None:
    """Return the facts of a failure's exception; None if no exception is known."""
    error = failure.error
    if failure.facts is not None:
        return failure.facts.under(context.privacy)
    if error is None:
        return None
    steps, _ = steps_of(error.__traceback__, context)
    cells = [step.cell for step in reversed(steps) if step.cell is not None]
    others = tuple(dict.fromkeys(cell for cell in cells if cell != failure.cell))[:_MOST_OTHERS]
    line = next((step.line for step in reversed(steps) if step.cell == failure.cell), 1)
    if isinstance(error, SyntaxError) and error.lineno:
        line = error.lineno
    shown = tuple(one.source for one in (failure.cell, *others))
    return ErrorFacts(
        trace=trace_text(error, failure.cell, context),
        line=line,
        others=others,
        variables=tuple(involved(steps, context, shown).items()),
        hint=hints(error, context),
        versions=versions(error, steps),
        is_interrupt=isinstance(error, KeyboardInterrupt),
        kind=class_name(type(error)),
        privacy=context.privacy,
    )


def without_error(failure: Failure, context: Context) -> Failure:
    """Return a failure with facts in place of its exception, which keeps its frames alive."""
    return replace(failure, error=None, facts=facts_of(failure, context))


def add_error(
    sections: Sections,
    failure: Failure,
    facts: ErrorFacts | None,
    context: Context,
    *,
    output: bool,
) -> None:
    """Add what is known of a failure's error to a prompt.

    Parameters
    ----------
    sections : Sections
    failure : Failure
    facts : ErrorFacts or None
        Those of `facts_of`.
    context : Context
    output : bool
        Whether what the cell printed is added, too.
    """
    text = context.output(failure.text) if facts is None else facts.trace
    sections.add("What it said:", text, name="its error", share=_ERROR_SHARE)
    if facts is None:
        return
    if output:
        sections.add(
            "What it printed:", context.output(failure.text), name="its output", share=_OUTPUT_SHARE
        )
    room = int(sections.left * _VARIABLES_SHARE)
    for name, whole in facts.variables:
        if room > 0:
            text = cut_middle(whole, room)
            sections.add(f"`{name}`, which the failing line names:", text, name=name)
            room -= len(text)
    sections.add("What is nearly called so:", facts.hint, name="a similar name")
