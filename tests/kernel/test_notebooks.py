"""The notebooks that we ship run, and show again what is saved in them."""

from __future__ import annotations

import json
import re
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
IS_SAVED_WITH_THIS_PANDAS = int(version("pandas").split(".")[0]) >= 3
MAP = NOTEBOOKS[0].with_name("04_map.ipynb")
PRACTICE = {"GROQ_MAGIC_PRACTICE": "unpaced"}
# They depend on the Python and the pandas that ran it.
VARIES = ("request_sha", "values_sha", "above_sha", "usage")
SIZES = re.compile(r"(?<= )\([\d,]+ characters\)|(?<= )[\d,]+(?= tokens sent)")


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the data of the notebooks where they run, with no answers in the journal."""
    shutil.copytree(NOTEBOOKS[0].with_name("data"), tmp_path / "data")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_shipped_notebook_gives_the_outputs_that_are_saved_in_it(
    path: Path, run_notebook: Callable[..., nbformat.NotebookNode]
) -> None:
    saved = nbformat.read(path, as_version=4)
    run = run_notebook(nbformat.read(path, as_version=4), environment=PRACTICE)
    assert [_outputs(cell) for cell in run.cells] == [_outputs(cell) for cell in saved.cells]
    assert any(_outputs(cell) for cell in saved.cells)


@pytest.mark.parametrize(
    "path", [path for path in NOTEBOOKS if path != MAP], ids=lambda path: path.stem
)
def test_a_shipped_notebooks_answers_are_scripted_and_say_so(path: Path) -> None:
    answers = [
        output
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", ())
        if "groq_magic" in output.get("metadata", {})
    ]
    assert len(answers) >= 3
    for answer in answers:
        assert "practice, scripted" in answer["data"]["text/html"]
        assert answer["metadata"]["groq_magic"]["practice"] is True
        assert "no model is here" not in answer["data"]["text/plain"]


def test_the_notebook_of_the_map_says_that_no_model_answers_and_its_answers_are_scripted(
    run_notebook: Callable[..., nbformat.NotebookNode],
) -> None:
    notebook = nbformat.read(MAP, as_version=4)
    (last,) = (cell.source for cell in notebook.cells if cell.id == "try")
    notebook.cells.append(nbformat.v4.new_code_cell(last.split("```")[1], id="tried"))
    names = {"first": 54, "labels": 54, "more": 55, "both": 54}
    looked = "\n".join(
        f"print(len({name}), {name}.filter(like='error').count().sum())" for name in names
    )
    notebook.cells.append(nbformat.v4.new_code_cell(looked, id="looked"))
    run = {cell.id: cell for cell in run_notebook(notebook, environment=PRACTICE).cells}
    # Each row has an answer of its schema; without a script it would be missing.
    assert _printed(run["looked"]) == [f"{count} 0" for count in names.values()]
    for name in ("check", "better", "again", "tried"):
        assert "practice mode" in json.dumps(run[name].outputs)


def test_the_scripted_fixes_of_the_code_assistants_notebook_work(
    run_notebook: Callable[..., nbformat.NotebookNode],
) -> None:
    path = next(path for path in NOTEBOOKS if path.stem == "05_code_assistant")
    notebook = nbformat.read(path, as_version=4)
    written = {
        "fix": ["Ann paid 25% of it"],
        "fix-words": [],
        "code": ["{'Ann': -4.17, 'Ben': -9.67, 'Cem': 13.83}"],
    }
    for asked in written:
        at = next(n for n, cell in enumerate(notebook.cells) if cell.id == asked)
        code = nbformat.v4.new_code_cell("exec(_groq.code)", id=f"{asked}-below")
        if asked == "code":
            code.source += "\nprint(balance)"
        notebook.cells.insert(at + 1, code)
    at = next(n for n, cell in enumerate(notebook.cells) if cell.id == "fix-words-below")
    call = next(cell.source for cell in notebook.cells if cell.id == "call")
    notebook.cells.insert(at + 1, nbformat.v4.new_code_cell(f"print({call})", id="call-again"))
    # What the last cell proposes to try.
    (last,) = (cell.source for cell in notebook.cells if cell.id == "try")
    fails = nbformat.v4.new_code_cell(last.split("```")[1].strip(), id="tried")
    fails.metadata["tags"] = ["raises-exception"]
    (fix,) = re.findall("`(%groq_fix .*?)`", last)
    cells = (("fixed", fix), ("again", "exec(_groq.code)"))
    notebook.cells += [fails, *(nbformat.v4.new_code_cell(code, id=name) for name, code in cells)]
    run = {cell.id: cell for cell in run_notebook(notebook, environment=PRACTICE).cells}
    for asked, lines in written.items():
        assert _printed(run[f"{asked}-below"]) == lines
    assert _printed(run["call-again"]) == ["50.0"]
    assert [output.output_type for output in run["tried"].outputs] == ["error"]
    assert _printed(run["again"]) == ["Cem paid most: 30.5"]


def _printed(cell: Any) -> list[str]:
    return [line for output in cell.outputs for line in output.get("text", "").splitlines()]


def _outputs(cell: Any) -> list[Any]:
    if "varies" in cell.metadata.get("tags", ()):
        return [(output["output_type"], sorted(output["data"])) for output in cell.outputs]
    return [_steady(output) for output in cell.get("outputs", ())]


def _steady(output: Any) -> dict[str, Any]:
    """Return an output without what another Python or pandas would have otherwise."""
    text = json.dumps(output)
    if not IS_SAVED_WITH_THIS_PANDAS:
        # Its name for a column of texts has another length.
        text = SIZES.sub("", text)
    kept = json.loads(text)
    kept.pop("execution_count", None)
    kept.pop("traceback", None)
    record = kept.get("metadata", {}).get("groq_magic")
    if record is None and "data" in kept and not IS_SAVED_WITH_THIS_PANDAS:
        return {"data": sorted(kept["data"])}
    for name in VARIES:
        (record or {}).pop(name, None)
    return kept
