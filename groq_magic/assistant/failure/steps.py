"""The steps of a traceback as the user knows them: cells, the user's files, and libraries."""

from __future__ import annotations

import linecache
import os
import sys
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from groq_magic.assistant.failure.failing_code import part_of_line
from groq_magic.assistant.failure.paths import is_library, path_shown
from groq_magic.clipping import clip
from groq_magic.page.cell_lines import first_line, typed_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType, TracebackType

    from groq_magic.assistant.cell import Cell, Context

__all__ = ["Step", "steps_of"]

# Of a deep recursion only the ends are kept.
_FIRST, _LAST = 40, 160
_HIDDEN = ("IPython", "ipykernel", "traitlets", "decorator")
_OURS = str(Path(__file__).parents[1]) + os.sep
_MADE_BY_MAGICS = ("<magic-", "<timed eval>", "<decorator-gen")
# IPython's and Python's names for the body of `%%time`, `%%timeit` and `%%prun`.
_BODIES = frozenset({"<timed exec>", "<magic-timeit>", "<string>"})
_LONGEST_LINE = 300


@dataclass(frozen=True)
class Step:
    """One step of a traceback; the same step several times in a row is one.

    Parameters
    ----------
    kind : {"cell", "file", "library"}
        Whose code it is; a file is one of the user's.
    where : str
        The cell's name or the shortened path.
    line : int
        The line's number in the cell as typed, or in the file.
    function : str
        "" at the top of a cell or module.
    code : str
        The line, as typed.
    cell : Cell or None
    times : int
        How many times in a row the step occurs.
    trace : TracebackType
        The innermost of these.
    """

    kind: Literal["cell", "file", "library"]
    where: str
    line: int
    function: str
    code: str
    cell: Cell | None
    times: int
    trace: TracebackType = field(repr=False, compare=False)

    @property
    def frame(self) -> FrameType:
        """The frame of the innermost of these."""
        return self.trace.tb_frame

    @property
    def compiled(self) -> CodeType:
        """The code of the function, or of the whole cell or module."""
        return self.frame.f_code

    @property
    def text(self) -> str:
        """The step as a traceback shows it."""
        within = f", in {self.function}" if self.function else ""
        where = self.where[:1].upper() + self.where[1:] if self.cell else f"File {self.where}"
        code = f"\n    {self.code.strip()}{self._mark()}" if self.code.strip() else ""
        again = f"\n  [the same step {self.times - 1:,} times more]" if self.times > 1 else ""
        return f"  {where}, line {self.line}{within}{code}{again}"

    def _mark(self) -> str:
        """Return a line of `^` below the failing part of the line, "" if unknown."""
        if self.kind == "library":
            return ""
        part = part_of_line(self.trace, self.code)
        indent = len(self.code) - len(self.code.lstrip())
        if part is None or part[0] < indent or part[1] - part[0] >= len(self.code.strip()):
            return ""
        return f"\n    {' ' * (part[0] - indent)}{'^' * (part[1] - part[0])}"


def steps_of(trace: TracebackType | None, context: Context) -> tuple[list[Step], int]:
    """Return the steps of a traceback without IPython's and ours.

    Parameters
    ----------
    trace : TracebackType or None
    context : Context

    Returns
    -------
    steps : list of Step
        From the outermost to the innermost.
    left_out : int
        The number of steps left out in the middle.
    """
    hidden = _hidden_roots()
    seen = [run for run in _runs(trace) if not _file(run[0]).startswith(hidden)]
    left_out = max(0, len(seen) - _FIRST - _LAST)
    if left_out:
        seen = seen[:_FIRST] + seen[-_LAST:]
    steps: list[Step] = []
    for each, times in seen:
        magic = _magic_of_body(steps) if _file(each) in _BODIES else None
        if magic is not None:
            # The steps of the magic, and of the library that runs it, are not the user's code.
            steps = steps[: steps.index(magic)]
            steps.append(_step_of_body(each, times, magic))
        elif not _file(each).startswith(_MADE_BY_MAGICS):
            steps.append(_step(each, times, context))
    return steps, left_out


def _file(trace: TracebackType) -> str:
    return trace.tb_frame.f_code.co_filename


def _runs(trace: TracebackType | None) -> Iterator[tuple[TracebackType, int]]:
    """Yield each step with its number of repetitions."""
    for _, run in groupby(_walk(trace), key=lambda one: (id(one.tb_frame.f_code), one.tb_lineno)):
        same = list(run)
        yield same[-1], len(same)


def _walk(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _hidden_roots() -> tuple[str, ...]:
    """Return the folders and files of the code that runs cells and magics."""
    roots = [_OURS]
    for name in _HIDDEN:
        file = getattr(sys.modules.get(name), "__file__", None)
        if file:
            roots.append(str(Path(file).parent) + os.sep if file.endswith("__init__.py") else file)
    return tuple(roots)


def _magic_of_body(steps: list[Step]) -> Step | None:
    """Return the last cell's step if it is the cell magic that runs the cell's body."""
    last = next((step for step in reversed(steps) if step.cell is not None), None)
    if last is None or last.cell is None or not last.cell.head:
        return None
    return last if last.line == first_line(last.cell.source) else None


def _step_of_body(trace: TracebackType, times: int, magic: Step) -> Step:
    cell = magic.cell
    lines = cell.source.split("\n") if cell is not None else []
    at = min(magic.line + trace.tb_lineno, len(lines))
    function = trace.tb_frame.f_code.co_name
    # `timeit` makes a function of the body.
    function = "" if function in {"<module>", "inner"} else function
    text = clip(lines[at - 1], _LONGEST_LINE)
    return Step("cell", magic.where, at, function, text, cell, times, trace)


def _step(trace: TracebackType, times: int, context: Context) -> Step:
    code, line = trace.tb_frame.f_code, trace.tb_lineno
    file, function = code.co_filename, code.co_name
    function = "" if function.startswith(("<module>", "<cell line")) else function
    cell = context.cell_of(file)
    if cell is not None:
        at, text = _line_of(cell, file, line)
        return Step("cell", cell.name, at, function, text, cell, times, trace)
    text = clip(linecache.getline(file, line).rstrip("\n"), _LONGEST_LINE)
    kind: Literal["file", "library"] = "library" if is_library(trace.tb_frame) else "file"
    return Step(kind, path_shown(file), line, function, text, None, times, trace)


def _line_of(cell: Cell, file: str, line: int) -> tuple[int, str]:
    """Return number and text, as typed, of a line of the code that IPython compiled for a cell."""
    compiled = linecache.getlines(file)
    at = typed_line(cell.source, compiled, line)
    typed = cell.source.split("\n")[at - 1]
    text = compiled[line - 1] if 0 < line <= len(compiled) else ""
    if text.strip() and "get_ipython()" not in text:
        typed = text.rstrip("\n")
    return at, clip(typed, _LONGEST_LINE)
