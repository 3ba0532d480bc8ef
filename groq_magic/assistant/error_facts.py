"""The facts of an exception for a prompt, kept without the exception."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from groq_magic.assistant.step import steps_of
from groq_magic.assistant.trace import trace_text
from groq_magic.assistant.variables import hints, involved, versions

if TYPE_CHECKING:
    from groq_magic.assistant.cell import Cell
    from groq_magic.assistant.failure import Failure
    from groq_magic.assistant.surroundings import Surroundings

__all__ = ["ErrorFacts", "facts_of", "without_error"]

_MOST_OTHERS = 2


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
    """

    trace: str = field(repr=False)
    line: int
    others: tuple[Cell, ...]
    variables: tuple[tuple[str, str], ...] = field(repr=False)
    hint: str
    versions: str
    is_interrupt: bool


def facts_of(failure: Failure, known: Surroundings) -> ErrorFacts | None:
    """Return the facts of a failure's exception; None if no exception is known."""
    error = failure.error
    if failure.facts is not None or error is None:
        return failure.facts
    steps, _ = steps_of(error.__traceback__, known)
    cells = [step.cell for step in reversed(steps) if step.cell is not None]
    others = tuple(dict.fromkeys(cell for cell in cells if cell != failure.cell))[:_MOST_OTHERS]
    line = next((step.line for step in reversed(steps) if step.cell == failure.cell), 1)
    if isinstance(error, SyntaxError) and error.lineno:
        line = error.lineno
    shown = tuple(one.source for one in (failure.cell, *others))
    return ErrorFacts(
        trace=trace_text(error, failure.cell, known),
        line=line,
        others=others,
        variables=tuple(involved(error, known, shown).items()),
        hint=hints(error, known),
        versions=versions(error, known),
        is_interrupt=isinstance(error, KeyboardInterrupt),
    )


def without_error(failure: Failure, known: Surroundings) -> Failure:
    """Return a failure with facts in place of its exception, which keeps its frames alive."""
    return replace(failure, error=None, facts=facts_of(failure, known))
