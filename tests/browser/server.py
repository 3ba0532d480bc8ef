"""A JupyterLab or Notebook 7 server of the tests' own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Server"]

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATIENCE = 60  # seconds for it to start


class Server:
    """A JupyterLab or Notebook 7 server that knows nothing of the user's own set-up.

    `python` is that of the environment that the server and its kernels run in.
    """

    def __init__(self, kind: str, home: Path, python: str = sys.executable) -> None:
        self.kind = kind
        self.home = home
        self._python = python
        self.files = home / "files"
        self.files.mkdir(parents=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._configure()
        self._log = (home / "server.log").open("w")
        self._process = subprocess.Popen(
            [python, "-m", {"lab": "jupyterlab", "notebook": "notebook"}[kind]],
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
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(HERE))),
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
                    # Should the tests be killed before they can end it.
                    "shutdown_no_activity_timeout": 300,
                    "open_browser": False,
                },
                "IdentityProvider": {"token": ""},
                "MappingKernelManager": {"cull_idle_timeout": 300, "cull_connected": True},
                "LabApp": {**app, "news_url": None},
                "JupyterNotebookApp": app,
            },
        )
        settings = "jupyter/lab/user-settings/@jupyterlab/{}.jupyterlab-settings"
        self._write(
            settings.format("apputils-extension/notification"),
            {"fetchNews": "false", "checkForUpdates": False},
        )
        # For each page the server would look whether Lab wants building, and make
        # every exporter of nbconvert for a menu: seconds of its time.
        self._write(
            "jupyter/labconfig/page_config.json",
            {
                "buildCheck": False,
                "buildAvailable": False,
                "disabledExtensions": {
                    f"@jupyterlab/notebook-extension:{each}": True
                    for each in ("export", "update-raw-mimetype")
                },
            },
        )
        # No autosave: a test saves when it means to.
        self._write(settings.format("docmanager-extension/plugin"), {"autosave": False})
        self._write(
            "jupyter-data/kernels/python3/kernel.json",
            {
                "argv": [self._python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                "display_name": "Python 3",
                "language": "python",
            },
        )
        (self.home / "runtime").mkdir(mode=0o700)

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))

    def set_windowing(self, mode: str) -> None:
        name = (
            "jupyter/lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
        )
        self._write(name, {"windowingMode": mode} if mode else {})

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
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
