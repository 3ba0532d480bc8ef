"""JSON values as literals of Python and JavaScript, laid out as their formatters do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["JAVASCRIPT", "PYTHON", "Syntax", "literal", "members"]

_WIDTH = 88
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Syntax:
    """How a language writes values.

    Parameters
    ----------
    true, false, none : str
    indent : str
    width : int
        The longest line, where a value can be broken.
    escape : callable
        Writes a character that must not or should not stand as it is.
    name : callable
        Writes the key of a mapping.
    padding : str
        What stands inside the braces of a mapping on one line.
    join : str
        What joins the lines of a long text.
    group : bool
        Whether such lines stand in parentheses of their own.
    """

    true: str
    false: str
    none: str
    indent: str
    width: int
    escape: Callable[[str], str]
    name: Callable[[str], str]
    padding: str
    join: str
    group: bool


def literal(value: Any, syntax: Syntax, column: int = 0, depth: int = 0) -> str:
    """Return a JSON value as a literal.

    Parameters
    ----------
    value : object
    syntax : Syntax
    column : int
        Where it begins on its line.
    depth : int
        How deep its line is indented.
    """
    flat = _flat(value, syntax)
    # One more for the comma after it.
    if column + len(flat) < syntax.width:
        return flat
    if isinstance(value, str):
        return _long_text(value, syntax, depth) or flat
    inner, outer = syntax.indent * (depth + 1), syntax.indent * depth
    if isinstance(value, Mapping) and value:
        return f"{{\n{members(value, syntax, depth + 1)}{outer}}}"
    if isinstance(value, list | tuple) and value:
        items = (literal(item, syntax, len(inner), depth + 1).lstrip() for item in value)
        return "[\n" + "".join(f"{inner}{item},\n" for item in items) + f"{outer}]"
    return flat


def members(value: Mapping[str, Any], syntax: Syntax, depth: int, joint: str = ": ") -> str:
    """Return the members of a mapping, or keyword arguments, a line (or more) each."""
    indent = syntax.indent * depth
    lines = []
    for name, item in value.items():
        head = indent + (name if joint == "=" else syntax.name(name)) + joint
        written = literal(item, syntax, len(head), depth)
        # A long text may begin on a line of its own.
        lines.append(f"{head.rstrip() if written[:1] == chr(10) else head}{written},\n")
    return "".join(lines)


def _flat(value: Any, syntax: Syntax) -> str:
    if value is None or isinstance(value, bool):
        return syntax.none if value is None else syntax.true if value else syntax.false
    if isinstance(value, str):
        return _quoted(value, syntax)
    if isinstance(value, Mapping):
        pairs = (f"{syntax.name(k)}: {_flat(v, syntax)}" for k, v in value.items())
        inside = ", ".join(pairs)
        return f"{{{syntax.padding}{inside}{syntax.padding}}}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_flat(item, syntax) for item in value)}]"
    return json.dumps(value)


def _quoted(text: str, syntax: Syntax) -> str:
    # JSON's escapes mean the same in Python and JavaScript; what can't be seen
    # (bidirectional marks above all) is escaped too, so that code is what it looks like.
    quoted = json.dumps(text, ensure_ascii=False)
    if quoted.isprintable():
        return quoted
    return "".join(c if c.isprintable() else syntax.escape(c) for c in quoted)


def _long_text(text: str, syntax: Syntax, depth: int) -> str:
    lines = _LINE.findall(text)
    if len(lines) < 2:  # noqa: PLR2004 - a text of one line stays one
        return ""
    inner, outer = syntax.indent * (depth + 1), syntax.indent * depth
    quoted = f"{syntax.join}\n{inner}".join(_quoted(line, syntax) for line in lines)
    return f"(\n{inner}{quoted}\n{outer})" if syntax.group else f"\n{inner}{quoted}"


def _python_escape(c: str) -> str:
    return f"\\u{ord(c):04x}" if c <= "\uffff" else f"\\U{ord(c):08x}"


def _javascript_escape(c: str) -> str:
    return f"\\u{{{ord(c):x}}}"


def _javascript_name(name: str) -> str:
    # In braces `__proto__: x` sets the prototype; in brackets it is a key like any other.
    if name == "__proto__":
        return '["__proto__"]'
    return name if _IDENTIFIER.fullmatch(name) else _quoted(name, JAVASCRIPT)


PYTHON: Syntax = Syntax(
    "True",
    "False",
    "None",
    "    ",
    _WIDTH,
    _python_escape,
    lambda name: _quoted(name, PYTHON),
    "",
    "",
    group=True,
)
JAVASCRIPT: Syntax = Syntax(
    "true", "false", "null", "  ", 80, _javascript_escape, _javascript_name, " ", " +", group=False
)
