"""A session's notebook: its file as last saved, and its cells on the page."""

from __future__ import annotations

import time
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
from groq_magic.page.cell import request_cells
from groq_magic.page.notebook_file import (
    CellIds,
    ids_of,
    notebook_path,
    own_notebook,
    read_notebook,
)

if TYPE_CHECKING:
    from pathlib import Path

    from groq_magic.conversation import Conversations

__all__ = ["PageUpdates", "SavedNotebook"]


class SavedNotebook:
    """The file of this notebook, as it was last saved.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell

    Attributes
    ----------
    cells_seen : set of str
        The ids of the cells that ran here: a file without them is another notebook's.
    """

    def __init__(self, shell: Any) -> None:
        self.cells_seen: set[str] = set()
        self._shell = shell
        self._ids = CellIds()

    @property
    def folder(self) -> Path | None:
        """The folder that it is in, None where it is unknown."""
        path = notebook_path(self._shell)
        return path.parent if path is not None else None

    def turns(self, above: str | None) -> tuple[SavedTurn, ...]:
        """Return the turns above a cell.

        Raises
        ------
        NotebookError
            When there is no file, or it can't be read, or it isn't ours.
        """
        return saved_turns(own_notebook(self._shell, self.cells_seen), above=above)

    def replay(self, path: Path | None) -> Replay:
        """Return its answers, or those of the file that the user names.

        Raises
        ------
        NotebookError
            When there is no file, or it can't be read, or it isn't ours.
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
        """Return the source of the code cell below a cell, without blank ends; "" where unknown."""
        try:
            notebook = own_notebook(self._shell, self.cells_seen)
        except NotebookError:
            return ""
        cells = tuple(code_cells_in(notebook))
        found = (low for up, low in pairwise(cells) if up.id == cell)
        return next((low.source.strip() for low in found), "")

    def order(self, cell: str) -> tuple[tuple[str, ...], float]:
        """Return the ids of its cells from top to bottom, and when it was saved.

        Empty where unknown, and where it has no such cell.
        """
        return self._ids.of(self._shell, cell)


class PageUpdates:
    """Keeps the order of a session's turns that of their cells on the page.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    saved : SavedNotebook
    conversations : Conversations
    """

    def __init__(self, shell: Any, saved: SavedNotebook, conversations: Conversations) -> None:
        self._shell = shell
        self._saved = saved
        self._conversations = conversations
        self._has_list = False

    def at_execution(self, cell: str | None) -> bool:
        """Take the list that came with the request, and what it calls deleted.

        Parameters
        ----------
        cell : str or None
            The id of the cell that begins to run.

        Returns
        -------
        bool
            Whether turns may stand elsewhere now.
        """
        request, now = request_cells(self._shell), time.time()
        page = self._conversations.page
        self._has_list = bool(request.order)
        if request.order:
            page = page.with_list(request.order, at=now, notebook=request.notebook)
        by = page.current if request.order else None
        page = page.with_deleted(request.deleted, at=now, by=by)
        if cell is not None:
            page = page.with_cell(cell)
        return self._conversations.arrange(page)

    def at_ask(self, cell: str | None) -> bool:
        """Take the order of the saved notebook, where the request had no list and it is newer.

        Not when it is saved: an answer is marked for what was done, not for a save.
        """
        if self._has_list or cell is None:
            return False
        cells, written = self._saved.order(cell)
        if not cells:
            return False
        page = self._conversations.page.with_file(cells, written=written)
        return self._conversations.arrange(page)
