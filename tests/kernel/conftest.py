"""Notebooks on real kernels: as nbclient runs them, and with cell ids as JupyterLab sends them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbclient import NotebookClient

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"


class CellIdClient(NotebookClient):
    """Executes as JupyterLab does: the running cell's id in the request's metadata."""

    async def async_execute_cell(self, cell: Any, cell_index: int, **rest: Any) -> Any:
        session = self.kc.session
        plain = session.msg

        def with_cell_id(kind: str, *args: Any, **kwargs: Any) -> Any:
            message = plain(kind, *args, **kwargs)
            if kind == "execute_request":
                message["metadata"]["cellId"] = cell["id"]
            return message

        session.msg = with_cell_id
        try:
            return await super().async_execute_cell(cell, cell_index, **rest)
        finally:
            session.msg = plain


@pytest.fixture
def run_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., nbformat.NotebookNode]:
    """Run a notebook, or a list of cell sources, in a folder of its own; return it with outputs.

    `cell_ids=True` sends cell ids; `environment` is the kernel's beside ours;
    `path` makes the notebook known by that file, as Jupyter Server does.
    """
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    # No key of the person who runs the tests, and no .env above.
    for name in ("GROQ_API_KEY", "GROQ_BASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def run(
        source: nbformat.NotebookNode | list[str],
        *,
        cell_ids: bool = False,
        environment: dict[str, str] | None = None,
        allow_errors: bool = False,
        path: Path | None = None,
    ) -> nbformat.NotebookNode:
        notebook = source if isinstance(source, nbformat.NotebookNode) else notebook_of(source)
        named = {"JPY_SESSION_NAME": str(path)} if path is not None else {}
        for name, value in {**named, **(environment or {})}.items():
            monkeypatch.setenv(name, value)
        client = (CellIdClient if cell_ids else NotebookClient)(
            notebook,
            timeout=60,
            kernel_name="python3",
            allow_errors=allow_errors,
            resources={"metadata": {"path": str(tmp_path)}},
        )
        return client.execute(env={**os.environ})

    return run


def notebook_of(sources: list[str]) -> nbformat.NotebookNode:
    """Return a notebook with these cells, whose ids are cell-0, cell-1 and so on."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_code_cell(source, id=f"cell-{number}")
        for number, source in enumerate(sources)
    ]
    return notebook
