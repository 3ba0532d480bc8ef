"""Several notebooks and consoles on one page: each session keeps to its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import notebook_of
from tests.browser.kinds import only_in_lab
from tests.browser.notebook_page import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = only_in_lab  # Notebook 7 has one notebook a page

STAGE = "from stage import *"
SAID = "print('the model is', settings.model)"
OTHER = "llama-3.1-8b-instant · 131k"
# A console executes without cell ids, so its answers are static; its session fills slots too.
IN_CONSOLE = f"{STAGE}\nlive.start(); ask(); print('asked')"
CONSOLE = """async ({ kernel, code }) => {
  const app = window.jupyterapp;
  const kernelPreference = kernel ? { id: kernel } : { name: "python3" };
  const made = await app.commands.execute("console:create", { kernelPreference, activate: false });
  await made.sessionContext.ready;
  await made.sessionContext.session.kernel.info;
  await made.console.inject(code);
}"""


def beside(
    first: Notebook, jupyter: Any, cells: list[str], name: str = "", kernel: str = ""
) -> Notebook:
    """Open one more notebook on the page of another, on a kernel of its own or on this one."""
    path = jupyter.write(notebook_of(cells))
    if name:
        folder = path.parent / path.stem
        folder.mkdir()
        path = path.rename(folder / name)
    other = Notebook(first.server, first.page, path)
    opened = {"path": path.relative_to(jupyter.server.files).as_posix()}
    on_kernel = {"kernel": {"id": kernel}} if kernel else {}
    first.command("docmanager:open", json.dumps({**opened, **on_kernel}))
    first.page.wait_for_function(
        """(name) => {
          const panel = window.jupyterapp.shell.currentWidget;
          const session = panel?.context?.sessionContext?.session;
          return panel?.context?.path.endsWith(name) && panel.content?.widgets?.length
            && session?.kernel?.connectionStatus === "connected" && panel.context.isReady;
        }""",
        arg=path.name,
    )
    return other


class Panel:
    """A notebook's panel among others; it is brought to the front to act on it."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.id = notebook.panel("panel.id")
        self.node: Locator = notebook.page.locator(f'[id="{self.id}"]')

    def run(self, index: int) -> None:
        self.front()
        self.notebook.run_cell(index)

    def front(self) -> None:
        script = "(id) => window.jupyterapp.shell.activateById(id)"
        self.notebook.page.evaluate(script, self.id)
        self.notebook.page.wait_for_function(
            "(id) => window.jupyterapp.shell.currentWidget?.id === id", arg=self.id
        )

    @property
    def picker(self) -> Locator:
        return self.node.get_by_label("Model of the next ask")

    def output(self, index: int) -> Locator:
        return self.node.locator(".jp-Notebook .jp-Cell").nth(index).locator(".jp-Cell-outputArea")


def test_each_of_two_notebooks_has_its_own_picker(jupyter: Any) -> None:
    first = Panel(jupyter.open([STAGE, "ask()", SAID]))
    for index in (0, 1):
        first.run(index)
    second = Panel(beside(first.notebook, jupyter, [STAGE, "ask()", SAID]))
    for index in (0, 1):
        second.run(index)
    expect(second.picker).to_have_count(1)

    second.picker.select_option(OTHER)

    second.run(2)
    expect(second.output(2)).to_have_text("the model is llama-3.1-8b-instant")
    first.run(2)
    expect(first.output(2)).to_have_text("the model is openai/gpt-oss-120b")
    expect(first.picker).to_have_count(1)


def test_two_notebooks_on_one_kernel_have_live_bars_each(jupyter: Any) -> None:
    first = Panel(jupyter.open([STAGE, "ask()"]))
    for index in (0, 1):
        first.run(index)
    kernel = first.notebook.panel("panel.context.sessionContext.session.kernel.id")
    cells = ["ask(slot='groq-turn-second-1')"]
    second = Panel(beside(first.notebook, jupyter, cells, kernel=kernel))

    second.run(0)

    for panel in (first, second):
        expect(panel.picker).to_have_count(1)
        expect(panel.node.locator(".groq-copy")).to_have_count(1)
    second.picker.select_option(OTHER)
    expect(first.picker).to_have_value(OTHER)


@pytest.mark.parametrize(
    "shared",
    [
        pytest.param(True, id="same kernel"),
        pytest.param(False, id="another kernel", marks=pytest.mark.nightly),
    ],
)
@pytest.mark.parametrize("notebooks", [1, 2])
def test_a_console_leaves_the_notebooks_answers_alone(
    jupyter: Any,
    notebooks: int,
    shared: bool,  # noqa: FBT001 - a case
) -> None:
    first = Panel(jupyter.open([STAGE, "ask()", SAID]))
    for index in (0, 1):
        first.run(index)
    expect(first.picker).to_be_visible()
    if notebooks == 2:
        second = Panel(beside(first.notebook, jupyter, [STAGE, "ask()", SAID]))
        for index in (0, 1):
            second.run(index)
        expect(second.picker).to_be_visible()
        first.front()
    kernel = first.notebook.panel("panel.context.sessionContext.session.kernel.id")
    page = first.notebook.page

    page.evaluate(CONSOLE, {"kernel": kernel if shared else "", "code": IN_CONSOLE})

    expect(page.locator(".jp-CodeConsole").last).to_contain_text("asked")
    expect(first.picker).to_have_count(1)
    first.picker.select_option(OTHER)
    first.run(2)
    expect(first.output(2)).to_have_text("the model is llama-3.1-8b-instant")
    if notebooks == 2:
        second.run(2)
        expect(second.output(2)).to_have_text("the model is openai/gpt-oss-120b")


def test_notebooks_of_one_name_in_two_folders_keep_to_their_own(jupyter: Any) -> None:
    first = Panel(jupyter.open([STAGE, "ask(stale='of the first')", SAID]))
    for index in (0, 1):
        first.run(index)
    name = first.notebook.path.name
    second = Panel(beside(first.notebook, jupyter, [STAGE, "ask()", SAID], name))
    for index in (0, 1):
        second.run(index)

    expect(second.picker).to_have_count(1)
    second.picker.select_option(OTHER)
    second.run(2)
    expect(second.output(2)).to_have_text("the model is llama-3.1-8b-instant")
    expect(second.node).not_to_contain_text("of the first")
    first.front()
    expect(first.node).to_contain_text("of the first")
    expect(first.picker).to_have_value("openai/gpt-oss-120b · 131k")


def test_a_second_view_of_a_notebook_is_as_live(jupyter: Any) -> None:
    first = Panel(jupyter.open([STAGE, "ask()", "ask(slot='groq-turn-b-1', until_stopped=True)"]))
    first.run(0)
    first.run(1)
    first.notebook.command("docmanager:clone")
    first.notebook.page.wait_for_function(
        "() => document.querySelectorAll('.jp-NotebookPanel').length === 2"
    )
    pickers = first.notebook.page.get_by_label("Model of the next ask")
    expect(pickers).to_have_count(2)

    first.front()
    first.notebook.run_cell(2, wait=False)
    expect(first.notebook.page.locator(".groq-streaming .groq-text")).to_have_count(2)
    for text in first.notebook.page.locator(".groq-streaming .groq-text").all():
        expect(text).to_contain_text("1,204 rows")
    first.node.get_by_role("button", name="Stop").press("Enter")
    expect(pickers).to_have_count(4)
