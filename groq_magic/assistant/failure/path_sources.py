"""The source of the user's functions in files that an error passed through."""

from __future__ import annotations

import inspect
import linecache
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.clipping import tried

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groq_magic.assistant.failure.steps import Step

__all__ = ["FileSource", "file_sources"]

_MOST = 6


@dataclass(frozen=True)
class FileSource:
    """A piece of one of the user's files.

    Parameters
    ----------
    title : str
        The title in a prompt.
    name : str
        The file.
    text : str
    line : int
        The failing line in the text, from 1.
    """

    title: str
    name: str
    text: str = field(repr=False)
    line: int


def file_sources(steps: Iterable[Step]) -> list[FileSource]:
    """Return the functions of a path's steps, and the files of steps outside of functions.

    Parameters
    ----------
    steps : iterable of Step
        The innermost first.
    """
    found: dict[object, FileSource] = {}
    for step in steps:
        if step.kind == "file" and step.compiled not in found and len(found) < _MOST:
            source = _source(step)
            if source is not None:
                found[step.compiled] = source
    # A function is left out if its whole file is included.
    wholes = [one.text for one in found.values()]
    return [
        one for one in found.values() if not any(one.text in text != one.text for text in wholes)
    ]


def _source(step: Step) -> FileSource | None:
    code = step.compiled
    lines: list[str] = []
    if step.function:
        lines, first = tried(lambda: inspect.getsourcelines(code), (lines, 0))
        title = f"`{step.function}` in {step.where}, from line {first}:"
        # A lambda or comprehension is a part of what calls it.
        if step.function.startswith("<"):
            return None
    else:
        lines, first = linecache.getlines(code.co_filename), 1
        title = f"The file {step.where}:"
    if not lines:
        return None
    return FileSource(title, step.where, "".join(lines), step.line - first + 1)
