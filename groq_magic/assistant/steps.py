"""One step of a traceback, as the user knows it: a cell, a file of theirs, or a library."""

from __future__ import annotations

import linecache
import os
import re
import sys
import sysconfig
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Literal

from groq_magic.clipping import clip
from groq_magic.page.notebook_file import working_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, TracebackType

    from groq_magic.assistant.cell import Cell, Context

__all__ = ["Step", "line_of", "path_shown", "steps_of", "without_folders"]

# A recursion's middle says nothing that its ends don't say.
_FIRST, _LAST = 40, 160
_HIDDEN = ("IPython", "ipykernel", "traitlets", "decorator")
_OURS = str(Path(__file__).parents[1]) + os.sep
_BODY_OF_A_MAGIC = "<timed exec>"
_MADE_BY_MAGICS = ("<magic-", "<timed eval>")
_LONGEST_LINE = 300
_PACKAGES = re.compile(r"[^\s'\"(]*[/\\](?:site|dist)-packages[/\\]")


@dataclass(frozen=True)
class Step:
    """One step.

    Parameters
    ----------
    kind : {"cell", "file", "library"}
        Whose code it is; a file is one of the user's.
    where : str
        The cell's name or the shortened path.
    line : int
        In the cell as it was typed, or in the file.
    compiled_line : int
        In the code that IPython made of the cell, or in the file.
    function : str
        "" at the top of a cell or module.
    code : str
        The line, as it was typed.
    cell : Cell or None
    times : int
        How often it stands there, one below the other.
    frame : FrameType
        The innermost of these.
    """

    kind: Literal["cell", "file", "library"]
    where: str
    line: int
    compiled_line: int
    function: str
    code: str
    cell: Cell | None
    times: int
    frame: FrameType = field(repr=False, compare=False)

    @property
    def text(self) -> str:
        """As a traceback shows it."""
        within = f", in {self.function}" if self.function else ""
        where = self.where[:1].upper() + self.where[1:] if self.cell else f"File {self.where}"
        code = f"\n    {self.code.strip()}" if self.code.strip() else ""
        again = f"\n  [the same step {self.times - 1:,} times more]" if self.times > 1 else ""
        return f"  {where}, line {self.line}{within}{code}{again}"


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
        How many were left out in the middle.
    """
    hidden = _hidden_roots()
    seen = [run for run in _runs(trace) if not run[0].f_code.co_filename.startswith(hidden)]
    left_out = max(0, len(seen) - _FIRST - _LAST)
    if left_out:
        seen = seen[:_FIRST] + seen[-_LAST:]
    steps: list[Step] = []
    for run in seen:
        steps.append(_step(run, context, steps[-1] if steps else None))
    return steps, left_out


def _runs(trace: TracebackType | None) -> Iterator[tuple[FrameType, int, int]]:
    """Yield frame, line and count of the steps, those of a recursion as one."""
    for _, run in groupby(walk_tb(trace), key=lambda step: (id(step[0].f_code), step[1])):
        same = list(run)
        yield *same[-1], len(same)


def _hidden_roots() -> tuple[str, ...]:
    """Return where the code lies that runs cells and magics."""
    roots = [_OURS, *_MADE_BY_MAGICS]
    for name in _HIDDEN:
        file = getattr(sys.modules.get(name), "__file__", None)
        if file:
            roots.append(str(Path(file).parent) + os.sep if file.endswith("__init__.py") else file)
    return tuple(roots)


def _step(run: tuple[FrameType, int, int], context: Context, before: Step | None) -> Step:
    frame, line, times = run
    code = frame.f_code
    file, function = code.co_filename, code.co_name
    function = "" if function.startswith(("<module>", "<cell line")) else function
    cell = context.cell_of(file)
    if cell is not None:
        at, text = line_of(cell, file, line)
        return Step("cell", cell.name, at, line, function, text, cell, times, frame)
    if file == _BODY_OF_A_MAGIC and before is not None and before.cell is not None:
        at, text = _raw_line(before.cell, line + 1)
        return Step("cell", before.where, at, line, function, text, before.cell, times, frame)
    text = clip(linecache.getline(file, line).rstrip("\n"), _LONGEST_LINE)
    where, library = path_shown(file)
    kind: Literal["file", "library"] = "library" if library else "file"
    return Step(kind, where, line, line, function, text, None, times, frame)


def line_of(cell: Cell, file: str, line: int) -> tuple[int, str]:
    """Return number and text, as typed, of a line of the code that IPython made of a cell."""
    made = linecache.getline(file, line).rstrip("\n")
    at, typed = _raw_line(cell, line)
    if made.strip() in {typed.strip(), ""} or "get_ipython()" in made:
        return at, typed
    # A magic that spans lines has shifted what follows it.
    same = [n for n, raw in enumerate(cell.source.split("\n"), 1) if raw.strip() == made.strip()]
    return (same[0] if len(same) == 1 else at), clip(made, _LONGEST_LINE)


def _raw_line(cell: Cell, line: int) -> tuple[int, str]:
    lines = cell.source.split("\n")
    # IPython compiles a cell without its blank first lines.
    blank = next((n for n, text in enumerate(lines) if text.strip()), 0)
    at = line + blank
    return at, clip(lines[at - 1], _LONGEST_LINE) if 0 < at <= len(lines) else ""


def path_shown(file: str) -> tuple[str, bool]:
    """Return a path without what is this machine's own, and whether it is a library's."""
    if file.startswith("<"):
        return file, file.startswith("<frozen")
    path = file.replace("\\", "/")
    for mark in ("/site-packages/", "/dist-packages/"):
        if mark in path:
            return path.rpartition(mark)[2], True
    for root in _standard_library():
        if path.startswith(f"{root}/"):
            return path.removeprefix(f"{root}/"), True
    here = _working_folder().replace("\\", "/")
    if here and path.startswith(f"{here}/"):
        return path.removeprefix(f"{here}/"), False
    return "/".join(path.split("/")[-2:]), False


def without_folders(text: str) -> str:
    """Return text without the folders of this machine that stand in it."""
    text = _PACKAGES.sub("", text)
    folders = [*_standard_library(), _working_folder()]
    for folder in folders:
        if len(folder) > len("/"):
            text = text.replace(f"{folder}{os.sep}", "").replace(f"{folder}/", "")
    home = str(Path.home())
    return text.replace(f"{home}{os.sep}", f"~{os.sep}") if len(home) > len("/") else text


def _working_folder() -> str:
    return str(working_folder() or "")


def _standard_library() -> Iterator[str]:
    paths = sysconfig.get_paths()
    for name in ("stdlib", "platstdlib"):
        yield paths[name].replace("\\", "/")
