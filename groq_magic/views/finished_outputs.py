"""Keep finished outputs until a notebook's page has saved them."""

from __future__ import annotations

import sys
import threading
import zlib
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.page.cell import cell_id, request_cells

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["CellExecution", "FinishedOutput", "FinishedOutputs", "run_of"]

KEPT = 200
MOST_BYTES = 32_000_000
EARLIER = 20  # outputs of the same execution that an offer names


@dataclass(frozen=True)
class CellExecution:
    """One execution of one cell.

    Parameters
    ----------
    cell : str
        The cell's id on the page; "" outside of cells.
    request : str
        The id of the execute request.
    notebook : str
        The notebook's path on the page; "" if unknown.
    client : str
        The id of the page's connection, which sent the request.
    source : int
        The Adler-32 of the code that ran; 0 if unknown.
    """

    cell: str = ""
    request: str = ""
    notebook: str = ""
    client: str = ""
    source: int = 0


@dataclass(frozen=True)
class FinishedOutput:
    """The output of one finished ask.

    Parameters
    ----------
    run : CellExecution
        The execution that displayed it.
    place : str
        The class of the placeholder that it replaces; "" without one.
    turn : str
        The class of its bar.
    data, metadata : mapping
        The output; an empty ``text/html`` only removes the placeholder.
    captured : tuple of str
        Model ids of Output widgets, one of which may contain the placeholder.
    """

    run: CellExecution
    place: str
    turn: str
    data: Mapping[str, Any]
    metadata: Mapping[str, Any]
    captured: tuple[str, ...] = ()

    @property
    def checksum(self) -> int:
        """The Adler-32 of its HTML, by which a page finds it; 0 for an empty output."""
        html = str(self.data.get("text/html", ""))
        return _checksum(html)

    @property
    def size(self) -> int:
        """The memory that its texts take, in bytes."""
        return sum(map(sys.getsizeof, self.data.values()))

    def as_output(self) -> dict[str, Any]:
        """Return the output as in a notebook file."""
        return {
            "output_type": "display_data",
            "data": dict(self.data),
            "metadata": dict(self.metadata),
        }


class _Entry:
    """A finished output, and its state on pages."""

    def __init__(self, number: int, output: FinishedOutput) -> None:
        self.number = number
        self.output = output
        self.checksum = output.checksum
        self.size = output.size
        self.is_found = self.is_shown = self.is_absent = self.is_reported = False


class FinishedOutputs:
    """Keeps each finished output until a page confirms that its notebook file has it.

    Parameters
    ----------
    kept : int
        The most outputs to keep; the oldest are removed first.
    most_bytes : int
        The most memory that their texts may take.

    Notes
    -----
    A page that was reloaded has lost the updates of its placeholders, and all
    later outputs of a Run All. It gets offers (ids and checksums), requests
    the outputs that its notebook lacks, and confirms them once they are saved.
    Any thread may call any method.
    """

    def __init__(self, kept: int = KEPT, most_bytes: int = MOST_BYTES) -> None:
        self._kept = kept
        self._most_bytes = most_bytes
        self._entries: dict[int, _Entry] = {}
        self._bytes = 0
        self._number = 0
        # By these a page finds the outputs of the same execution.
        self._earlier: deque[tuple[CellExecution, int]] = deque(maxlen=kept)
        self._lock = threading.RLock()

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)

    def begin(self, run: CellExecution) -> None:
        """Note that an ask begins: outputs of earlier executions of its cell are obsolete."""
        if not run.cell:
            return
        with self._lock:
            for number, entry in tuple(self._entries.items()):
                if entry.output.run.cell == run.cell and entry.output.run != run:
                    self._remove(number)

    def add(self, output: FinishedOutput) -> dict[str, Any]:
        """Keep a finished output and return its offer to pages."""
        with self._lock:
            self._number += 1
            entry = _Entry(self._number, output)
            self._entries[entry.number] = entry
            self._bytes += entry.size
            offer = self._offer(entry)
            if entry.checksum:
                self._earlier.append((output.run, entry.checksum))
            while self._entries and (
                len(self._entries) > self._kept or self._bytes > self._most_bytes
            ):
                self._remove(next(iter(self._entries)))
            return offer

    def offers(self) -> list[dict[str, Any]]:
        """Return the offers to a page that loads, oldest first."""
        with self._lock:
            return [self._offer(entry) for entry in self._entries.values()]

    def full_offers(self, numbers: object) -> list[dict[str, Any]]:
        """Return offers with the outputs themselves, for a page that lacks them.

        `save` is false if another page shows an output: its own save would find a changed file.
        """
        with self._lock:
            found = []
            for entry in self._known(numbers):
                entry.is_found = True
                output = entry.output.as_output()
                found.append({**self._offer(entry), "output": output, "save": not entry.is_shown})
            return found

    def mark_shown(self, numbers: object) -> None:
        """Note that a page shows these, unsaved."""
        with self._lock:
            for entry in self._known(numbers):
                entry.is_found = entry.is_shown = True

    def mark_lacked(self, numbers: object) -> list[int]:
        """Note that a page lacks these; return those that other pages have to confirm again.

        A page that showed an output may have been closed without saving it.
        """
        with self._lock:
            asked = [entry for entry in self._known(numbers) if entry.is_shown]
            for entry in asked:
                entry.is_shown = False
            return [entry.number for entry in asked]

    def mark_absent(self, numbers: object) -> None:
        """Note that a page that was loaded later lacks the cells of these."""
        with self._lock:
            for entry in self._known(numbers):
                entry.is_absent = bool(entry.checksum)

    def remove_saved(self, numbers: object) -> None:
        """Remove outputs that a notebook file has, or an Output widget in the kernel."""
        with self._lock:
            for entry in self._known(numbers):
                self._remove(entry.number)

    def missed(self) -> frozenset[str]:
        """Return the bars' classes of outputs whose cell is on no page."""
        with self._lock:
            return frozenset(
                entry.output.turn
                for entry in self._entries.values()
                if entry.is_absent and not (entry.is_found or entry.is_reported)
            )

    def mark_reported(self, turns: Collection[str]) -> None:
        """Note that these missed outputs were reported to the user."""
        with self._lock:
            for entry in self._entries.values():
                entry.is_reported = entry.is_reported or entry.output.turn in turns

    def _known(self, numbers: object) -> list[_Entry]:
        # A page has sent them: they can be anything.
        listed = numbers if isinstance(numbers, list) else []
        asked = {number for number in listed if isinstance(number, int)}
        return [entry for number, entry in self._entries.items() if number in asked]

    def _remove(self, number: int) -> None:
        self._bytes -= self._entries.pop(number).size

    def _offer(self, entry: _Entry) -> dict[str, Any]:
        output = entry.output
        earlier = [checksum for run, checksum in self._earlier if run == output.run]
        before = earlier.index(entry.checksum) if entry.checksum in earlier else len(earlier)
        return {
            "id": entry.number,
            "cell": output.run.cell,
            "request": output.run.request,
            "notebook": output.run.notebook,
            "place": output.place,
            "turn": output.turn,
            "checksum": entry.checksum,
            "source": output.run.source,
            "earlier": earlier[:before][-EARLIER:],
            "captured": list(output.captured),
        }


def run_of(shell: Any) -> CellExecution:
    """Return the execution of the running code.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell or None
    """
    parent = (shell.get_parent() or {}) if hasattr(shell, "get_parent") else {}
    header = parent.get("header") or {}
    request, client = (
        each if isinstance(each, str) else ""
        for each in (header.get("msg_id"), header.get("session"))
    )
    code = (parent.get("content") or {}).get("code")
    source = _checksum(code) if isinstance(code, str) else 0
    return CellExecution(
        cell_id(shell) or "", request, request_cells(shell).notebook, client, source
    )


def _checksum(text: str) -> int:
    return zlib.adler32(text.encode("utf-8", "replace")) if text else 0
