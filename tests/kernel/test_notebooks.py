"""The notebooks that we ship run, and say again what is saved in them."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
IS_SAVED_WITH_THIS_PANDAS = int(version("pandas").split(".")[0]) >= 3


@pytest.mark.parametrize("name", ["01_quickstart.ipynb"])
def test_a_shipped_notebook_gives_the_outputs_that_are_saved_in_it(
    name: str, run_notebook: Callable[..., nbformat.NotebookNode]
) -> None:
    saved = nbformat.read(NOTEBOOKS / name, as_version=4)
    run = run_notebook(
        nbformat.read(NOTEBOOKS / name, as_version=4), environment={"GROQ_MAGIC_PRACTICE": "1"}
    )
    # Practice answers show what was sent: another pandas has other names of types.
    of = _outputs if IS_SAVED_WITH_THIS_PANDAS else _kinds
    assert [of(cell) for cell in run.cells] == [of(cell) for cell in saved.cells]
    assert any(_outputs(cell) for cell in saved.cells)


def _outputs(cell: Any) -> list[Any]:
    return [
        {key: value for key, value in output.items() if key != "execution_count"}
        for output in cell.get("outputs", ())
    ]


def _kinds(cell: Any) -> list[Any]:
    return [(output["output_type"], sorted(output.get("data", ()))) for output in _outputs(cell)]
