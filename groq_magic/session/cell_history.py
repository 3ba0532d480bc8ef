"""The cells that ran in a session: their sources, results and failures."""

from __future__ import annotations

import linecache
import re
import sys
from dataclasses import replace
from itertools import chain
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from groq_magic.assistant import Cell, Context, Failure, failure_of_run, without_error
from groq_magic.clipping import type_name
from groq_magic.errors import GroqMagicError, NotebookError
from groq_magic.session.cell_outputs import printed_by, traceback_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.session.session import Session

__all__ = ["CellHistory", "record_cell_end"]

# `%cd` prints its error and raises nothing.
_CD_LINE = re.compile(r"^[ \t]*+%?cd\b", re.MULTILINE)
_FAILED_CD = re.compile(r"^\[Errno \d+\] ", re.MULTILINE)
_TRACEBACK = "Traceback (most recent call last):"


def record_cell_end(session: Session, result: Any, shown: BaseException | None) -> None:
    """Record whether a cell failed, for `%groq_fix`.

    Parameters
    ----------
    session : Session
    result : IPython.core.interactiveshell.ExecutionResult
    shown : BaseException or None
        The error that IPython has displayed while the cell ran, if any.
    """
    if result.info.silent or not result.info.store_history:
        return  # a request of the front end itself
    history = CellHistory(session)
    # If displaying the error failed, too, IPython's result has no number.
    number = result.execution_count or session.shell.execution_count - 1
    cell = Cell(number, _bare(result.info.raw_cell))
    error = result.error_before_exec or result.error_in_exec
    if error is None and shown is not None:
        error = shown
        cell = history.cell_run_within(shown) or cell
    failure = failure_of_run(cell, error, session.namespace.get("_exit_code"))
    if failure is not None:
        session.failures.add(number, failure)
    else:
        # The frames of earlier failures are released.
        session.failures.release(history.without_error)
    history.add_background(number)


class CellHistory:
    """The cells that ran in a session.

    Parameters
    ----------
    session : Session
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shell = session.shell
        self._namespace = session.namespace

    def context(self, room: int) -> Context:
        """Return the session's context for prompts of the code assistant.

        Parameters
        ----------
        room : int
            Characters that data may take in the prompt.
        """
        privacy = self._session.privacy()
        return Context(self._namespace, room, self.of_file, self.newest_first, privacy)

    def numbered(self, number: int) -> Cell:
        """Return a cell by its number.

        Raises
        ------
        NotebookError
            When no earlier cell has this number.
        """
        cell = self._cell(number) if 0 < number < self._shell.execution_count else None
        if cell is None:
            raise NotebookError(
                f"There is no cell {number} in this session.",
                "The numbers stand beside the cells that ran: [3].",
            )
        return cell

    def of_file(self, name: str) -> Cell | None:
        """Return the cell of a code object's file name, None for other files.

        Code that runs within a cell (`%%capture`, `%rerun`) has the number of the next one,
        so the cell must also contain the code.
        """
        number = getattr(self._shell.compile, "_filename_map", {}).get(name)
        if not isinstance(number, int):
            return None
        code = [line.strip() for line in linecache.getlines(name)]
        near = (self._cell(number), self._cell(number - 1))
        cells = chain(near, (self._cell(n) for n in range(number - 2, 0, -1)))
        return next((cell for cell in cells if cell is not None and _contains(cell, code)), None)

    def newest_first(self) -> Iterator[Cell]:
        """Yield the cells that ran before this one, the latest first."""
        for number in range(self._shell.execution_count - 1, 0, -1):
            cell = self._cell(number)
            if cell is not None:
                yield cell

    def last_failure(self) -> Failure:
        """Return the last failure of code, not of an ask.

        Raises
        ------
        NotebookError
            When nothing failed, or it isn't certain which cell.
        """
        self.add_background(self._shell.execution_count - 1)
        found = self._last()
        if found is None:
            raise NotebookError(
                "No cell of this session has failed.",
                "`%groq_fix 3 what is wrong` fixes cell 3 anyway.",
            )
        return self._with_print(found)

    def failure_of(self, cell: Cell) -> Failure | None:
        """Return the failure of a cell, None if it did not fail or its failure is unknown."""
        last = self._session.failures.of_cell(cell.number)
        if last is None and not self._session.failures.when:
            before = self._before_loading()
            last = before if before is not None and before.cell.number == cell.number else None
        if last is not None:
            return self._with_print(last)
        shown = traceback_of(self._shell, cell)
        return Failure(cell, text=shown) if shown else None

    def without_error(self, failure: Failure) -> Failure:
        """Return a failure without its exception: another cell has run since.

        The frames and their values are released; the values that the failing lines
        name are kept as text.
        """
        try:
            return without_error(failure, self.context(0))
        except KeyboardInterrupt:
            # Showing a value took too long: IPython's traceback is used.
            return replace(failure, error=None, text=traceback_of(self._shell, failure.cell))

    def latest_with_result(self) -> Cell:
        """Return the last cell that has a result, printed something or failed.

        Raises
        ------
        NotebookError
            When no cell has.
        """
        for cell in self.newest_first():
            has_result = cell.number in self._outputs() or printed_by(
                self._shell, cell, self.of_file
            )
            if has_result or self.failure_of(cell):
                return cell
        raise NotebookError(
            "There is no output and no error yet.", "`%groq_explain 3` explains cell 3."
        )

    def last_output(self) -> Cell:
        """Return the cell with the latest result, `_`.

        Raises
        ------
        NotebookError
            When no cell has a result yet.
        """
        numbers = [n for n in self._outputs() if isinstance(n, int)]
        if not numbers:
            raise NotebookError("There is no output yet.", "`%groq_explain 3` explains cell 3.")
        return self.numbered(max(numbers))

    def results_of(self, cell: Cell, context: Context) -> tuple[str, str]:
        """Return the parts of a cell's printed output and result that may be sent, or ""."""
        printed = context.output(printed_by(self._shell, cell, self.of_file))
        outputs = self._outputs()
        if cell.number not in outputs:
            return printed, ""
        value = outputs[cell.number]
        try:
            return printed, context.schema_of(value)
        except GroqMagicError:
            return printed, type_name(value)

    def _cell(self, number: int) -> Cell | None:
        sources = self._shell.history_manager.input_hist_raw
        return Cell(number, _bare(sources[number])) if 0 < number < len(sources) else None

    def cell_run_within(self, error: BaseException) -> Cell | None:
        """Return the cell that ran within another one (`%rerun`), if any."""
        for frame, _ in walk_tb(error.__traceback__):
            cell = self.of_file(frame.f_code.co_filename)
            if cell is not None:
                is_top = frame.f_code.co_name.startswith(("<module>", "<cell line"))
                return cell if is_top else None
        return None

    def add_background(self, number: int) -> None:
        """Add the failures of threads and tasks, each with the cell of its code.

        Parameters
        ----------
        number : int
            Of the cell that ran last.
        """
        for each in self._session.background.take():
            if isinstance(each.error, GroqMagicError):
                continue
            files = (frame.f_code.co_filename for frame, _ in walk_tb(each.error.__traceback__))
            cell = next(filter(None, map(self.of_file, files)), None)
            what = f"a {each.origin}" if cell is None else f"{cell.name} (in a {each.origin})"
            failure = (
                Failure(cell, each.error, background=each.origin) if cell is not None else None
            )
            self._session.failures.add(number, failure, what)

    def _last(self) -> Failure | None:
        """Return the last failure, also from before the session recorded failures."""
        failures = self._session.failures
        if not failures.when and (before := self._before_loading()) is not None:
            failures.add(before.cell.number or 0, before)
        for cell in self.newest_first():
            if (cell.number or 0) <= failures.when:
                break
            self._add_printed(cell)
        return failures.last()

    def _before_loading(self) -> Failure | None:
        exit_code = self._namespace.get("_exit_code")
        lines = (failure_of_run(cell, None, exit_code) for cell in self.newest_first())
        found = filter(None, (self._error_before(), next(filter(None, lines), None)))
        return max(found, key=lambda one: one.cell.number or 0, default=None)

    def _add_printed(self, cell: Cell) -> None:
        """Add a failure that was printed, not raised, as one of several candidates."""
        printed = printed_by(self._shell, cell, self.of_file)
        failures, number = self._session.failures, cell.number or 0
        if _CD_LINE.search(cell.source) and _FAILED_CD.search(printed):
            # Without the name of the folder, which `%cd` prints after it.
            lines = [line for line in printed.split("\n") if _FAILED_CD.match(line)]
            failures.add(number, Failure(cell, text="\n".join(lines)))
        # Printed requests and answers of ours contain tracebacks, too.
        elif _TRACEBACK in printed and "groq" not in cell.source:
            before = failures.newest()
            failures.add(number, Failure(cell, text=printed), f"{cell.name} (printed)")
            if before is not None:
                failures.add(number, before)

    def _error_before(self) -> Failure | None:
        error = getattr(sys, "last_value", None) or getattr(sys, "last_exc", None)
        if error is None or isinstance(error, GroqMagicError):
            return None
        files = [error.filename or ""] if isinstance(error, SyntaxError) else []
        files += [frame.f_code.co_filename for frame, _ in walk_tb(error.__traceback__)]
        cell = next(filter(None, map(self.of_file, files)), None)
        return Failure(cell, error) if cell is not None else None

    def _with_print(self, failure: Failure) -> Failure:
        """Add the output of a shell command, which its exception lacks."""
        if failure.text or (failure.raised and failure.cell.language == "python"):
            return failure
        return replace(failure, text=printed_by(self._shell, failure.cell, self.of_file))

    def _outputs(self) -> dict[Any, Any]:
        found = self._namespace.get("Out")
        return found if isinstance(found, dict) else {}


def _contains(cell: Cell, code: list[str]) -> bool:
    """Whether a cell contains compiled code; magics are compiled to other lines."""
    typed = [line.strip() for line in cell.source.split("\n")]
    known = frozenset(typed)
    return all(
        line in known or "get_ipython()" in line or any(each.endswith(line) for each in typed)
        for line in code
        if line
    )


def _bare(source: str) -> str:
    return source.rstrip("\n")
