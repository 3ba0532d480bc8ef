"""The code assistant on a real kernel, and the notebook that shows it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
NAME = "05_code_assistant"
# They tell of the Python that ran it.
VARIES = ("request_sha", "usage")


def test_the_notebook_gives_the_outputs_that_are_saved_in_it(
    run_notebook: Callable[..., NotebookNode], tmp_path: Path
) -> None:
    shutil.copy(NOTEBOOKS / f"{NAME}.json", tmp_path)
    saved = nbformat.read(NOTEBOOKS / f"{NAME}.ipynb", as_version=4)
    run = run_notebook(nbformat.read(NOTEBOOKS / f"{NAME}.ipynb", as_version=4))
    assert outputs(run) == outputs(saved)


def test_every_answer_in_the_notebook_is_labelled_as_practice() -> None:
    saved = nbformat.read(NOTEBOOKS / f"{NAME}.ipynb", as_version=4)
    answers = [
        output
        for cell in saved.cells
        for output in cell.get("outputs", ())
        if "groq_magic" in output.get("metadata", {})
    ]
    assert len(answers) == 4
    for answer in answers:
        assert " · practice</span>" in answer["data"]["text/html"]
        assert answer["metadata"]["groq_magic"]["practice"] is True


def test_the_cells_below_are_those_that_the_answers_gave() -> None:
    saved = {
        cell.id: cell for cell in nbformat.read(NOTEBOOKS / f"{NAME}.ipynb", as_version=4).cells
    }
    for asked, below in (
        ("fix", "fixed"),
        ("fix-words", "function-fixed"),
        ("code", "written"),
    ):
        (output,) = saved[asked].outputs
        assert f"```python\n{saved[below].source}\n```" in output["data"]["text/plain"]


def test_an_error_on_a_kernel_is_told_without_its_internals(
    run_notebook: Callable[..., NotebookNode], tmp_path: Path
) -> None:
    (tmp_path / "replies.json").write_text(
        json.dumps([{"reply": "Fixed.\n\n```python\nratio(1, 2)\n```"}])
    )
    run = run_notebook(
        [
            "%load_ext groq_magic\n%groq_practice --script replies.json",
            "def ratio(a, b):\n    return a / b",
            "ratio(1, 0)",
            "%groq_fix",
            "print(_groq.request['messages'][-1]['content'])",
            "%%bash\necho something odd >&2; exit 3",
            "%groq_fix\nprint(_groq.request['messages'][-1]['content'])",
            "!exit 5",
            "%groq_fix\nprint(_groq.request['messages'][-1]['content'])",
            "x = )",
            "%groq_fix\nprint(_groq.request['messages'][-1]['content'])",
        ],
        allow_errors=True,
        cell_ids=True,
    )
    division, bash, shell, syntax = (printed(run, at) for at in (4, 6, 8, 10))
    assert "  Cell 3, line 1\n    ratio(1, 0)\n" in division
    assert "  Cell 2, line 2, in ratio\n    return a / b\n" in division
    assert "`a`, which the failing line names" in division
    assert "something odd" in bash
    assert "ended with exit code 5" in shell
    assert "SyntaxError: " in syntax
    assert "Cell 10, line 1" in syntax
    for prompt in (division, bash, shell, syntax):
        assert "ipykernel" not in prompt
        assert "/tmp" not in prompt  # noqa: S108 - where kernels keep the files of cells
        assert "get_ipython" not in prompt
    assert "groq-diff" in run.cells[3].outputs[0]["data"]["text/html"]


def printed(run: NotebookNode, at: int) -> str:
    return "".join(o["text"] for o in run.cells[at].outputs if o["output_type"] == "stream")


def outputs(notebook: NotebookNode) -> list[list[dict[str, Any]]]:
    """Return every cell's outputs, without what another Python says in another way."""
    return [[_plain(output) for output in cell.get("outputs", ())] for cell in notebook.cells]


def _plain(output: NotebookNode) -> dict[str, Any]:
    kept = json.loads(json.dumps(output))
    kept.pop("execution_count", None)
    kept.pop("traceback", None)
    record = kept.get("metadata", {}).get("groq_magic", {})
    for name in VARIES:
        record.pop(name, None)
    return kept
