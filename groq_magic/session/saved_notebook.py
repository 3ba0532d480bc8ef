"""The saved file of the notebook: its turns, its answers, the order of its cells."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from groq_magic.conversation import (
    Replay,
    SavedTurn,
    code_cells_in,
    saved_answers,
    saved_turns,
)
from groq_magic.errors import NotebookError
from groq_magic.page.cell import is_hashed
from groq_magic.page.notebook_file import (
    CellIds,
    ids_of,
    notebook_path,
    own_notebook,
    read_notebook,
)

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SavedNotebook"]


class SavedNotebook:
    """The saved file of the notebook.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    cells_seen : set of str
        The ids of the cells that ran here: a file without them is another notebook's.
    """

    def __init__(self, shell: Any, cells_seen: set[str]) -> None:
        self.cells_seen = cells_seen
        self._shell = shell
        self._ids = CellIds()
        self._known: dict[str, str] = {}

    @property
    def folder(self) -> Path | None:
        """Its folder, None if unknown."""
        path = notebook_path(self._shell)
        return path.parent if path is not None else None

    def known_as(self, cell: str | None, source: str) -> str | None:
        """Return the id that the file has for a running cell.

        JupyterLab, Notebook 7 and Colab send the file's id. VS Code sends another one: its
        cell is then found by its source, if that is unique. A cell keeps the id of its first run.
        """
        if cell is None or not is_hashed(cell):
            return cell
        if cell not in self._known:
            self._known[cell] = self._id_of(source, cell)
        return self._known[cell]

    def _id_of(self, source: str, cell: str) -> str:
        path = notebook_path(self._shell)
        try:
            notebook = read_notebook(path) if path is not None and source.strip() else None
        except NotebookError:
            notebook = None
        if notebook is None or cell in ids_of(notebook):
            return cell
        cells = code_cells_in(notebook)
        found = [each.id for each in cells if each.source.strip() == source.strip()]
        is_one = len(found) == 1 and found[0] and found[0] not in self._known.values()
        return found[0] if is_one else cell

    def turns(self, above: str | None) -> tuple[SavedTurn, ...]:
        """Return the turns above a cell.

        Raises
        ------
        NotebookError
            If there is no file, or it can't be read, or it is another notebook's.
        """
        return saved_turns(own_notebook(self._shell, self.cells_seen), above=above)

    def replay(self, path: Path | None) -> Replay:
        """Return the answers of this notebook, or of the file that the user names.

        Raises
        ------
        NotebookError
            If there is no file, or it can't be read, or it is another notebook's.
        """
        if path is None and notebook_path(self._shell) is None:
            raise NotebookError(
                "The notebook's file is unknown here.", "`%groq_replay on FILE.ipynb` names it."
            )
        if path is None:
            notebook = own_notebook(self._shell, self.cells_seen, known_by_ids=False)
        else:
            notebook = read_notebook(path, "Its path starts from the kernel's working folder.")
        return Replay(saved_answers(notebook), cells=ids_of(notebook), seen=self.cells_seen)

    def source_below(self, cell: str) -> str:
        """Return the source of the code cell below a cell, "" where unknown."""
        try:
            notebook = own_notebook(self._shell, self.cells_seen)
        except NotebookError:
            return ""
        cells = tuple(code_cells_in(notebook))
        found = (low for up, low in pairwise(cells) if up.id == cell)
        return next((low.source for low in found), "")

    def order(self, cell: str) -> tuple[tuple[str, ...], float]:
        """Return the ids of its cells from top to bottom, and the time when it was saved.

        No ids if they are unknown, or if the file lacks `cell`.
        """
        return self._ids.of(self._shell, cell)
