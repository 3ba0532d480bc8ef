"""Environments with other versions than the installed ones: the lowest, the newest, or chosen ones.

    python -m tests.environment FOLDER [--lowest] [--python PYTHON]

makes one with this package and all that its tests need; then

    FOLDER/bin/python -m pytest -m "not browser and not slow" tests/unit tests/kernel

runs there what doesn't need a browser.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["lowest", "made", "required"]

ROOT = Path(__file__).parents[1]


def required(*extras: str) -> list[str]:
    """Return what pyproject.toml requires, with these extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    listed = [project["dependencies"], *map(project["optional-dependencies"].get, extras)]
    return [each for some in listed for each in some if not each.startswith("groq-magic")]


def lowest(requirements: Sequence[str]) -> list[str]:
    """Return the lowest versions that the requirements allow."""
    return [each.replace(">=", "==") for each in requirements]


def made(folder: Path, requirements: Sequence[str], python: str = sys.executable) -> str:
    """Make an environment of that Python's version; return its Python."""
    own = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if uv := shutil.which("uv"):
        run = [uv, "--quiet", "--no-config"]
        subprocess.run([*run, "venv", "--python", python, str(folder)], check=True)
        install = [*run, "pip", "install", "--compile-bytecode", "--python", str(own)]
    else:
        subprocess.run([python, "-m", "venv", str(folder)], check=True)
        install = [str(own), "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, *requirements], check=True)
    return str(own)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lowest", action="store_true")
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args()
    needed = required("lab", "data", "progress")
    versions = lowest(needed) if options.lowest else needed
    made(options.folder, [*versions, *required("test"), "--editable", str(ROOT)], options.python)


if __name__ == "__main__":
    main()
