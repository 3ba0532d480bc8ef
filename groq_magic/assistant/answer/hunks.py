"""Read unified diffs, as models write them, as edits of a cell."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.assistant.answer.alignment import indent_of
from groq_magic.assistant.answer.edits import Edit, places_of, reindented
from groq_magic.clipping import tried

if TYPE_CHECKING:
    from groq_magic.assistant.answer.edits import Places

__all__ = ["diff_edits", "looks_like_diff"]

_HEADER = re.compile(r"(?:diff |index |--- |\+\+\+ |\*\*\* |\\ No newline)")
_HUNK = re.compile(r"@@(?: -(\d+)(?:,(\d+))?)?")
_SIGNED = re.compile(r"[+-](?![+-])")


@dataclass
class _Hunk:
    """The lines of a hunk with their signs: "-", "+", and "" for context."""

    start: int | None = None
    count: int = 1
    lines: list[tuple[str, str]] = field(default_factory=list)

    @property
    def old(self) -> list[str]:
        return [text for sign, text in self.lines if sign != "+"]

    @property
    def changes(self) -> bool:
        return any(sign for sign, _ in self.lines)


def looks_like_diff(code: str) -> bool:
    """Return whether code is a diff, whatever language its fence names.

    Within brackets and strings, lines of code may begin with a sign too; then no statement
    begins with one.
    """
    lines = [line for line in code.split("\n") if line.strip()]
    if any(line.startswith(("@@", "*** Begin Patch")) for line in lines):
        return True
    if not any(_SIGNED.match(line) for line in lines):
        return False
    tree = tried(lambda: ast.parse(code), None)
    return tree is None or any(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.UnaryOp)
        and not isinstance(node.value.operand, ast.Constant)
        for node in tree.body
    )


def diff_edits(source: str, diff: str) -> tuple[Edit, ...] | Places:
    """Return the edits of a diff, or the number of places that one of its hunks fits.

    Models get line numbers and the blanks of context wrong: a hunk is placed
    where its old lines occur, whatever their indentation, below the hunk
    before it. Its line number is used only if exactly right.

    Parameters
    ----------
    source : str
    diff : str
        Unified, with or without headers.
    """
    lines, edits, at = source.split("\n"), [], 0
    for hunk in _hunks(diff):
        places = places_of(hunk.old, lines, at) if any(map(str.strip, hunk.old)) else []
        if len(places) > 1 and hunk.start in places and hunk.start and hunk.count == len(hunk.old):
            places = [hunk.start]
        if len(places) != 1:
            return len(places)
        at = places[0] + len(hunk.old)
        edits.append(Edit(places[0], at, _new_lines(hunk, lines[places[0] : at])))
    return tuple(edits)


def _new_lines(hunk: _Hunk, found: list[str]) -> tuple[str, ...]:
    """Return a hunk's new lines; context is taken from the cell, not from the diff."""
    pairs = list(zip([line for line in hunk.lines if line[0] != "+"], found, strict=True))
    # The removed lines show best how the diff is indented.
    have, want = next(
        ((text, line) for (sign, text), line in pairs if sign and text.strip()),
        next((text, line) for (_, text), line in pairs if text.strip()),
    )
    rest = iter(found)
    done: list[str] = []
    for sign, text in hunk.lines:
        if sign == "+":
            done += reindented([text], indent_of(have), indent_of(want))
        elif sign == "-":
            next(rest)
        else:
            done.append(next(rest))
    return tuple(done)


def _hunks(diff: str) -> list[_Hunk]:
    hunks, begun = [_Hunk()], False
    for line in diff.rstrip("\n").split("\n"):
        hunk = _HUNK.match(line)
        if hunk:
            begun = True
            start = int(hunk[1]) - 1 if hunk[1] else None
            hunks.append(_Hunk(start, int(hunk[2] or 1)))
        elif line.startswith(("\\", "*** ")):
            continue
        elif begun or not _HEADER.match(line):
            hunks[-1].lines.append(_signed(line))
    return [hunk for hunk in hunks if hunk.changes]


def _signed(line: str) -> tuple[str, str]:
    """Return a line's sign and text; lines of context often lack their space."""
    if line[:1] in {"+", "-"}:
        return line[0], line[1:]
    return "", line.removeprefix(" ")
