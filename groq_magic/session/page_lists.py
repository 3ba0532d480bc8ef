"""Update the page by the cell list of an execute request, the saved file or a page's report."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.page.cell import request_cells

if TYPE_CHECKING:
    from typing import Any

    from groq_magic.conversation import Page
    from groq_magic.page.cell import RequestCells
    from groq_magic.session.saved_notebook import SavedNotebook

__all__ = ["page_by_file", "page_by_report", "page_by_request"]


def page_by_request(page: Page, shell: Any, cell: str | None) -> Page:
    """Return the page on which a cell begins to run, with the list in its request."""
    request, now = request_cells(shell), time.time()
    if request.order:
        page = page.with_list(request.order, at=now, notebook=request.notebook)
    by = page.current if request.order else None
    page = page.with_deleted(request.deleted, at=now, by=by)
    return page.with_cell(cell) if cell is not None else page


def page_by_file(page: Page, shell: Any, saved: SavedNotebook, cell: str | None) -> Page:
    """Return the page with the saved notebook's list, unless the request had a list."""
    if cell is None or request_cells(shell).order:
        return page
    cells, written = saved.order(cell)
    return page.with_file(cells, written=written) if cells else page


def page_by_report(page: Page, listed: RequestCells) -> Page:
    """Return the page with a list that was reported while no cell ran."""
    changed = page.with_list(listed.order, at=time.time(), notebook=listed.notebook)
    return replace(changed, current=page.current)
