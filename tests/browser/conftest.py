"""Real front ends in a real browser: `jupyter.open(cells)` gives a notebook to drive.

One JupyterLab and one Notebook 7 server serve a whole run, each with a browser of
its own, so that its code is loaded and compiled once. Each test has its own notebook
file and kernel. Lab's page is kept from one test to the next, as a user's is from one
notebook to the next; Notebook 7 has a page for each notebook.
A message on the page's error console, or a request beyond loopback, fails the test.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import pytest

from tests.browser.notebook_page import Notebook
from tests.browser.server import Server
from tests.chromium import FLAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page, Playwright


class FrontEnd:
    """One kind of front end: opens notebooks."""

    def __init__(self, server: Server, context: BrowserContext) -> None:
        self.server = server
        self.kind = server.kind
        self.opened: list[Notebook] = []
        self._context = context
        self._kept: Page | None = None
        # A kernel takes a second to end: the next test does not wait for that.
        self._kernels = ThreadPoolExecutor(1)
        self._ends: dict[str, Future[None]] = {}

    def open(
        self,
        cells: Sequence[str] | Mapping[str, Any],
        *,
        width: int = 1100,
        height: int = 900,
        windowing: str = "",
    ) -> Notebook:
        """Open a notebook of its own: sources of code cells, or a whole notebook.

        In Lab the one that the test had open before is closed; its kernel lives on.

        `windowing` is Lab's mode of that name; "full" takes cells that are out
        of sight out of the document.
        """
        self.server.set_windowing(windowing)
        whole = cells if isinstance(cells, dict) else notebook_of(cells)
        # A page reads Lab's settings only when it loads.
        page = None if windowing else self._free_page()
        return self._open_file(self.write(whole), page, width, height)

    def open_file(self, path: Path, *, width: int, height: int) -> Notebook:
        """Open a file of the server's folder."""
        return self._open_file(path, self._free_page(), width, height)

    def _open_file(self, path: Path, page: Page | None, width: int, height: int) -> Notebook:
        fresh = page is None
        page = page or self._context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        notebook = Notebook(self.server, page, path)
        self.opened.append(notebook)
        return notebook.load() if fresh else notebook.open()

    def _free_page(self) -> Page | None:
        """Return a page of Lab with nothing open on it: the test's last notebook is left."""
        if self.kind != "lab":
            return None
        if self.opened:
            self.opened[-1].leave()
            return self.opened[-1].page
        page, self._kept = self._kept, None
        return page

    def write(self, whole: Mapping[str, Any]) -> Path:
        """Write a notebook where the server finds it."""
        path = self.server.files / f"{uuid.uuid4().hex[:12]}.ipynb"
        path.write_text(json.dumps(whole))
        return path

    def end_test(self, *, keep: bool) -> None:
        """Leave nothing of a test, but for a page that the next may open its notebook on."""
        if keep and self.opened and self.kind == "lab":
            self.opened[-1].leave()
            self._kept = self.opened[-1].page
        for page in {notebook.page for notebook in self.opened} - {self._kept}:
            page.close()
        self.opened.clear()
        for session in self.server.api("sessions"):
            if session["id"] not in self._ends:
                self._ends[session["id"]] = self._kernels.submit(self._end, session["id"])

    def _end(self, session: str) -> None:
        try:
            self.server.api(f"sessions/{session}", "DELETE")
        except HTTPError as error:
            if error.code not in {404, 410}:  # it shared a kernel that has ended
                raise

    def close(self) -> None:
        self.end_test(keep=False)
        self._kernels.shutdown()
        for each in self._ends.values():
            each.result()
        self._context.close()
        self.server.close()


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
def front_end_of(
    playwright: Playwright, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], FrontEnd]]:
    with front_ends(playwright, chromium, tmp_path_factory) as front_end_of:
        yield front_end_of


@contextlib.contextmanager
def front_ends(
    playwright: Playwright,
    chromium: str,
    tmp_path_factory: pytest.TempPathFactory,
    python: str = sys.executable,
) -> Iterator[Callable[[str], FrontEnd]]:
    """Give front ends by kind, installed in that Python's environment; they end with it."""
    started: dict[str, FrontEnd] = {}

    def front_end_of(kind: str) -> FrontEnd:
        if kind not in started:
            folder = tmp_path_factory.mktemp(kind)
            # A profile on disk keeps compiled code; one in memory would not.
            context = playwright.chromium.launch_persistent_context(
                folder / "profile",
                executable_path=chromium,
                args=list(FLAGS),
                permissions=["clipboard-read", "clipboard-write"],
                env=home_of(folder),
            )
            started[kind] = FrontEnd(Server(kind, folder / "home", python), context)
        return started[kind]

    yield front_end_of
    for front_end in started.values():
        front_end.close()


def home_of(folder: Path) -> dict[str, str | float | bool]:
    """Return an environment in which a browser writes to no one's folders but its own."""
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")
    own = {name: folder / "browser" / name.lower() for name in names}
    for each in own.values():
        each.mkdir(parents=True, mode=0o700)
    return {**os.environ, **{name: str(path) for name, path in own.items()}}


@pytest.fixture(params=["lab", "notebook"])
def jupyter(
    request: pytest.FixtureRequest, front_end_of: Callable[[str], FrontEnd]
) -> Iterator[FrontEnd]:
    front_end = front_end_of(request.param)
    failed = request.session.testsfailed
    yield front_end
    opened = list(front_end.opened)
    front_end.end_test(keep=request.session.testsfailed == failed)
    assert [error for notebook in opened for error in notebook.errors] == []
