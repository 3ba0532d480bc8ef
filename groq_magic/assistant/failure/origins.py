"""The earlier cells that set the variables of an error."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from groq_magic.clipping import tried

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from groq_magic.assistant.cell import Cell

__all__ = ["Origin", "origins"]

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_MOST_CELLS = 300


@dataclass(frozen=True)
class Origin:
    """A cell that set variables.

    Parameters
    ----------
    cell : Cell
    assigned, changed, defined : tuple of str
        The variables that it was the last to assign, those that it changed since
        (`df["x"] = 1`), and the functions and classes that it defines.
    """

    cell: Cell
    assigned: tuple[str, ...]
    changed: tuple[str, ...]
    defined: tuple[str, ...]

    @property
    def title(self) -> str:
        """The cell's title in a prompt."""
        done = {"last assigned": self.assigned, "changed": self.changed, "defines": self.defined}
        parts = [
            f"{verb} {', '.join(f'`{name}`' for name in names)}"
            for verb, names in done.items()
            if names
        ]
        return f"{self.cell.name.capitalize()}, which {' and '.join(parts)}:"


def origins(names: Iterable[str], cell: Cell, line: int, earlier: Iterable[Cell]) -> list[Origin]:
    """Return the cells that set variables, in the order of the names.

    Parameters
    ----------
    names : iterable of str
        Names of the session's variables.
    cell : Cell
        The cell that failed.
    line : int
        Its failing line, from 1: the lines above it have run.
    earlier : iterable of Cell
        The cells that ran before, the last one first.
    """
    found: dict[tuple[str, str], Cell] = {}
    wanted_first = tuple(dict.fromkeys(names))
    wanted = dict.fromkeys(wanted_first)
    here = [one for one in _bindings(cell.source) if one.end < line]
    python = (one for one in _some(earlier) if one.language == "python")
    cells = [(cell, here), *((one, _bindings(one.source)) for one in python)]
    for each, bindings in cells:
        if not wanted:
            break
        for binding in reversed(bindings):
            name = binding.name
            if name not in wanted or (binding.verb, name) in found:
                continue
            found[(binding.verb, name)] = each
            if binding.verb != "changed":
                del wanted[name]
                # Its value comes from these functions.
                wanted |= dict.fromkeys(binding.calls)
    order = {name: n for n, name in enumerate(wanted_first)}
    names_first = sorted(found.items(), key=lambda one: order.get(one[0][1], len(order)))
    return _grouped(dict(names_first), cell)


@dataclass(frozen=True)
class _Binding:
    verb: str
    name: str
    end: int
    calls: tuple[str, ...] = ()


def _grouped(found: dict[tuple[str, str], Cell], failed: Cell) -> list[Origin]:
    cells = dict.fromkeys(cell for cell in found.values() if cell != failed)
    made = []
    for cell in cells:
        names = {
            verb: tuple(name for (did, name), one in found.items() if did == verb and one == cell)
            for verb in ("assigned", "changed", "defined")
        }
        made.append(Origin(cell, **names))
    return made


def _some(cells: Iterable[Cell]) -> Iterator[Cell]:
    for count, cell in enumerate(cells):
        if count == _MOST_CELLS:
            return
        yield cell


@lru_cache(maxsize=_MOST_CELLS)
def _bindings(source: str) -> list[_Binding]:
    """Return what a cell's top level assigns, changes and defines, in the order of the text."""
    tree = tried(lambda: _tree(source), None)
    found = [] if tree is None else [one for node in tree.body for one in _bound(node)]
    return sorted(found, key=lambda one: one.end)


def _tree(source: str) -> ast.Module:
    from IPython.core.inputtransformer2 import TransformerManager

    # The lines stay in their places: a cell magic becomes a blank one.
    body = re.sub(r"\A(\s*)%%[^\n]*", r"\1", source)
    lines = [re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in body.split("\n")]
    try:
        return ast.parse("\n".join(lines))
    except SyntaxError:
        manager = TransformerManager()  # type: ignore[no-untyped-call]  # IPython gives it no types
        return ast.parse(manager.transform_cell(body))


def _bound(statement: ast.stmt) -> Iterator[_Binding]:
    end = statement.end_lineno or statement.lineno
    if isinstance(statement, _FUNCTIONS):
        yield _Binding("defined", statement.name, end)
        return
    inner = [node for node in ast.iter_child_nodes(statement) if isinstance(node, ast.stmt)]
    blocks = [*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]
    for each in (*inner, *(one for block in blocks for one in block.body)):
        yield from _bound(each)
    nodes = list(_own_nodes(statement))
    calls = tuple(
        node.func.id
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )
    for node in nodes:
        # The variables in the head of a loop are set when its body runs.
        at = getattr(node, "end_lineno", end) if hasattr(statement, "body") else end
        name = _stored(node)
        if name:
            yield _Binding("assigned", name, at, calls)
        elif changed := _changed(node):
            yield _Binding("changed", changed, at)


def _own_nodes(statement: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a statement without statements in it, and without functions' bodies."""
    for node in ast.iter_child_nodes(statement):
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case | ast.Lambda):
            continue
        yield node
        yield from _own_nodes(node)


def _stored(node: ast.AST) -> str:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    if isinstance(node, ast.alias):
        return (node.asname or node.name).partition(".")[0]
    return ""


def _changed(node: ast.AST) -> str:
    """Return the variable that an item, an attribute or a call in place changes."""
    if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
        return _root(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        in_place = any(
            keyword.arg == "inplace"
            and isinstance(keyword.value, ast.Constant)
            and keyword.value.value is True
            for keyword in node.keywords
        )
        return _root(node.func) if in_place else ""
    return ""


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
