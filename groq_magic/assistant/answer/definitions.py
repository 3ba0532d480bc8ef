"""Functions and classes of a cell: find them, and replace one by its name."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groq_magic.assistant.answer.alignment import indent_of
from groq_magic.assistant.answer.cell_check import masked
from groq_magic.assistant.answer.edits import Edit, places_of, reindented
from groq_magic.clipping import tried

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.assistant.answer.edits import Places

__all__ = ["Definition", "definition_edits", "definitions_of", "only_defines"]

_HEAD = re.compile(r"([ \t]*)(?:async[ \t]+)?(def|class)[ \t]+(\w+)")
_CLOSING = (")", "]", "}")
_NODES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Definition:
    """A function or class of a cell.

    Parameters
    ----------
    path : tuple of str
        The names of the classes and functions around it, then its own.
    is_class : bool
    start, head, end : int
        Lines, from 0: its first decorator, its `def` or `class`, and the line
        after its last one.
    """

    path: tuple[str, ...]
    is_class: bool
    start: int
    head: int
    end: int

    @property
    def name(self) -> str:
        """The last name of the path."""
        return self.path[-1]


def _parsed(code: str) -> ast.Module | None:
    """Return the tree of code with magic lines; None if it is not Python."""
    return tried(lambda: ast.parse(masked(code)), None)


def definitions_of(source: str) -> list[Definition]:
    """Return the functions and classes of a cell, found by indentation if it does not parse."""
    tree = _parsed(source)
    if tree is not None:
        return list(_of_body(tree.body, ()))
    return list(_by_indentation(source.split("\n")))


def only_defines(code: str) -> bool:
    """Return whether code only imports and defines functions and classes, but no methods."""
    tree = _parsed(code)
    return tree is not None and bool(tree.body) and all(map(_defines, tree.body))


def _defines(node: ast.stmt) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        first = (*node.args.posonlyargs, *node.args.args)[:1]
        return not first or first[0].arg not in {"self", "cls"}
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.ClassDef))


def definition_edits(code: str, source: str) -> tuple[Edit, ...] | Places | None:
    """Return the edits that replace functions and classes of a cell by those of the same names.

    Parameters
    ----------
    code : str
        Definitions, and statements that the cell has as well.
    source : str
        The cell.

    Returns
    -------
    tuple of Edit, or int, or None
        An int is the number of places that a definition fits, 0 if it leaves out parts of the
        old one. None if the code has other statements.
    """
    tree = _parsed(code)
    if tree is None or not any(isinstance(node, _NODES) for node in tree.body):
        return None
    there, lines, cell_lines = definitions_of(source), code.split("\n"), source.split("\n")
    edits: list[Edit] = []
    for node in tree.body:
        if not isinstance(node, _NODES):
            own = lines[node.lineno - 1 : node.end_lineno]
            if not places_of(own, cell_lines):
                return None
            continue
        found = _namesakes(node, there)
        if len(found) != 1:
            return len(found) or None
        made = _edits_of(node, lines, found[0], there, cell_lines)
        if not made:
            return 0
        edits += made
    return tuple(edits)


def _namesakes(node: ast.stmt, there: list[Definition]) -> list[Definition]:
    if isinstance(node, ast.ClassDef):
        return [one for one in there if one.is_class and one.name == node.name]
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return []
    found = [one for one in there if not one.is_class and one.name == node.name]
    classes = {one.path for one in there if one.is_class}
    first = (*node.args.posonlyargs, *node.args.args)[:1]
    is_method = bool(first) and first[0].arg in {"self", "cls"}
    return [one for one in found if (one.path[:-1] in classes) == is_method]


def _edits_of(
    node: ast.stmt, lines: list[str], old: Definition, there: list[Definition], cell: list[str]
) -> list[Edit]:
    """Return the edits for one definition; none if it leaves out parts of the old one."""
    if not isinstance(node, _NODES):
        return []
    if isinstance(node, ast.ClassDef):
        members = {each.name for each in node.body if isinstance(each, _NODES)}
        have = {one.name: one for one in there if one.path[:-1] == old.path}
        if set(have) - members:
            return _member_edits(node, lines, old, have, cell)
    start, end = _first_line(node), node.end_lineno or node.lineno
    body = lines[node.lineno - 1 : end]
    if old.start < old.head and not node.decorator_list:
        # The decorator may be removed on purpose, or left out.
        is_same = [line.strip() for line in body] == [
            line.strip() for line in cell[old.head : old.end]
        ]
        if not is_same:
            return []
    moved = reindented(lines[start:end], indent_of(lines[start]), indent_of(cell[old.head]))
    return [Edit(old.start, old.end, moved)]


def _member_edits(
    node: ast.ClassDef,
    lines: list[str],
    old: Definition,
    have: dict[str, Definition],
    cell: list[str],
) -> list[Edit]:
    """Return the edits for the methods of a class of which the code has a part."""
    if lines[node.lineno - 1].strip() != cell[old.head].strip():
        return []
    edits: list[Edit] = []
    for each in node.body:
        if not isinstance(each, _NODES) or each.name not in have:
            return []
        made = _edits_of(each, lines, have[each.name], list(have.values()), cell)
        if not made:
            return []
        edits += made
    return edits


def _of_body(body: list[ast.stmt], path: tuple[str, ...]) -> Iterator[Definition]:
    for node in body:
        if isinstance(node, _NODES):
            own = (*path, node.name)
            end = node.end_lineno or node.lineno
            head = node.lineno - 1
            yield Definition(own, isinstance(node, ast.ClassDef), _first_line(node), head, end)
            yield from _of_body(node.body, own)
        else:
            for part in ("body", "orelse", "finalbody"):
                yield from _of_body(getattr(node, part, []), path)


def _first_line(node: ast.stmt) -> int:
    """Return the line of a definition's first decorator, or of its own, from 0."""
    decorators = getattr(node, "decorator_list", [])
    return min((each.lineno for each in (*decorators, node)), default=1) - 1


def _by_indentation(lines: list[str]) -> Iterator[Definition]:
    """Yield the definitions of a cell that does not parse: deeper lines belong to them."""
    around: list[tuple[int, str]] = []
    ends = _ends(lines)
    for at, line in enumerate(lines):
        found = _HEAD.match(line)
        if not found:
            continue
        depth = len(found[1].expandtabs())
        while around and around[-1][0] >= depth:
            around.pop()
        start = at
        while start and lines[start - 1].startswith(f"{found[1]}@"):
            start -= 1
        path = (*(name for _, name in around), found[3])
        yield Definition(path, found[2] == "class", start, at, ends[at])
        around.append((depth, found[3]))


def _ends(lines: list[str]) -> dict[int, int]:
    """Return where the block below each definition's line ends, in one pass."""
    ends: dict[int, int] = {}
    open_heads: list[tuple[int, int]] = []
    last = 0
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        depth = len(indent_of(line).expandtabs())
        closes = line.lstrip().startswith(_CLOSING)
        while open_heads and (
            depth < open_heads[-1][0] or (depth == open_heads[-1][0] and not closes)
        ):
            ends[open_heads.pop()[1]] = last
        if _HEAD.match(line):
            open_heads.append((depth, at))
        last = at + 1
    ends.update({at: last for _, at in open_heads})
    return ends
