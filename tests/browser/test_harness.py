"""The harness itself: a cell runs, its output is shown and saved."""

from __future__ import annotations

from typing import Any

from tests.browser.kinds import mostly_in_lab


@mostly_in_lab
def test_a_cell_runs_and_its_output_is_saved(jupyter: Any) -> None:
    notebook = jupyter.open(["print(6 * 7)"])

    notebook.run_all()

    assert notebook.cell_output(0).inner_text().strip() == "42"
    assert notebook.save()["cells"][0]["outputs"][0]["text"] == ["42\n"]
