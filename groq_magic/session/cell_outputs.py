"""What IPython keeps of the outputs of cells: prints, and tracebacks as they were shown."""

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
# Of this the end is sent, once values are replaced.
_LONGEST_PRINT = 100_000
_FILE_OF_A_CELL = re.compile(r'File "([^"\n]+)", line')


def printed_by(shell: Any, cell: Cell, cell_of: Callable[[str], Cell | None]) -> str:
    """Return what a cell printed, "" for nothing and where IPython (8) does not keep it.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    cell : Cell
    cell_of : callable
        From a code object's file name to its cell.
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
    # Keys are searched before the text is cut anywhere: a half of one looks like none.
    printed = scrub(_FILE_OF_A_CELL.sub(name, printed))
    # Parts of secrets are found beside the mark of a cut.
    is_cut = is_cut or len(printed) > _LONGEST_PRINT
    return f"…{printed[-_LONGEST_PRINT:]}" if is_cut else printed


def _last_written(line: str) -> str:
    """Return what a progress bar has left on its line."""
    return line.rstrip("\r").rpartition("\r")[2]


def _end_of(texts: list[str]) -> tuple[bool, str]:
    """Return whether texts were cut, and the end of them: a cell may have printed a gigabyte."""
    found: list[str] = []
    room = 2 * _LONGEST_PRINT  # colours will be left out
    for text in reversed(texts):
        found.append(text[-room:])
        room -= len(found[-1])
        if room <= 0:
            break
    return sum(map(len, texts)) > sum(map(len, found)), "".join(reversed(found))


def traceback_of(shell: Any, cell: Cell) -> str:
    """Return the traceback of a cell that IPython has shown, "" for none."""
    records = getattr(shell.history_manager, "exceptions", {})
    record = records.get(cell.number) or {}
    shown = record.get("traceback")
    if not shown or record.get("ename") in errors.__all__:
        return ""
    return scrub(_FOLDERS.sub("", _COLOURS.sub("", "\n".join(shown))))
