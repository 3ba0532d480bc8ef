"""Read the printed outputs and tracebacks of cells that IPython keeps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groq_magic import errors
from groq_magic.api.key import scrub

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.assistant import Cell

__all__ = ["printed_by", "traceback_of"]

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_FOLDERS = re.compile(
    r"(?<![\w/~.@+-])[~/][\w/~.@+-]*/(?=site-packages/|lib/python3)(?:site-packages/|lib/python[\d.]+/)"
)
# Characters; the assistant sends an end of it, with values replaced.
_LONGEST_PRINT = 100_000
_FILE_OF_A_CELL = re.compile(r'File "([^"\n]+)", line')


def printed_by(shell: Any, cell: Cell, cell_of: Callable[[str], Cell | None]) -> str:
    """Return the printed output of a cell; "" in IPython 8, which does not keep it.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    cell : Cell
    cell_of : callable
        Returns the cell of a code object's file name.
    """
    records = getattr(shell.history_manager, "outputs", {}).get(cell.number) or []
    texts = [
        text
        for record in records
        if getattr(record, "output_type", "") in {"out_stream", "err_stream"}
        for text in record.bundle.get("stream", [])
    ]
    is_cut, text = _end_of(texts)

    def name(found: re.Match[str]) -> str:
        other = cell_of(found[1])
        return f"{other.name.capitalize()}, line" if other is not None else found[0]

    printed = _COLOURS.sub("", text.replace("\r\n", "\n"))
    printed = "\n".join(map(_last_written, printed.split("\n"))).strip("\n")
    # Keys are hidden before the text is cut: half a key would not be recognised.
    printed = scrub(_FILE_OF_A_CELL.sub(name, printed))
    # Secrets that are cut in two are recognised by the ellipsis.
    is_cut = is_cut or len(printed) > _LONGEST_PRINT
    return f"…{printed[-_LONGEST_PRINT:]}" if is_cut else printed


def _last_written(line: str) -> str:
    """Return the last text of a line that a progress bar has rewritten."""
    return line.rstrip("\r").rpartition("\r")[2]


def _end_of(texts: list[str]) -> tuple[bool, str]:
    """Return whether texts were cut, and their end: a cell may have printed a gigabyte."""
    found: list[str] = []
    room = 2 * _LONGEST_PRINT  # colours are removed later
    for text in reversed(texts):
        found.append(text[-room:])
        room -= len(found[-1])
        if room <= 0:
            break
    return sum(map(len, texts)) > sum(map(len, found)), "".join(reversed(found))


def traceback_of(shell: Any, cell: Cell) -> str:
    """Return the traceback of a cell that IPython has displayed, "" without one."""
    records = getattr(shell.history_manager, "exceptions", {})
    record = records.get(cell.number) or {}
    shown = record.get("traceback")
    if not shown or record.get("ename") in errors.__all__:
        return ""
    return scrub(_FOLDERS.sub("", _COLOURS.sub("", "\n".join(shown))))
