"""Where we run: which cell, which notebook file, which front end."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from groq_magic.errors import NotebookError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

__all__ = [
    "CellIds",
    "FrontEnd",
    "RequestCells",
    "cell_id",
    "front_end",
    "has_frames",
    "has_input",
    "ids_of",
    "known_id",
    "notebook_path",
    "own_notebook",
    "read_notebook",
    "request_cells",
    "working_folder",
]

FrontEnd = Literal["widgets", "static", "terminal"]

# The form of nbformat's ids; Colab's have it too.
_LONGEST_NAME = 4_096
# A longer list of cells is no notebook's.
_MOST_CELLS = 20_000
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

# Nobody knows it beforehand: no element or metadata of a foreign notebook can have it.
TOKEN = secrets.token_hex(8)


def cell_id(shell: Any) -> str | None:
    """Return the id of the running cell, None where the front end sends none.

    JupyterLab, Notebook 7 and VS Code send `cellId` in the metadata of the
    execute request; Colab sends `colab.cell_id`; nbclient and papermill
    send nothing, and terminal IPython has no `get_parent`.

    The id is saved in notebooks. One that is no nbformat id is replaced by its
    hash: VS Code's is a URI with the notebook's path.
    """
    metadata = _metadata(shell)
    colab = metadata.get("colab")
    found = metadata.get("cellId") or (colab.get("cell_id") if isinstance(colab, dict) else None)
    return known_id(found) if isinstance(found, str) and found else None


def known_id(found: str) -> str:
    """Return a cell's id as it is known here: its hash where it is no nbformat id."""
    if _CELL_ID.fullmatch(found):
        return found
    return hashlib.sha256(found.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class RequestCells:
    """The notebook's cells, as an execute request has them.

    Parameters
    ----------
    notebook : str
        What identifies the notebook, "" where unknown.
    order : tuple of str
        The ids of all cells on the page, from top to bottom; empty where unknown.
    deleted : tuple of str
        The ids of cells that the front end calls deleted since its last request.
    """

    notebook: str = ""
    order: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


def request_cells(shell: Any) -> RequestCells:
    """Return the notebook's cells, as the running execute request has them.

    The session widget adds `groqOrder` and `groqNotebook` to the request,
    JupyterLab and Notebook 7 `deletedCells`. A malformed list is no list. The
    cell's saved metadata is in the request as well: a list without the token is
    the file's, and no list either.
    """
    metadata = _metadata(shell)
    deleted = _ids_in(metadata.get("deletedCells"))
    if metadata.get("groqToken") != TOKEN:
        return RequestCells("", (), deleted)
    named = metadata.get("groqNotebook")
    notebook = named if isinstance(named, str) and len(named) <= _LONGEST_NAME else ""
    return RequestCells(notebook, _ids_in(metadata.get("groqOrder")), deleted)


def _ids_in(value: Any) -> tuple[str, ...]:
    """Return a list of ids; an empty one where the value is not a list of cells' ids."""
    if not isinstance(value, list) or len(value) > _MOST_CELLS:
        return ()
    if not all(isinstance(each, str) and 0 < len(each) <= _LONGEST_NAME for each in value):
        return ()
    return tuple(dict.fromkeys(map(known_id, value)))


def front_end(shell: Any) -> FrontEnd:
    """Return what kind of view the front end can show.

    A front end that sends no cell id is taken for one that only executes
    (nbclient, nbconvert, papermill): widgets would be lost there. A widget's
    callback has no cell, but only a front end with widgets calls it.
    """
    if getattr(shell, "kernel", None) is None:
        return "terminal"
    is_callback = (_parent(shell).get("header") or {}).get("msg_type") == "comm_msg"
    return "widgets" if is_callback or cell_id(shell) else "static"


def has_frames(shell: Any) -> bool:
    """Return whether the front end shows each output in a frame of its own: VS Code and Colab."""
    metadata = _metadata(shell)
    is_vs_code = str(metadata.get("cellId")).startswith("vscode-notebook-cell:")
    # Colab saves metadata of that name in its cells, which other front ends send along.
    return is_vs_code or ("colab" in metadata and "cellId" not in metadata)


def _parent(shell: Any) -> dict[str, Any]:
    """Return the message that the kernel works on; terminal IPython has none."""
    get_parent = getattr(shell, "get_parent", None)
    return (get_parent() or {}) if get_parent is not None else {}


def _metadata(shell: Any) -> dict[str, Any]:
    """Return the metadata of the message that the kernel works on."""
    metadata = _parent(shell).get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def has_input(shell: Any) -> bool:
    """Return whether the user can be asked for input right now."""
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return sys.stdin is not None and sys.stdin.isatty()
    return bool(getattr(kernel, "_allow_stdin", False))


def notebook_path(shell: Any) -> Path | None:
    """Return the notebook's file, None where it is unknown.

    `JPY_SESSION_NAME` is set by Jupyter Server (stale after a rename until
    the kernel restarts), `__vsc_ipynb_file__` by VS Code.
    """
    named = shell.user_ns.get("__vsc_ipynb_file__") if shell is not None else None
    named = named or os.environ.get("JPY_SESSION_NAME")
    if not isinstance(named, str) or not named.endswith(".ipynb"):
        return None
    return Path(named)


def working_folder() -> Path | None:
    """Return the kernel's working folder, None where it was deleted meanwhile."""
    try:
        return Path.cwd()
    except OSError:
        return None


def own_notebook(
    shell: Any, cells: AbstractSet[str], *, known_by_ids: bool = True
) -> dict[str, Any]:
    """Return the saved notebook, as JSON that is not trusted.

    A file is believed only when it holds one of `cells`, which ran here: the
    path that the front end gave is stale after a rename. One without any
    cell ids (up to nbformat 4.4) is believed where `known_by_ids` is false.

    Raises
    ------
    NotebookError
        When there is no file, or it can't be read, or it isn't ours.
    """
    path = notebook_path(shell)
    if path is None:
        raise NotebookError(
            "The notebook's file is unknown here.", "JupyterLab and Notebook 7 tell it."
        )
    notebook = read_notebook(path)
    ids = ids_of(notebook)
    if not ids and notebook["cells"]:
        if not known_by_ids:
            return notebook
        raise NotebookError(
            f"{path.name} has no cell ids, so its answers can't be told apart.",
            "Save it from JupyterLab 4, which gives it ids, and run its cells again.",
        )
    if cells.isdisjoint(ids):
        raise NotebookError(
            f"{path.name} does not hold the cells that ran here.",
            "Save the notebook; after a rename restart the kernel.",
        )
    return notebook


def ids_of(notebook: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of a notebook's cells, from top to bottom."""
    ids = (cell.get("id") for cell in notebook["cells"] if isinstance(cell, dict))
    return tuple(each for each in ids if isinstance(each, str))


class CellIds:
    """The ids of the saved notebook's cells, read again only when its file has changed."""

    def __init__(self) -> None:
        self._file: tuple[Path, int, int] | None = None
        self._ids: tuple[str, ...] = ()

    def of(self, shell: Any, cell: str) -> tuple[tuple[str, ...], float]:
        """Return them from top to bottom, and when the file was saved.

        They are empty where unknown, and where `cell` is not among them.
        """
        path = notebook_path(shell)
        try:
            state = path.stat() if path is not None else None
        except OSError:
            state = None
        if path is None or state is None:
            return (), 0.0
        file = (path, state.st_mtime_ns, state.st_size)
        if file != self._file:
            try:
                ids = ids_of(read_notebook(path))
            except NotebookError:
                ids = ()
            self._ids = tuple(map(known_id, ids)) if len(ids) <= _MOST_CELLS else ()
            self._file = file
        return self._ids if cell in self._ids else (), state.st_mtime


def read_notebook(
    path: Path, if_missing: str = "Save the notebook; after a rename restart the kernel."
) -> dict[str, Any]:
    """Return a notebook file as JSON that has a list of cells, and is not trusted otherwise.

    Parameters
    ----------
    path : Path
    if_missing : str
        What the user can do where there is no such file.

    Raises
    ------
    NotebookError
        When there is none, or it can't be read.
    """
    name = path.name or str(path)
    try:
        # Editors on Windows put a byte order mark before it.
        notebook = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise NotebookError(f"{name} isn't there.", if_missing) from None
    except IsADirectoryError:
        raise NotebookError(f"{name} is a folder.", "Name a notebook in it.") from None
    except (OSError, ValueError, RecursionError):
        notebook = None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise NotebookError(f"{name} can't be read.", "Save the notebook and try again.")
    return notebook
