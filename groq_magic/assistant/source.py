"""The source of a function or class, those of cells included."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import is_a, tried
from groq_magic.prompt.definition import definition

if TYPE_CHECKING:
    from groq_magic.assistant.surroundings import Surroundings

__all__ = ["source_of"]


def source_of(value: Any, known: Surroundings) -> str:
    """Return the source of a function or class, "" where there is none.

    Python finds a class's source by its module's file, which the session has
    not: there the last cell that has such a class tells.
    """
    if source := definition(value):
        return source.rstrip()
    if not is_a(value, type) or tried(lambda: value.__module__, "") != "__main__":
        return ""
    found = (_class_in(cell.source, value.__name__) for cell in known.cells())
    return next((source for source in found if source), "")


def _class_in(source: str, name: str) -> str:
    lines = source.split("\n")
    begins = re.compile(rf"([ \t]*)class {re.escape(name)}\b")
    for number, line in enumerate(lines):
        head = begins.match(line)
        if head:
            first = number
            while first and lines[first - 1].startswith(f"{head[1]}@"):
                first -= 1
            last = number + 1
            while last < len(lines) and _inside(lines[last], head[1]):
                last += 1
            return "\n".join(lines[first:last]).rstrip()
    return ""


def _inside(line: str, indent: str) -> bool:
    return not line.strip() or (line.startswith(indent) and line[len(indent)] in " \t)")
