"""Paths as a prompt shows them, and which files belong to libraries."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from groq_magic.clipping import plain, tried
from groq_magic.page.notebook_file import working_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["is_library", "is_local", "path_shown", "without_folders"]

_PACKAGES = re.compile(r"(?<![^\s'\"(])[^\s'\"(]*[/\\](?:site|dist)-packages[/\\]")
_MARKS = ("/site-packages/", "/dist-packages/")
# Compiled code names its source file, which does not exist here.
_COMPILED = (".pyx", ".pxi", ".pxd", ".c", ".cc", ".cpp", ".rs", ".f90")
_CODE_OF_A_CELL = re.compile(r"<ipython-input-[^<>]*>|(?<!\S)\S*ipykernel_\d+/\S*")


def path_shown(file: str) -> str:
    """Return a path without this machine's own folders."""
    if _CODE_OF_A_CELL.fullmatch(file):
        return "<code that a cell ran>"
    if file.startswith("<"):
        return file
    path = file.replace("\\", "/")
    for mark in _MARKS:
        if mark in path:
            return path.rpartition(mark)[2]
    here = _working_folder().replace("\\", "/")
    for root in (*_standard_library(), *([here] if here else [])):
        if path.startswith(f"{root}/"):
            return path.removeprefix(f"{root}/")
    # Compiled code's path is within its package.
    return path if path.endswith(_COMPILED) else "/".join(path.split("/")[-2:])


def is_library(frame: FrameType) -> bool:
    """Whether a frame's code is a library's: installed, Python's own, or compiled."""
    file = frame.f_code.co_filename
    if _is_in_library(file) or file.startswith("<frozen"):
        return True
    # Made while running (`<string>`, `<attrs generated …>`), or compiled: its module is known.
    module = frame.f_globals.get("__file__")
    is_made = file.startswith("<") or file.endswith(_COMPILED) or not Path(file).is_absolute()
    return is_made and (
        file.endswith(_COMPILED) or (isinstance(module, str) and _is_in_library(module))
    )


def _is_in_library(file: str) -> bool:
    path = file.replace("\\", "/")
    if any(mark in path for mark in _MARKS):
        return True
    return any(path.startswith(f"{root}/") for root in _standard_library())


def without_folders(text: str) -> str:
    """Return text without the names of this machine's folders."""
    text = _PACKAGES.sub("", text)
    folders = [*_standard_library(), _working_folder()]
    for folder in folders:
        if len(folder) > len("/"):
            text = text.replace(f"{folder}{os.sep}", "").replace(f"{folder}/", "")
    home = tried(lambda: str(Path.home()), "")
    return text.replace(f"{home}{os.sep}", f"~{os.sep}") if len(home) > len("/") else text


def _working_folder() -> str:
    return str(working_folder() or "")


def _standard_library() -> Iterator[str]:
    paths = sysconfig.get_paths()
    for name in ("stdlib", "platstdlib"):
        yield paths[name].replace("\\", "/")


def is_local(kind: type) -> bool:
    """Whether a class is the user's: of a cell, or of a file that is no library's."""
    name = tried(lambda: plain(kind.__module__), "")
    if name == "__main__":
        return True
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and not _is_in_library(file)
