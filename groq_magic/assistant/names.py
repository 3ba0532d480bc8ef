"""The names that a failing line names."""

from __future__ import annotations

import ast
import builtins
import linecache
import re
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from groq_magic.assistant.step import Step

__all__ = ["attributes_on", "names_on"]

_WORD = re.compile(r"[^\W\d]\w*")
_MOST = 12


def names_on(step: Step) -> tuple[str, ...]:
    """Return the names that a step's statement reads, in the order in which it names them."""
    statement = _statement(step)
    if statement is None:
        found = _WORD.findall(step.code)
    else:
        found = [node.id for node in _walk(statement) if isinstance(node, ast.Name)]
    names = (n for n in dict.fromkeys(found) if n != "get_ipython" and not hasattr(builtins, n))
    return tuple(names)[:_MOST]


def attributes_on(step: Step) -> tuple[tuple[str, str], ...]:
    """Return the pairs `name.attribute` that a step's statement reads."""
    statement = _statement(step)
    if statement is None:
        return ()
    found = [
        (node.value.id, node.attr)
        for node in _walk(statement)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    ]
    return tuple(dict.fromkeys(found))[:_MOST]


def _statement(step: Step) -> ast.AST | None:
    """Return the innermost statement that holds a step's line; None for a magic's."""
    made = "".join(linecache.getlines(step.frame.f_code.co_filename))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(made)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    line = _compiled_line(step)
    held = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    if not held:
        return None
    innermost = max(held, key=lambda node: (node.lineno, -(node.end_lineno or 0)))
    return None if "get_ipython()" in (ast.get_source_segment(made, innermost) or "") else innermost


def _compiled_line(step: Step) -> int:
    if step.cell is None:
        return step.line
    lines = step.cell.source.split("\n")
    return step.line - next((n for n, text in enumerate(lines) if text.strip()), 0)


def _walk(statement: ast.AST) -> list[ast.AST]:
    """Return a statement's nodes in the order of the text, a compound one's head alone."""
    bodies = [
        child
        for field in ("body", "orelse", "finalbody", "handlers", "cases")
        for child in _children(statement, field)
    ]
    held = {id(node) for body in bodies for node in ast.walk(body)}
    nodes = [
        node for node in ast.walk(statement) if id(node) not in held and hasattr(node, "lineno")
    ]
    return sorted(nodes, key=lambda node: (node.lineno, node.col_offset))  # type: ignore[attr-defined]  # filtered above


def _children(node: ast.AST, field: str) -> list[ast.AST]:
    found = getattr(node, field, [])
    return found if isinstance(found, list) else []
