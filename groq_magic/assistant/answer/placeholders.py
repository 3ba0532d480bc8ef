"""Placeholders: dots and comments in place of code that a model left out."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from groq_magic.clipping import tried

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["is_placeholder", "placeholder_in"]

_DOTS = re.compile(r"(?:\.{3,}|…|\[\s*(?:\.{3}|…)\s*\])[;,]?")
_COMMENT = re.compile(r"(?:#|//|--)\s*(.*)")
_LEFT_OUT = re.compile(
    r"^(?:\.{3}|…)|(?:\.{3}|…)$"
    r"|\b(?:existing|previous|original|remaining|rest of|same|other|your|earlier|more|all the)\b"
    r".*\b(?:codes?|cells?|lines?|functions?|methods?|class(?:es)?|body|logic|imports?|steps?"
    r"|before|above|below|here|unchanged|remains?|stays?|goes)\b"
    r"|\b(?:unchanged|omitted|snip(?:ped)?|elided|as before|as above|stays the same)\b"
    r"|\b(?:codes?|logic|implementation|body)\s+(?:goes\s+)?here\b",
    re.IGNORECASE,
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Functions and classes whose bodies are dots by convention.
_STUBS = frozenset({"overload", "abstractmethod", "Protocol", "ABC"})


def is_placeholder(line: str, known: Collection[str]) -> bool:
    """Return whether a line replaces code that was left out.

    Parameters
    ----------
    line : str
    known : collection of str
        The lines of the cell, without their indentation: these are no placeholders.
    """
    text = line.strip()
    if not text or text in known:
        return False
    if _DOTS.fullmatch(text):
        return True
    comment = _COMMENT.match(text)
    return bool(comment and _LEFT_OUT.search(comment[1]))


def placeholder_in(code: str, known: Collection[str]) -> str:
    """Return the first line that is a placeholder, or has dots as a value; "" for none.

    Parameters
    ----------
    code : str
    known : collection of str
        As in `is_placeholder`.
    """
    lines = code.split("\n")
    tree = tried(lambda: ast.parse(code), ast.Module([], []))
    stubs = set(_stub_lines(tree))
    texts = set(_text_lines(tree))
    found = {
        n
        for n, line in enumerate(lines, 1)
        if n not in stubs and n not in texts and is_placeholder(line, known)
    }
    found |= {n for n in _dotted_lines(tree) if n not in stubs}
    return next((text for n in sorted(found) if (text := lines[n - 1].strip()) not in known), "")


def _stub_lines(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of functions and classes whose body may be dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            is_stub = bool(_STUBS & set(map(_name, node.bases))) or _is_exception(node)
        elif isinstance(node, _FUNCTIONS):
            is_stub = bool(_STUBS & set(map(_name, node.decorator_list)))
        else:
            continue
        if is_stub:
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _is_exception(node: ast.ClassDef) -> bool:
    """Whether a class is an exception without a body: `class NoPrice(KeyError): ...`."""
    named = any(_name(base).endswith(("Error", "Exception", "Warning")) for base in node.bases)
    return named and len(node.body) == 1


def _text_lines(tree: ast.AST) -> Iterator[int]:
    """Yield the lines within strings of several lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
        ):
            end = node.end_lineno or node.lineno
            if end > node.lineno:
                yield from range(node.lineno, end + 1)


def _dotted_lines(tree: ast.AST) -> Iterator[int]:
    """Yield the lines where dots are a statement or a value; in a subscript they are code."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=value) | ast.Assign(value=value) | ast.Return(value=value):
                values = [value]
            case ast.Call(func=func, args=args, keywords=keywords):
                # `Field(...)` of pydantic: a class, and dots its first argument.
                first = 1 if _name(func)[:1].isupper() else 0
                values = [*args[first:], *(keyword.value for keyword in keywords)]
            case ast.List(elts=values) | ast.Set(elts=values) | ast.Dict(values=values):
                pass
            case _:
                continue
        for value in values:
            if isinstance(value, ast.Constant) and value.value is Ellipsis:
                yield value.lineno


def _name(node: ast.expr) -> str:
    """Return the last name of `name`, `module.name` or `name[…]`, or ""."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return _name(value)
        case ast.Call(func=func):
            return _name(func)
    return ""
