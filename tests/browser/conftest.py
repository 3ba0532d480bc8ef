"""Real front ends in a real browser: `jupyter.open(cells)` gives a notebook to drive.

One JupyterLab and one Notebook 7 server and one browser serve a whole run, with
one browser context for each front end, so that its code is loaded once; each
test has its own notebook file, kernel, page and Lab workspace.
A message on the page's error console, or a request beyond loopback, fails the test.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.notebook_page import PATIENCE, Notebook
from tests.browser.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def a_browser() -> str:
    """Return a Chromium's path: on PATH, Playwright's own, or one installed now."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    if not Path(own).exists():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if Path(own).exists():
        return own
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-q", "chromium"], check=False)
    if found := shutil.which("chromium"):
        return found
    raise FileNotFoundError("No Chromium here, and none could be installed.")


class FrontEnd:
    """One kind of front end: opens notebooks."""

    def __init__(self, server: Server, context: BrowserContext) -> None:
        self.server = server
        self.kind = server.kind
        self.opened: list[Notebook] = []
        self._context = context

    def open(
        self,
        cells: Sequence[str] | Mapping[str, Any],
        *,
        width: int = 1100,
        height: int = 900,
        windowing: str = "",
    ) -> Notebook:
        """Open a notebook of its own: sources of code cells, or a whole notebook.

        `windowing` is Lab's mode of that name; "full" takes cells that are out
        of sight out of the document.
        """
        self.server.set_windowing(windowing)
        whole = cells if isinstance(cells, dict) else notebook_of(cells)
        path = self.write(whole)
        page = self._context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        notebook = Notebook(self.server, page, path)
        self.opened.append(notebook)
        return notebook.load()

    def write(self, whole: Mapping[str, Any]) -> Path:
        """Write a notebook where the server finds it."""
        path = self.server.files / f"{uuid.uuid4().hex[:12]}.ipynb"
        path.write_text(json.dumps(whole))
        return path

    def close(self) -> None:
        for notebook in self.opened:
            notebook.page.close()
        for session in self.server.api("sessions"):
            self.server.api(f"sessions/{session['id']}", "DELETE")


def notebook_of(sources: Sequence[str]) -> dict[str, Any]:
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{index}",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for index, source in enumerate(sources)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    path = a_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Server]]:
    servers: dict[str, Server] = {}

    def server_of(kind: str) -> Server:
        if kind not in servers:
            servers[kind] = Server(kind, tmp_path_factory.mktemp(kind) / "home")
        return servers[kind]

    yield server_of
    for server in servers.values():
        server.close()


@pytest.fixture(scope="session")
def context_of(browser: Browser) -> Iterator[Callable[[str], BrowserContext]]:
    contexts: dict[str, BrowserContext] = {}

    def context_of(kind: str) -> BrowserContext:
        if kind not in contexts:
            permissions = ["clipboard-read", "clipboard-write"]
            contexts[kind] = browser.new_context(permissions=permissions)
        return contexts[kind]

    yield context_of
    for context in contexts.values():
        context.close()


@pytest.fixture(params=["lab", "notebook"])
def jupyter(
    request: pytest.FixtureRequest,
    server_of: Callable[[str], Server],
    context_of: Callable[[str], BrowserContext],
) -> Iterator[FrontEnd]:
    front_end = FrontEnd(server_of(request.param), context_of(request.param))
    yield front_end
    errors = [error for notebook in front_end.opened for error in notebook.errors]
    front_end.close()
    assert errors == []
