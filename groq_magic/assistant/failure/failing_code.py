"""The code that failed in one frame: the statement, its failing part, and values."""

from __future__ import annotations

import ast
import linecache
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import tried

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, TracebackType

__all__ = ["enclosing", "expressions", "part_of_line", "statement_of", "value_of"]


def part_of_line(trace: TracebackType, typed: str) -> tuple[int, int] | None:
    """Return where the failing part of a line begins and ends; None if unknown.

    Parameters
    ----------
    trace : TracebackType
    typed : str
        The line as typed.
    """
    node = tried(lambda: _executing(trace).node, None)
    if not isinstance(node, ast.expr) or node.end_col_offset is None:
        return None
    compiled = linecache.getline(trace.tb_frame.f_code.co_filename, trace.tb_lineno).rstrip("\n")
    if compiled != typed or node.lineno != trace.tb_lineno or node.end_lineno != node.lineno:
        return None
    raw = compiled.encode("utf-8", "surrogatepass")
    start, end = (
        len(raw[:offset].decode("utf-8", "replace"))
        for offset in (node.col_offset, node.end_col_offset)
    )
    return start, end


def statement_of(trace: TracebackType) -> ast.stmt | None:
    """Return the innermost statement that failed; None for a magic, and without a source."""

    def read() -> ast.stmt | None:
        found = _executing(trace)
        around = [one for one in found.statements if isinstance(one, ast.stmt)]
        inside = max(around, key=lambda one: (one.lineno, -(one.end_lineno or 0)), default=None)
        if inside is None or "get_ipython()" in ast.unparse(_head_of(inside)):
            return None
        return inside

    return tried(read, None)


def enclosing(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes around a node, the innermost first, up to its function, class or module."""
    parent = getattr(node, "parent", None)
    while parent is not None:
        yield parent
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return
        parent = getattr(parent, "parent", None)


def expressions(statement: ast.stmt) -> list[ast.expr]:
    """Return the expressions of a statement in text order, without those in its body."""
    inner = (ast.stmt, ast.excepthandler, ast.match_case)
    parts = [part for part in ast.iter_child_nodes(statement) if not isinstance(part, inner)]
    nodes = [node for part in parts for node in ast.walk(part) if isinstance(node, ast.expr)]
    return sorted(nodes, key=lambda node: (node.lineno, node.col_offset))


def value_of(node: ast.expr, frame: FrameType) -> tuple[Any] | None:
    """Return the value of an expression, in a tuple; None if reading it would run code."""

    def read() -> tuple[Any]:
        from pure_eval import Evaluator

        return (Evaluator.from_frame(frame)[node],)

    return tried(read, None)


def _executing(trace: TracebackType) -> Any:
    # IPython depends on it for its own tracebacks.
    from stack_data.core import FrameInfo

    return FrameInfo(trace).executing


def _head_of(statement: ast.stmt) -> ast.AST:
    """Return a statement without the statements in it."""
    if not hasattr(statement, "body"):
        return statement
    return ast.Expression(ast.Tuple(expressions(statement)[:1], ast.Load()))
