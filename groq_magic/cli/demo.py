"""`groq-magic demo`: copy the notebooks into a folder, and open them in JupyterLab."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

__all__ = ["demo"]

_FIRST = "01_quickstart.ipynb"


def demo(folder: Path, *, browser: bool, execute: bool) -> int:
    """Copy the notebooks and open the first one; return the exit status.

    Parameters
    ----------
    folder : Path
        For the copies; existing files are kept.
    browser : bool
        Whether to open a browser.
    execute : bool
        Whether to run the notebooks and save HTML files instead.
    """
    needed = "nbconvert" if execute else "jupyterlab"
    if find_spec(needed) is None:
        print(f"{needed} is not installed: pip install 'groq-magic[lab]'", file=sys.stderr)
        return 1
    try:
        notebooks = _copy_notebooks(folder)
    except OSError as error:
        print(f"{folder} can't be written: {error.strerror}.", file=sys.stderr)
        print("Name a folder that you can write to with --folder.", file=sys.stderr)
        return 1
    if execute:
        return _execute(notebooks)
    print(f"The notebooks are in {notebooks[0].parent}", flush=True)
    return _open_lab(notebooks[0], browser=browser)


def _copy_notebooks(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    copies = []
    for source in _sources():
        copy = folder.resolve() / source.name
        _copy(source, copy)
        copies.append(copy)
    for data in sorted({file for each in _sources() for file in each.parent.glob("data/*")}):
        _copy(data, folder / "data" / data.name)
    return copies


def _copy(source: Path, copy: Path) -> None:
    if not copy.exists():
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, copy)


def _sources() -> list[Path]:
    package = Path(str(resources.files("groq_magic")))
    shipped = package / "notebooks"
    # In a checkout, the notebooks are beside the package.
    folder = shipped if shipped.exists() else package.parent / "notebooks"
    return sorted(folder.glob("*.ipynb"))


def _open_lab(notebook: Path, *, browser: bool) -> int:
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--notebook-dir={notebook.parent}",
        # The printed URL opens the notebook too.
        f"--LabApp.default_url=/lab/tree/{notebook.name}",
    ]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    environment = _environment(notebook.parent, practice="1")
    with subprocess.Popen(command, env=environment) as lab:  # noqa: S603 - our own interpreter
        before = signal.signal(signal.SIGTERM, lambda *_: lab.terminate())
        try:
            while True:
                # JupyterLab gets the interrupt too, asks for confirmation and ends.
                with contextlib.suppress(KeyboardInterrupt):
                    return lab.wait()
        finally:
            signal.signal(signal.SIGTERM, before)


def _execute(notebooks: list[Path]) -> int:
    from groq_magic.api.practice_server import UNPACED

    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--execute"]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [*command, *map(str, notebooks)],
        env=_environment(notebooks[0].parent, practice=UNPACED),
        capture_output=True,
        text=True,
        check=False,
    )
    pages = [notebook.with_suffix(".html") for notebook in notebooks]
    if done.returncode or not all(page.exists() for page in pages):
        print(f"The notebooks did not run: {done.stderr.strip()[-400:]}", file=sys.stderr)
        return 1
    print(*pages, sep="\n")
    return 0


def _environment(folder: Path, *, practice: str) -> dict[str, str]:
    from groq_magic.api.key import find_key
    from groq_magic.api.practice_server import SWITCH
    from groq_magic.errors import ApiKeyError

    environment = dict(os.environ)
    try:
        key = find_key(folder)
    except ApiKeyError as error:
        print(error, file=sys.stderr)
        key = None
    if key is None:
        environment[SWITCH] = practice
    return environment
