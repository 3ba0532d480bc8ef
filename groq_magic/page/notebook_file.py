"""The notebook's file: its path and its content, which is not trusted."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from groq_magic.errors import NotebookError
from groq_magic.page.cell import MOST_CELLS, known_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

__all__ = [
    "CellIds",
    "ids_of",
    "is_name",
    "names_of",
    "notebook_path",
    "own_notebook",
    "read_notebook",
    "working_folder",
]

# Front ends don't write longer names.
_LONGEST_NAME = 200


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
    """Return the kernel's working folder, None where it was deleted."""
    try:
        return Path.cwd()
    except OSError:
        return None


def own_notebook(
    shell: Any, cells: AbstractSet[str], *, known_by_ids: bool = True
) -> dict[str, Any]:
    """Return the saved notebook, as JSON that is not trusted.

    A file is accepted only if it contains one of `cells`, which ran here: the
    front end's path is out of date after a rename. One without any cell ids (up to
    nbformat 4.4) is accepted where `known_by_ids` is false.

    Raises
    ------
    NotebookError
        If there is no file, or it can't be read, or it is another notebook's.
    """
    path = notebook_path(shell)
    if path is None:
        raise NotebookError(
            "The notebook's file is unknown here.", "It works in JupyterLab and Notebook 7."
        )
    notebook = read_notebook(path)
    ids = ids_of(notebook)
    if not ids and notebook["cells"]:
        if not known_by_ids:
            return notebook
        raise NotebookError(
            f"{path.name} has no cell ids, so its answers can't be matched to cells.",
            "Save it from JupyterLab 4, which gives it ids, and run its cells again.",
        )
    if cells.isdisjoint(ids):
        raise NotebookError(
            f"{path.name} does not contain the cells that ran here.",
            "Save the notebook; after a rename restart the kernel.",
        )
    return notebook


def ids_of(notebook: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of a notebook's cells, from top to bottom."""
    names = (names_of(cell) for cell in notebook["cells"] if isinstance(cell, dict))
    return tuple(each[0] for each in names if each)


def names_of(cell: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a cell's ids: nbformat's, and Colab's from its metadata."""
    metadata = cell.get("metadata")
    colab = metadata.get("id") if isinstance(metadata, dict) else None
    return tuple(dict.fromkeys(filter(is_name, (cell.get("id"), colab))))


def is_name(value: Any) -> TypeGuard[str]:
    """Whether it is a valid name in a notebook: short and printable."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable()


class CellIds:
    """The ids of the saved notebook's cells, read only when its file has changed."""

    def __init__(self) -> None:
        self._file: tuple[Path, int, int] | None = None
        self._ids: tuple[str, ...] = ()

    def of(self, shell: Any, cell: str) -> tuple[tuple[str, ...], float]:
        """Return the ids from top to bottom, and the time when the file was saved.

        No ids where they are unknown, and where `cell` is not among them.
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
            self._ids = tuple(map(known_id, ids)) if len(ids) <= MOST_CELLS else ()
            self._file = file
        return self._ids if cell in self._ids else (), state.st_mtime


def read_notebook(
    path: Path, if_missing: str = "Save the notebook; after a rename restart the kernel."
) -> dict[str, Any]:
    """Return a notebook file as JSON with a list of cells; the rest is not trusted.

    Parameters
    ----------
    path : Path
    if_missing : str
        What the user can do if the file is missing.

    Raises
    ------
    NotebookError
        If the file is missing, or can't be read.
    """
    name = path.name or str(path)
    try:
        # Editors on Windows write a byte order mark.
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
