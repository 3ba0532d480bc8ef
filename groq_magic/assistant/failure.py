"""What failed last in a session."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.errors import GroqMagicError

if TYPE_CHECKING:
    from groq_magic.assistant.cell import Cell
    from groq_magic.assistant.error_facts import ErrorFacts

__all__ = ["Failure", "Failures"]

# `x = !cmd` sets no exit code; `!!cmd` neither.
_SHELL_LINE = re.compile(r"^\s*!(?!!)", re.MULTILINE)


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
    told : str
        What is known as text: what a shell printed, or the traceback as it
        was shown where nothing else is known.
    facts : ErrorFacts or None
        The facts of an exception that was dropped.
    """

    cell: Cell
    error: BaseException | None = field(default=None, repr=False)
    exit_code: int = 0
    told: str = field(default="", repr=False)
    facts: ErrorFacts | None = field(default=None, repr=False)

    @property
    def raised(self) -> bool:
        """Whether the cell's exception, or its facts, are known."""
        return self.error is not None or self.facts is not None


class Failures:
    """Remembers the last failure: an ask of ours that fails later does not hide it."""

    def __init__(self) -> None:
        self.last: Failure | None = None

    def note(self, cell: Cell, error: BaseException | None, exit_code: object) -> None:
        """Note how a cell ended.

        Parameters
        ----------
        cell : Cell
        error : BaseException or None
            What it raised.
        exit_code : object
            The session's `_exit_code`, of this cell or of an earlier one.
        """
        if error is not None:
            if not isinstance(error, GroqMagicError):
                self.last = Failure(cell, error)
        elif isinstance(exit_code, int) and exit_code and _SHELL_LINE.search(cell.source):
            self.last = Failure(cell, exit_code=exit_code)
