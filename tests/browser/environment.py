"""Environments with other versions of Jupyter than the installed one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["lowest", "made", "needed"]

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def needed() -> list[str]:
    """Return what pyproject.toml requires, with a JupyterLab and a Notebook to run it in."""
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["lab"]]


def lowest() -> list[str]:
    """Return the lowest versions that pyproject.toml allows."""
    return [each.replace(">=", "==") for each in needed()]


def made(folder: Path, requirements: Sequence[str]) -> str:
    """Make an environment and return its Python, of the version that runs this."""
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if uv := shutil.which("uv"):
        run = [uv, "--quiet", "--no-config"]
        subprocess.run([*run, "venv", "--python", sys.executable, str(folder)], check=True)
        install = [*run, "pip", "install", "--python", str(python)]
    else:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, *requirements], check=True)
    return str(python)
