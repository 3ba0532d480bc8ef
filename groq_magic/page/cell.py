"""The running cell and the page's cell list, from the execute request."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any

__all__ = [
    "MOST_CELLS",
    "TOKEN",
    "RequestCells",
    "cell_id",
    "is_hashed",
    "known_id",
    "listed_cells",
    "next_source",
    "parent_of",
    "request_cells",
    "request_metadata",
]

# The form of nbformat's ids; Colab's have it too.
_LONGEST_NAME = 4_096
# Longer lists are refused.
MOST_CELLS = 20_000
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HASHED_ID = re.compile(r"[0-9a-f]{16}")

# Random, so that no element or metadata of a foreign notebook can contain it.
TOKEN = os.urandom(8).hex()


def cell_id(shell: Any) -> str | None:
    """Return the id of the running cell, None where the front end sends none.

    JupyterLab, Notebook 7 and VS Code send `cellId` in the metadata of the
    execute request; Colab sends `colab.cell_id`; nbclient and papermill
    send nothing, and terminal IPython has no `get_parent`.

    The id is saved in notebooks. One that is not a valid nbformat id is replaced by
    its hash: VS Code's is a URI with the notebook's path.
    """
    metadata = request_metadata(shell)
    colab = metadata.get("colab")
    found = metadata.get("cellId") or (colab.get("cell_id") if isinstance(colab, dict) else None)
    return known_id(found) if isinstance(found, str) and found else None


def known_id(found: str) -> str:
    """Return a cell's id as we use it: its hash where it is not a valid nbformat id."""
    if _CELL_ID.fullmatch(found):
        return found
    # Its import is slow, and nearly all ids are nbformat's.
    import hashlib

    return hashlib.sha256(found.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def is_hashed(cell: str) -> bool:
    """Whether an id may be a hash of `known_id`; front ends don't save such ids."""
    return _HASHED_ID.fullmatch(cell) is not None


@dataclass(frozen=True)
class RequestCells:
    """The notebook's cells, from an execute request or a page's report.

    Parameters
    ----------
    notebook : str
        The notebook's path, "" where unknown.
    order : tuple of str
        The ids of all cells on the page, from top to bottom; empty where unknown.
    deleted : tuple of str
        The ids of cells that the front end reports as deleted since its last request.
    """

    notebook: str = ""
    order: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


def request_cells(shell: Any) -> RequestCells:
    """Return the notebook's cells from the running execute request.

    The session widget adds `groqOrder` and `groqNotebook` to the request,
    JupyterLab and Notebook 7 `deletedCells`. Malformed lists are ignored. The
    request also contains the cell's saved metadata, which may be forged: lists
    without the token are ignored.
    """
    metadata = request_metadata(shell)
    deleted = _ids_in(metadata.get("deletedCells"))
    if metadata.get("groqToken") != TOKEN:
        return RequestCells("", (), deleted)
    listed = listed_cells(metadata.get("groqNotebook"), metadata.get("groqOrder"))
    return RequestCells(listed.notebook, listed.order, deleted)


def next_source(shell: Any) -> str | None:
    """Return the source of the cell that we inserted below the running one.

    "" without such a cell; None where no page reports it.
    """
    metadata = request_metadata(shell)
    if metadata.get("groqToken") != TOKEN:
        return None
    found = metadata.get("groqNext")
    return found if isinstance(found, str) else ""


def listed_cells(notebook: object, order: object) -> RequestCells:
    """Return the cells that a page lists; malformed parts count as missing.

    Parameters
    ----------
    notebook : str
        The notebook's path.
    order : list of str
        The ids of all cells, from top to bottom.
    """
    named = notebook if isinstance(notebook, str) and len(notebook) <= _LONGEST_NAME else ""
    return RequestCells(named, _ids_in(order))


def _ids_in(value: Any) -> tuple[str, ...]:
    """Return a list of cells' ids; an empty one where the value is malformed."""
    if not isinstance(value, list) or len(value) > MOST_CELLS:
        return ()
    if not all(isinstance(each, str) and 0 < len(each) <= _LONGEST_NAME for each in value):
        return ()
    return tuple(dict.fromkeys(map(known_id, value)))


def parent_of(shell: Any) -> dict[str, Any]:
    """Return the message that the kernel is processing, {} in terminal IPython."""
    get_parent = getattr(shell, "get_parent", None)
    return (get_parent() or {}) if get_parent is not None else {}


def request_metadata(shell: Any) -> dict[str, Any]:
    """Return the metadata of the message that the kernel is processing."""
    metadata = parent_of(shell).get("metadata")
    return metadata if isinstance(metadata, dict) else {}
