"""What is sent is what stands above on the page, saved or not."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import notebook_of
from tests.browser.kinds import mostly_in_lab, only_in_lab
from tests.browser.page_moves import Cells, sent_prompts
from tests.browser.test_asking import begin
from tests.browser.test_several_notebooks import CONSOLE, Panel

if TYPE_CHECKING:
    from tests.browser.notebook_page import Notebook

MOST = 12
# Whether the notebook's connection carries the order.
PATCHED = """() => Object.hasOwn(
  window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel, "requestExecute")"""
TALL = 4000  # px: all cells are in sight, and drawn


def opened(jupyter: Any, practice: Any, *prompts: str) -> Notebook:
    """Open a notebook whose extension is loaded and whose session widget runs."""
    cells = [begin(practice.url), *(f"%%groq\n{prompt}" for prompt in prompts)]
    notebook: Notebook = jupyter.open(cells, height=TALL)
    started(notebook)
    return notebook


def started(notebook: Notebook) -> None:
    notebook.run_cell(0)
    expect(notebook.cell_output(0).locator("select")).to_be_visible()


def walk(cells: Cells, chance: random.Random, count: int) -> None:
    """Do moves by chance."""
    cut = ""
    for _ in range(count):
        texts = cells.texts()
        prompts = [at for at, text in enumerate(texts) if at and text.startswith("%%groq")]
        at = chance.randrange(1, len(texts)) if len(texts) > 1 else 0
        moves: dict[str, int] = {"insert": 2 if len(texts) < MOST else 0, "undo": 2}
        if at:
            moves |= {"edit": 2, "delete": 1, "cut": 1}
            moves |= {"move_up": 2 * (at > 1), "move_down": 2 * (at < len(texts) - 1)}
            moves |= {"merge": int(at < len(texts) - 1), "run": 3}
            moves |= {"split": int(at in prompts and texts[at].count("\n") > 1)}
        moves["paste"] = 3 * bool(cut and not cells.is_here(cut))
        (move,) = chance.choices(list(moves), list(moves.values()))
        if move == "run":
            at = chance.choice([at, *prompts])
        getattr(cells, move)(at)
        cut = texts[at] if move == "cut" else "" if move == "paste" else cut
    for at, text in enumerate(cells.texts()):
        if text.startswith("%%groq"):
            cells.run(at)


def walk_unsaved(jupyter: Any, practice: Any, seed: int, count: int) -> None:
    notebook = opened(jupyter, practice, "1\n11", "2\n22", "3\n33")
    saved = notebook.path.read_text()

    walk(Cells(notebook, practice), random.Random(seed), count)  # noqa: S311 - no secret

    assert notebook.path.read_text() == saved


@mostly_in_lab
def test_each_request_has_the_turns_above_after_any_moves(jupyter: Any, practice: Any) -> None:
    walk_unsaved(jupyter, practice, 1, 30)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [2, 3])
def test_each_request_has_the_turns_above_after_300_moves(
    jupyter: Any, practice: Any, seed: int
) -> None:
    walk_unsaved(jupyter, practice, seed, 300)


def test_each_kind_of_move_alone_unsaved(jupyter: Any, practice: Any) -> None:
    notebook = opened(jupyter, practice, "1\n11", "2\n22", "3\n33")
    cells = Cells(notebook, practice)
    for at in (1, 2, 3):
        cells.run(at)
    assert sent_prompts(practice) == [["1\n11", "2\n22", "3\n33"]]

    cells.move_up(3)
    cells.run(cells.at("22"))
    assert sent_prompts(practice) == [["1\n11", "3\n33", "2\n22"]]
    cells.cut(cells.at("11"))
    cells.run(cells.at("22"))
    assert sent_prompts(practice) == [["3\n33", "2\n22"]]
    cells.paste(cells.at("33"))
    cells.run(cells.at("22"))
    assert sent_prompts(practice) == [["3\n33", "1\n11", "2\n22"]]
    # What is done within half a second is undone together.
    notebook.panel("panel.content.model.sharedModel.clearUndoHistory()")
    cells.delete(cells.at("33"))
    cells.run(cells.at("22"))
    assert sent_prompts(practice) == [["1\n11", "2\n22"]]
    cells.undo(1)
    cells.run(cells.at("22"))
    assert sent_prompts(practice) == [["3\n33", "1\n11", "2\n22"]]
    # The upper part is new, and has no turn; the lower one has the cell's, if it is that cell:
    # where both are new, the cell is deleted.
    kept = ["1\n11"] if cells.split(cells.at("11")) else []
    cells.run(cells.at("22"))
    assert sent_prompts(practice) == [["3\n33", *kept, "2\n22"]]
    cells.merge(cells.at("33"))
    cells.run(cells.at("22"))
    assert sent_prompts(practice) == [[*kept, "2\n22"]]


@only_in_lab
def test_two_notebooks_on_one_kernel_each_send_their_own_order(jupyter: Any, practice: Any) -> None:
    first = opened(jupyter, practice, "1", "2")
    one = Cells(first, practice)
    kernel = first.panel("panel.context.sessionContext.session.kernel.id")
    other = notebook_of(["0", "%%groq -c b\n3", "%%groq -c b\n4"])
    for cell in other["cells"]:
        cell["id"] = f"other-{cell['id']}"
    path = jupyter.write(other)
    first.command("docmanager:open", json.dumps({"path": path.name, "kernel": {"id": kernel}}))
    first.page.wait_for_function(
        """(name) => {
          const panel = window.jupyterapp.shell.currentWidget;
          return panel.context?.path === name && panel.content?.widgets?.length === 3
            && panel.context.sessionContext.session?.kernel?.connectionStatus === "connected";
        }""",
        arg=path.name,
    )
    two = Cells(first, practice)

    two.run(1)
    two.move_up(2)
    two.run(1)
    assert sent_prompts(practice) == [["4"]]
    one.front()
    one.run(1)
    one.move_up(2)
    one.run(1)
    assert sent_prompts(practice) == [["2"]]
    two.front()
    two.run(2)
    assert sent_prompts(practice) == [["4", "3"]]
    one.front()
    one.run(2)
    assert sent_prompts(practice) == [["2", "1"]]


@only_in_lab
def test_two_views_and_a_console_of_one_notebook(jupyter: Any, practice: Any) -> None:
    notebook = opened(jupyter, practice, "1", "2")
    cells, panel = Cells(notebook, practice), Panel(notebook)
    cells.run(1)
    cells.run(2)
    notebook.command("docmanager:clone")
    notebook.page.wait_for_function(
        "(id) => window.jupyterapp.shell.currentWidget.id !== id", arg=panel.id
    )

    other = Cells(notebook, practice)
    cells.front()
    cells.move_up(2)
    cells.run(2)
    assert sent_prompts(practice) == [["2", "1"]]
    other.front()
    practice.forget_requests()
    notebook.run_cell(2)
    assert sent_prompts(practice) == [["2", "1"]]

    practice.forget_requests()
    kernel = notebook.panel("panel.context.sessionContext.session.kernel.id")
    notebook.page.evaluate(CONSOLE, {"kernel": kernel, "code": "%groq 5"})
    expect(notebook.page.locator(".jp-CodeConsole").last).to_contain_text("gpt-oss")
    assert sent_prompts(practice) == [["2", "1", "5"]]


@only_in_lab
def test_the_order_outlives_reload_restart_and_reloading_the_extension(
    jupyter: Any, practice: Any
) -> None:
    notebook = opened(jupyter, practice, "1", "2")
    cells = Cells(notebook, practice)
    cells.run(1)
    cells.run(2)
    cells.move_up(2)
    notebook.save()
    notebook.load()
    expect(notebook.cell_output(0).locator("select")).to_be_visible()

    cells = Cells(notebook, practice)
    cells.move_up(2)
    notebook.run_cell(2)
    assert sent_prompts(practice)[-1] == ["1", "2"]

    notebook.restart()
    notebook.page.wait_for_function(f"() => !({PATCHED})()")
    started(notebook)
    cells = Cells(notebook, practice)
    cells.run(1)
    cells.move_down(1)
    cells.run(1)
    cells.run(2)
    assert sent_prompts(practice) == [["2", "1"]]

    source = json.dumps("%reload_ext groq_magic")
    notebook.panel(f"panel.content.widgets[0].model.sharedModel.setSource({source})")
    started(notebook)
    cells = Cells(notebook, practice)
    cells.run(1)
    cells.move_down(1)
    cells.run(1)
    cells.run(2)
    unload = json.dumps("%unload_ext groq_magic")
    notebook.panel(f"panel.content.widgets[0].model.sharedModel.setSource({unload})")
    notebook.run_cell(0)
    notebook.page.wait_for_function(f"() => !({PATCHED})()")


@mostly_in_lab
def test_run_all_that_loads_the_extension_follows_the_saved_file(
    jupyter: Any, practice: Any
) -> None:
    cells = [begin(practice.url), *(f"%%groq\n{prompt}" for prompt in "123")]
    notebook = jupyter.open(cells, height=TALL)

    notebook.run_all()

    assert sent_prompts(practice) == [["1"], ["1", "2"], ["1", "2", "3"]]
