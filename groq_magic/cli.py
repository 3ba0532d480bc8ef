"""`groq-magic`: the demo, and the practice server alone."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_NOTEBOOK = "01_quickstart.ipynb"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["practice"]:
        from groq_magic.practice.command import main as practice

        return practice(given[1:])
    options = _parser().parse_args(given)
    return _demo(options.folder, browser=options.browser, execute=options.execute)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="groq-magic", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser(
        "demo", help="open the quickstart notebook in JupyterLab; without a key in practice mode"
    )
    demo.add_argument("--folder", type=Path, help="where to put it; default: a new folder here")
    demo.add_argument(
        "--no-browser", dest="browser", action="store_false", help="print the URL instead"
    )
    demo.add_argument(
        "--execute", action="store_true", help="run it without a browser into an HTML file"
    )
    commands.add_parser("practice", help="the practice server alone", add_help=False)
    return parser


def _demo(folder: Path | None, *, browser: bool, execute: bool) -> int:
    notebook = _copied(folder)
    if execute:
        return _executed(notebook)
    if not _has("jupyterlab"):
        return _lacking("jupyterlab")
    print(f"The notebook is {notebook}", flush=True)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--notebook-dir={notebook.parent}",
        # The URL that is printed leads to the notebook too.
        f"--LabApp.default_url=/lab/tree/{notebook.name}",
    ]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    with subprocess.Popen(command, env=_environment(notebook.parent)) as lab:  # noqa: S603 - our own interpreter
        before = signal.signal(signal.SIGTERM, lambda *_: lab.terminate())
        try:
            return _ended(lab)
        finally:
            signal.signal(signal.SIGTERM, before)


def _ended(lab: subprocess.Popen[bytes]) -> int:
    while True:
        # An interrupt reaches JupyterLab too, which asks back and ends on its own.
        with contextlib.suppress(KeyboardInterrupt):
            return lab.wait()


def _executed(notebook: Path) -> int:
    if not _has("nbconvert"):
        return _lacking("nbconvert")
    page = notebook.with_suffix(".html")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", str(notebook)]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        command, env=_environment(notebook.parent), capture_output=True, text=True, check=False
    )
    if done.returncode or not page.exists():
        print(f"The notebook did not run: {done.stderr.strip()[-400:]}", file=sys.stderr)
        return 1
    print(page)
    return 0


def _environment(folder: Path) -> dict[str, str]:
    from groq_magic.api.key import found_key
    from groq_magic.errors import ApiKeyError

    environment = dict(os.environ)
    try:
        key = found_key(folder)
    except ApiKeyError as error:
        print(error, file=sys.stderr)
        key = None
    if key is None:
        environment["GROQ_MAGIC_PRACTICE"] = "1"
    return environment


def _copied(folder: Path | None) -> Path:
    place = folder or Path(tempfile.mkdtemp(prefix="groq-magic-demo-", dir=_writable()))
    place.mkdir(parents=True, exist_ok=True)
    target = place / _NOTEBOOK
    if not target.exists():
        shutil.copyfile(_source(), target)
    return target.resolve()


def _writable() -> str | None:
    return str(Path.cwd()) if os.access(Path.cwd(), os.W_OK) else None


def _source() -> Path:
    shipped = Path(str(resources.files("groq_magic"))) / "notebooks" / _NOTEBOOK
    # In a checkout the notebooks stand beside the package.
    beside = Path(__file__).parent.parent / "notebooks" / _NOTEBOOK
    return shipped if shipped.exists() else beside


def _has(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(module) is not None


def _lacking(module: str) -> int:
    print(f"{module} is not installed: pip install 'groq-magic[lab]'", file=sys.stderr)
    return 1
