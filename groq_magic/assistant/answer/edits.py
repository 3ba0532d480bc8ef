"""Edits of a cell's lines: find them by the lines that they replace, and apply them together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groq_magic.assistant.answer.alignment import indent_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "Edit",
    "Places",
    "apply_edits",
    "places_of",
    "reindented",
    "replaced",
    "search_replace_blocks",
]

_SEARCH = re.compile(r"[ \t]*<{5,9} ?(?:SEARCH|ORIGINAL)[ \t]*")
_MIDDLE = re.compile(r"[ \t]*={5,9}[ \t]*")
_REPLACE = re.compile(r"[ \t]*>{5,9} ?(?:REPLACE|UPDATED)[ \t]*")
_FILE_NAME = re.compile(r"\S+\.(?:py|ipynb)")

_MOST_PLACES = 50

# The number of places that a change fits, if it is not one.
Places = int


@dataclass(frozen=True)
class Edit:
    """Lines that replace lines `start` to `end` of a cell, `end` not included."""

    start: int
    end: int
    lines: tuple[str, ...]


def apply_edits(edits: Iterable[Edit], source: str) -> str | None:
    """Return a cell with edits applied; None if two of them change the same lines."""
    lines, done, at = source.split("\n"), [], -1
    position = 0
    for edit in sorted(set(edits), key=lambda one: (one.start, one.end)):
        if edit.start < position or (edit.start == edit.end == at):
            return None
        done += [*lines[position : edit.start], *edit.lines]
        position, at = edit.end, edit.start if edit.start == edit.end else -1
    return "\n".join([*done, *lines[position:]])


def places_of(wanted: Sequence[str], lines: Sequence[str], start: int = 0) -> list[int]:
    """Return where consecutive lines occur, whatever their indentation; the first 50 places."""
    keys = [line.strip() for line in wanted]
    found = [line.strip() for line in lines]
    needle = "".join(f"\n{key}" for key in keys) + "\n"
    text = "".join(f"\n{key}" for key in found[start:]) + "\n"
    places: list[int] = []
    at, line, counted = text.find(needle), start, 0
    while at >= 0 and len(places) < _MOST_PLACES:
        line, counted = line + text.count("\n", counted, at), at
        places.append(line)
        at = text.find(needle, at + 1)
    return places


def reindented(lines: Iterable[str], have: str, want: str) -> tuple[str, ...]:
    """Return lines moved from one indentation to another; less indented lines stay."""
    if have == want:
        return tuple(lines)
    return tuple(
        want + line.removeprefix(have) if line.strip() and line.startswith(have) else line
        for line in lines
    )


def search_replace_blocks(text: str) -> tuple[list[tuple[list[str], list[str]]], str]:
    """Return the SEARCH/REPLACE blocks of a text as pairs of lines, and the rest of the text.

    Returns
    -------
    blocks : list of (list of str, list of str)
        The lines to find, and their replacement.
    rest : str
        The text without the blocks and without lines that are file names.
    """
    blocks: list[tuple[list[str], list[str]]] = []
    rest: list[str] = []
    into = rest
    for line in text.split("\n"):
        if into is rest and _SEARCH.fullmatch(line):
            blocks.append(([], []))
            into = blocks[-1][0]
        elif blocks and into is blocks[-1][0] and _MIDDLE.fullmatch(line):
            into = blocks[-1][1]
        elif blocks and into is blocks[-1][1] and _REPLACE.fullmatch(line):
            into = rest
        else:
            into.append(line)
    if into is not rest:
        return [], text
    return blocks, "\n".join(line for line in rest if not _FILE_NAME.fullmatch(line)).strip()


def replaced(
    blocks: Iterable[tuple[list[str], list[str]]], source: str
) -> tuple[Edit, ...] | Places:
    """Return the edits of SEARCH/REPLACE blocks, or the number of places that one of them fits."""
    lines, edits = source.split("\n"), []
    for old, new in blocks:
        places = places_of(old, lines) if any(line.strip() for line in old) else []
        if len(places) != 1:
            return len(places)
        (at,) = places
        first = next(n for n, line in enumerate(old) if line.strip())
        moved = reindented(new, indent_of(old[first]), indent_of(lines[at + first]))
        edits.append(Edit(at, at + len(old), moved))
    return tuple(edits)
