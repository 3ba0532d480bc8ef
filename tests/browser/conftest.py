"""Real front ends in a real browser: `jupyter.open(cells)` gives a notebook to drive.

One JupyterLab and one Notebook 7 server and one browser serve a whole run;
each test has its own notebook file, its own kernel and a fresh browser context.
A message on the page's error console, or a request beyond loopback, fails the test.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 30_000  # ms for anything on a page

# What the front ends themselves report, whatever a notebook does.
KNOWN_ERRORS = (
    # Notebook 7.6 throws this while it loads its settings, on an empty notebook too.
    r"reading 'schema'\)[\s\S]*/static/notebook/notebook_core",
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


class Server:
    """A JupyterLab or Notebook 7 server that knows nothing of the user's own set-up."""

    def __init__(self, kind: str, home: Path) -> None:
        self.kind = kind
        self.home = home
        self.files = home / "files"
        self.files.mkdir(parents=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._configure()
        self._log = (home / "server.log").open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-m", {"lab": "jupyterlab", "notebook": "notebook"}[kind]],
            cwd=self.files,
            env=self._environment(),
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._wait()

    def _environment(self) -> dict[str, str]:
        mine = re.compile(r"JUPYTER|IPYTHON|XDG_|GROQ_|PYTHONPATH")
        kept = {name: value for name, value in os.environ.items() if not mine.match(name)}
        return kept | {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "XDG_RUNTIME_DIR": str(self.home / "runtime"),
            "JUPYTER_CONFIG_DIR": str(self.home / "jupyter"),
            "JUPYTER_DATA_DIR": str(self.home / "jupyter-data"),
            "JUPYTER_RUNTIME_DIR": str(self.home / "runtime"),
            "IPYTHONDIR": str(self.home / "ipython"),
            "PYTHONPATH": str(ROOT),
        }

    def _configure(self) -> None:
        app = {"expose_app_in_browser": True, "open_browser": False}
        self._write(
            "jupyter/jupyter_server_config.json",
            {
                "ServerApp": {
                    "ip": "127.0.0.1",
                    "port": self.port,
                    "port_retries": 0,
                    "root_dir": str(self.files),
                    "allow_root": True,
                    "disable_check_xsrf": True,
                    "open_browser": False,
                },
                "IdentityProvider": {"token": ""},
                "LabApp": {**app, "news_url": None},
                "JupyterNotebookApp": app,
            },
        )
        settings = "jupyter/lab/user-settings/@jupyterlab/{}.jupyterlab-settings"
        self._write(
            settings.format("apputils-extension/notification"),
            {"fetchNews": "false", "checkForUpdates": False},
        )
        # No autosave: a test saves when it means to.
        self._write(settings.format("docmanager-extension/plugin"), {"autosave": False})
        self._write(
            "jupyter-data/kernels/python3/kernel.json",
            {
                "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                "display_name": "Python 3",
                "language": "python",
            },
        )
        (self.home / "runtime").mkdir(mode=0o700)

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))

    def _wait(self) -> None:
        for _ in range(300):
            if self._process.poll() is not None:
                break
            try:
                self.api("status")
            except OSError:
                time.sleep(0.1)
            else:
                return
        log = (self.home / "server.log").read_text()
        self.close()
        raise RuntimeError(f"The {self.kind} server did not start:\n{log}")

    def api(self, path: str, method: str = "GET") -> Any:
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method)
        with urllib.request.urlopen(request, timeout=10) as reply:
            return json.loads(reply.read() or "null")

    def close(self) -> None:
        """End the server and its kernels."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        self._log.close()


class Notebook:
    """One notebook, open on a page."""

    def __init__(self, server: Server, page: Page, path: Path) -> None:
        self.server = server
        self.page = page
        self.path = path
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._note(f"thrown: {error.stack}"))
        page.on("request", self._asked)

    def load(self) -> Notebook:
        """Load (or reload) the page, and wait for the notebook and its kernel."""
        folder = {"lab": "lab/tree", "notebook": "notebooks"}[self.server.kind]
        self.page.goto(f"{self.server.url}/{folder}/{self.path.name}")
        self.page.wait_for_function(
            """() => {
              const panel = window.jupyterapp?.shell.currentWidget;
              const kernel = panel?.context?.sessionContext?.session?.kernel;
              return panel?.content?.widgets?.length && kernel?.connectionStatus === "connected"
                && panel.context.isReady;
            }"""
        )
        return self

    def run_all(self, *, wait: bool = True) -> None:
        self._command("notebook:run-all-cells", wait=wait)

    def run_cell(self, index: int, *, wait: bool = True) -> None:
        self.panel(f"panel.content.activeCellIndex = {index}")
        self._command("notebook:run-cell", wait=wait)

    def cell(self, index: int) -> Locator:
        # Lab's own index attribute can be stale; the cell's widget knows its node.
        self.panel(f'panel.content.widgets[{index}].node.setAttribute("data-cell", "{index}")')
        return self.page.locator(f'.jp-Cell[data-cell="{index}"]')

    def cell_output(self, index: int) -> Locator:
        return self.cell(index).locator(".jp-Cell-outputArea")

    def save(self) -> dict[str, Any]:
        """Save, and return what the file then holds."""
        self._command("docmanager:save")
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

    def theme(self, name: str) -> None:
        """Set "light" or "dark"."""
        wanted = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[name]
        self._command("apputils:change-theme", f'{{"theme": "{wanted}"}}')
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

    def _command(self, command: str, arguments: str = "{}", *, wait: bool = True) -> None:
        call = f'window.jupyterapp.commands.execute("{command}", {arguments})'
        # A command's value can be a widget, which can't leave the page.
        self.page.evaluate(f"{call}.then(() => null)" if wait else f"void {call}")

    def _heard(self, message: Any) -> None:
        if message.type == "error":
            self._note(f"{message.text} ({message.location.get('url', '')})")

    def _note(self, error: str) -> None:
        if not any(re.search(known, error) for known in KNOWN_ERRORS):
            self.errors.append(error)

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.hostname != "127.0.0.1":
            self.errors.append(f"asked for {request.url}")


class FrontEnd:
    """One kind of front end: opens notebooks."""

    def __init__(self, server: Server, browser: Browser) -> None:
        self.server = server
        self.kind = server.kind
        self.opened: list[Notebook] = []
        self._browser = browser

    def open(
        self,
        cells: Sequence[str] | Mapping[str, Any],
        *,
        width: int = 1100,
        height: int = 900,
    ) -> Notebook:
        """Open a notebook of its own: sources of code cells, or a whole notebook."""
        whole = cells if isinstance(cells, dict) else notebook_of(cells)
        path = self.server.files / f"{uuid.uuid4().hex[:12]}.ipynb"
        path.write_text(json.dumps(whole))
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            permissions=["clipboard-read", "clipboard-write"],
        )
        notebook = Notebook(self.server, context.new_page(), path)
        self.opened.append(notebook)
        return notebook.load()

    def close(self) -> None:
        for notebook in self.opened:
            notebook.page.context.close()
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


@pytest.fixture(params=["lab", "notebook"])
def jupyter(
    request: pytest.FixtureRequest, server_of: Callable[[str], Server], browser: Browser
) -> Iterator[FrontEnd]:
    front_end = FrontEnd(server_of(request.param), browser)
    yield front_end
    errors = [error for notebook in front_end.opened for error in notebook.errors]
    front_end.close()
    assert errors == []
