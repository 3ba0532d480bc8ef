"""The cells that ran in a session: their sources, results and failures."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from groq_magic import errors
from groq_magic.assistant import Cell, Context, Failure, failure_of_run, without_error
from groq_magic.errors import GroqMagicError, NotebookError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.session.session import Session

__all__ = ["CellHistory", "record_cell_end"]

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_FOLDERS = re.compile(
    r"[~/][^\s:]*/(?=site-packages/|lib/python3)(?:site-packages/|lib/python[\d.]+/)"
)
# Of this the end is sent, once values are replaced.
_LONGEST_PRINT = 100_000


def record_cell_end(session: Session, result: Any) -> None:
    """Record whether a cell failed, for `%groq_fix`.

    Parameters
    ----------
    session : Session
    result : IPython.core.interactiveshell.ExecutionResult
    """
    if result.info.silent or not result.info.store_history:
        return  # the front end's own
    # If showing the error failed too, the result of IPython has no number.
    number = result.execution_count or session.shell.execution_count - 1
    cell = Cell(number, _bare(result.info.raw_cell))
    error = result.error_before_exec or result.error_in_exec
    failure = failure_of_run(cell, error, session.namespace.get("_exit_code"))
    if failure is not None:
        session.last_failure = failure
    elif session.last_failure is not None and session.last_failure.error is not None:
        session.last_failure = CellHistory(session).without_error(session.last_failure)


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
        """Return what the prompts of the code assistant include of the session.

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
        """Return the cell of a code object's file name, None if it is no cell's."""
        number = getattr(self._shell.compile, "_filename_map", {}).get(name)
        return self._cell(number) if isinstance(number, int) else None

    def newest_first(self) -> Iterator[Cell]:
        """Yield the cells that ran before the present one, the latest first."""
        for number in range(self._shell.execution_count - 1, 0, -1):
            cell = self._cell(number)
            if cell is not None:
                yield cell

    def last_failure(self) -> Failure:
        """Return the last failure of code, not of an ask.

        Raises
        ------
        NotebookError
            When nothing failed.
        """
        found = self._last()
        if found is None:
            raise NotebookError(
                "No cell of this session has failed.",
                "`%groq_fix 3 what is wrong` fixes cell 3 all the same.",
            )
        return self._with_print(found)

    def failure_of(self, cell: Cell) -> Failure | None:
        """Return the failure of a cell, None if it did not fail or that is unknown."""
        last = self._last()
        if last is not None and last.cell.number == cell.number:
            return self._with_print(last)
        shown = self._shown(cell)
        return Failure(cell, text=shown) if shown else None

    def without_error(self, failure: Failure) -> Failure:
        """Return a failure without its exception: another cell has run since.

        The frames and their values are released; what the failing lines name is
        kept as text.
        """
        try:
            return without_error(failure, self.context(0))
        except KeyboardInterrupt:
            # Showing a value took too long: the traceback that IPython has shown is enough.
            return replace(failure, error=None, text=self._shown(failure.cell))

    def latest_with_result(self) -> Cell:
        """Return the last cell that has a result, printed something or failed.

        Raises
        ------
        NotebookError
            When there is none.
        """
        for cell in self.newest_first():
            has_result = cell.number in self._outputs() or self._printed(cell)
            if has_result or self.failure_of(cell):
                return cell
        raise NotebookError(
            "There is no output and no error yet.", "`%groq_explain 3` explains cell 3."
        )

    def last_output(self) -> Cell:
        """Return the cell whose result `_` is.

        Raises
        ------
        NotebookError
            When no cell has a result yet.
        """
        numbers = [n for n in self._outputs() if isinstance(n, int)]
        if not numbers:
            raise NotebookError("There is no output yet.", "`%groq_explain 3` explains cell 3.")
        return self.numbered(max(numbers))

    def result_of(self, cell: Cell) -> str:
        """Return what may be sent of a cell's output: what it printed, and its result."""
        context = self.context(0)
        parts = [context.output(self._printed(cell))]
        outputs = self._outputs()
        if cell.number in outputs:
            try:
                parts.append(context.added(outputs[cell.number]))
            except GroqMagicError:
                parts.append(f"a {type(outputs[cell.number]).__qualname__}")
        return "\n".join(filter(None, parts))

    def _cell(self, number: int) -> Cell | None:
        sources = self._shell.history_manager.input_hist_raw
        return Cell(number, _bare(sources[number])) if 0 < number < len(sources) else None

    def _last(self) -> Failure | None:
        """Return the last failure, also from before the session recorded failures."""
        if self._session.last_failure is not None:
            return self._session.last_failure
        exit_code = self._namespace.get("_exit_code")
        lines = (failure_of_run(cell, None, exit_code) for cell in self.newest_first())
        found = filter(None, (self._error_before(), next(filter(None, lines), None)))
        return max(found, key=lambda one: one.cell.number or 0, default=None)

    def _error_before(self) -> Failure | None:
        error = getattr(sys, "last_value", None) or getattr(sys, "last_exc", None)
        if error is None or isinstance(error, GroqMagicError):
            return None
        files = [error.filename or ""] if isinstance(error, SyntaxError) else []
        files += [frame.f_code.co_filename for frame, _ in walk_tb(error.__traceback__)]
        cell = next(filter(None, map(self.of_file, files)), None)
        return Failure(cell, error) if cell is not None else None

    def _with_print(self, failure: Failure) -> Failure:
        """Add the output of a shell command: its exception does not contain it."""
        if failure.text or (failure.raised and failure.cell.language == "python"):
            return failure
        return replace(failure, text=self._printed(failure.cell))

    def _printed(self, cell: Cell) -> str:
        records = getattr(self._shell.history_manager, "outputs", {}).get(cell.number) or []
        texts = [
            text
            for record in records
            if getattr(record, "output_type", "") in {"out_stream", "err_stream"}
            for text in record.bundle.get("stream", [])
        ]
        printed = "".join(texts)[-_LONGEST_PRINT:].replace("\r\n", "\n")
        return _COLOURS.sub("", printed).strip("\n")

    def _shown(self, cell: Cell) -> str:
        """Return the traceback that IPython has shown, "" for none."""
        records = getattr(self._shell.history_manager, "exceptions", {})
        record = records.get(cell.number) or {}
        shown = record.get("traceback")
        if not shown or record.get("ename") in errors.__all__:
            return ""
        return _FOLDERS.sub("", _COLOURS.sub("", "\n".join(shown)))

    def _outputs(self) -> dict[Any, Any]:
        found = self._namespace.get("Out")
        return found if isinstance(found, dict) else {}


def _bare(source: str) -> str:
    return source.rstrip("\n")
