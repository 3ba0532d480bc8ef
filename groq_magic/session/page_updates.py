"""Which cells are on the page now: from the execute requests, else from the saved notebook."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from groq_magic.page.cell import request_cells

if TYPE_CHECKING:
    from groq_magic.conversation import Conversations
    from groq_magic.session.saved_notebook import SavedNotebook

__all__ = ["PageUpdates"]


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
