"""A notebook that a class gets: run without a key on a real kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOWHERE = "http://127.0.0.1:9"  # the port of nothing
CELLS = [
    "%load_ext groq_magic",
    "1",
    "%%groq\nWhat is a p-value?",
    "x = 3",
    "%groq And {{x}} of them?",
    "%%groq --once -t 0.2\nA table, please",
]


def answers(notebook: Any) -> list[Any]:
    """Data and metadata of every answer."""
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    return [(o.data, o.metadata) for o in outputs if o.get("metadata", {}).get("groq_magic")]


@pytest.mark.parametrize("cell_ids", [True, False], ids=["as in JupyterLab", "by nbclient"])
def test_a_saved_notebook_runs_again_without_key_and_network(
    run_notebook: Callable[..., Any], practice: Any, tmp_path: Path, *, cell_ids: bool
) -> None:
    path = tmp_path / "lesson.ipynb"
    known = {"cell_ids": cell_ids, "path": path if cell_ids else None}
    served = {"GROQ_BASE_URL": practice.url, "GROQ_API_KEY": "gsk_any"}
    taught = run_notebook(list(CELLS), environment=served, **known)
    nbformat.write(taught, path)
    before = answers(taught)
    assert len(before) == len(practice.requests()) == 3
    practice.forget_requests()

    reopened = nbformat.read(path, 4)
    reopened.cells[1].source = "%groq_replay on" + ("" if cell_ids else " lesson.ipynb")
    alone = {"GROQ_BASE_URL": NOWHERE, "GROQ_API_KEY": ""}
    again = run_notebook(reopened, environment=alone, **known)
    assert answers(again) == before
    assert practice.requests() == []
