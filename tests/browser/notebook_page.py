"""One notebook on a page: what a test does with it, and what the page reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import TimeoutError  # noqa: A004 - the name that playwright gives it

from tests.chromium import PATIENCE
from tests.page_errors import PageErrors

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.server import Server

__all__ = ["Notebook"]

HERE = Path(__file__).parent


class Notebook:
    """One notebook, open on a page."""

    def __init__(self, server: Server, page: Page, path: Path) -> None:
        self.server = server
        self.page = page
        self.path = path
        self._errors = PageErrors(page)
        page.set_default_timeout(PATIENCE)

    @property
    def errors(self) -> list[str]:
        """The errors that the page has reported so far."""
        return self._errors.noted

    def load(self) -> Notebook:
        """Load (or reload) the page, and wait for the notebook and its kernel."""
        # A workspace of its own: Lab opens again what an earlier test had open in the common one.
        workspace = f"lab/workspaces/{self.path.stem}/tree"
        folder = {"lab": workspace, "notebook": "notebooks"}[self.server.kind]
        address = f"{self.server.url}/{folder}/{self.path.name}"
        self.page.goto(address)
        try:
            return self._ready(PATIENCE / 3)
        except TimeoutError:
            # Rarely a page never connects to its kernel: a user would load it again.
            self.page.goto(address)
            return self._ready()

    def open(self) -> Notebook:
        """Open the notebook on a page of Lab that is there already."""
        self.command("docmanager:open", json.dumps({"path": self.path.name}))
        try:
            return self._ready(PATIENCE / 3)
        except TimeoutError:
            # Rarely such a page never connects to the new kernel: nothing of ours runs there yet.
            return self.load()

    def leave(self) -> None:
        """Note no more errors of Lab's page, and close all that is open on it, unsaved."""
        self._errors.end()
        self.theme("light")
        self.page.evaluate(
            """async () => {
              const open = [...window.jupyterapp.shell.widgets("main")];
              for (const widget of open) {
                await widget.context?.sessionContext.ready;
                if (widget.context) widget.context.model.dirty = false;
                widget.dispose();
              }
              // What was running for them fails now, and is nobody's.
              await new Promise((done) => setTimeout(done, 300));
            }"""
        )

    def _ready(self, patience: float = PATIENCE) -> Notebook:
        self.page.wait_for_function(
            """(name) => {
              const panel = window.jupyterapp?.shell.currentWidget;
              const kernel = panel?.context?.sessionContext?.session?.kernel;
              return panel?.context?.path === name && panel.content?.widgets?.length
                && kernel?.connectionStatus === "connected" && panel.context.isReady;
            }""",
            arg=self.path.name,
            timeout=patience,
        )
        return self

    def run_all(self, *, wait: bool = True) -> None:
        self.command("notebook:run-all-cells", wait=wait)

    def run_cell(self, index: int, *, wait: bool = True) -> None:
        self.panel(f"panel.content.activeCellIndex = {index}")
        self.command("notebook:run-cell", wait=wait)

    def cell(self, index: int) -> Locator:
        # Lab's own index attribute can be stale; the cell's widget knows its node.
        self.panel(f'panel.content.widgets[{index}].node.setAttribute("data-cell", "{index}")')
        return self.page.locator(f'.jp-Cell[data-cell="{index}"]')

    def cell_output(self, index: int) -> Locator:
        return self.cell(index).locator(".jp-Cell-outputArea")

    def save(self) -> dict[str, Any]:
        """Save, and return what the file then holds."""
        self.command("docmanager:save")
        return json.loads(self.path.read_text())

    def restart(self) -> None:
        self.panel("panel.context.sessionContext.session.kernel.restart()")

    def shut_down(self) -> None:
        self.panel("panel.context.sessionContext.shutdown()")

    def interrupt(self) -> None:
        self.panel("panel.context.sessionContext.session.kernel.interrupt()")

    def idle(self) -> None:
        """Wait until the kernel has nothing to do."""
        self.panel("panel.context.sessionContext.session.kernel.requestKernelInfo()")

    def stop(self, index: int) -> Locator:
        """Return a streaming answer's Stop."""
        return self.cell_output(index).locator("button.groq-stop")

    def picker(self, index: int) -> Locator:
        """Return the picker in the bar of a cell's answer."""
        return self.cell_output(index).get_by_label("Model of the next ask")

    def bars(self) -> Locator:
        """Return the bars of all answers."""
        return self.page.locator(".jp-Notebook .groq-bar")

    def allow(self, *patterns: str) -> None:
        """Let the page report these from now on; say in the test why."""
        self._errors.allow(*patterns)

    def theme(self, name: str) -> None:
        """Set "light" or "dark"."""
        wanted = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[name]
        self.command("apputils:change-theme", f'{{"theme": "{wanted}"}}')
        self.page.wait_for_selector(
            f'body[data-jp-theme-light="{"true" if name == "light" else "false"}"]',
            state="attached",
        )

    def screenshot(self, name: str) -> Path:
        path = HERE / "screenshots" / f"{self.server.kind}-{name}.png"
        path.parent.mkdir(exist_ok=True)
        self.page.screenshot(path=path)
        return path

    def panel(self, script: str) -> Any:
        """Run a JavaScript expression in which `panel` is the notebook's panel."""
        return self.page.evaluate(
            f"(() => {{ const panel = window.jupyterapp.shell.currentWidget; return {script}; }})()"
        )

    def begin_undo_step(self) -> None:
        """Give undo a step of its own for what follows: Lab joins changes within 500 ms."""
        self.panel("panel.content.model.sharedModel.undoManager.stopCapturing()")

    def command(self, command: str, arguments: str = "{}", *, wait: bool = True) -> None:
        call = f'window.jupyterapp.commands.execute("{command}", {arguments})'
        # A command's value can be a widget, which can't leave the page.
        self.page.evaluate(f"{call}.then(() => null)" if wait else f"void {call}")
