"""Notebooks that ran without cell ids are restored in JupyterLab, which sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from groq_magic.conversation import saved_turns
from tests.kernel.conftest import NOTEBOOKS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CELLS = [
    "%load_ext groq_magic",
    "%%groq\nWhat is a p-value?",
    "%%time\n%%groq\nWhat is a mean?",
    "import groq_magic\n_ = groq_magic.ask('And a median?')",
    "%%groq\nTo be edited",
    "%groq In one line?",
    "%groq Last",
]


def opened(path: Path, cells: dict[str, str], run: Callable[..., Any], **environment: str) -> Any:
    """Run some cells of a notebook file, as JupyterLab does."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(s, id=name) for name, s in cells.items()]
    return run(notebook, cell_ids=True, path=path, environment=environment)


def text_of(cell: Any) -> str:
    return "\n".join(output.data["text/plain"] for output in cell.outputs)


def test_what_nbclient_ran_is_restored_by_place_and_prompt(
    run_notebook: Callable[..., Any], practice: Any, tmp_path: Path
) -> None:
    practice.script([{"match": p, "pieces": [f"Of {p}."]} for p in ("p-value", "mean", "median")])
    served = {"GROQ_BASE_URL": practice.url, "GROQ_API_KEY": "gsk_any"}
    path = tmp_path / "lesson.ipynb"
    saved = run_notebook(list(CELLS[:-1]), environment=served)
    saved.cells[4].source = "%%groq\nEdited since"
    saved.cells.append(nbformat.v4.new_code_cell(CELLS[-1], id="cell-6"))
    nbformat.write(saved, path)
    practice.forget_requests()

    cells = {"cell-0": CELLS[0], "below": "%groq_restore", "cell-6": CELLS[-1]}
    ran = opened(path, cells, run_notebook, **served)
    assert text_of(ran.cells[1]).splitlines() == [
        "4 turns restored.",
        "1 answer left out: its prompt has been edited. Run its cell again.",
    ]
    (request,) = practice.requests()
    sent = [m["content"] for m in request["body"]["messages"] if m["role"] == "user"]
    asked = ["What is a p-value?", "What is a mean?", "And a median?", "In one line?", "Last"]
    assert sent == asked


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_notebooks_that_we_ship_are_restored_in_practice_mode(
    run_notebook: Callable[..., Any], path: Path
) -> None:
    shipped = nbformat.read(path, 4)
    turns = [turn for turn in saved_turns(shipped) if turn.practice]
    assert not any(turn.is_edited for turn in turns)
    first = next(cell.id for cell in shipped.cells if cell.cell_type == "code")
    cells = {first: "%load_ext groq_magic\n%groq_practice on", "below": "%groq_restore"}
    if not turns:  # each ask of the notebook is outside of the conversation
        return
    ran = opened(path, cells, run_notebook)
    assert text_of(ran.cells[1]).splitlines()[0] == f"{len(turns)} turns restored."
