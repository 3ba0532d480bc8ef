"""The variables that a failing line names, in short, and what else is known around an error."""

from __future__ import annotations

import ast
import builtins
import linecache
import re
import sys
import warnings
from collections import ChainMap
from types import ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.assistant.trace import class_name
from groq_magic.assistant.values import brief, own_attributes
from groq_magic.clipping import is_a, plain, tried
from groq_magic.prompt.expression import attributes_of, near, user_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from groq_magic.assistant.cell import Context
    from groq_magic.assistant.steps import Step

__all__ = ["hints", "involved", "versions"]

_STEPS = 2
_MOST_LIBRARIES = 6
_MOST_NAMES = 12
_LONGEST_VERSION = 40
_WORD = re.compile(r"[^\W\d]\w*")


def involved(
    steps: Sequence[Step], context: Context, shown: tuple[str, ...] = ()
) -> dict[str, str]:
    """Return the variables that the failing lines name, each in short.

    Of the two innermost steps of the user's own code: a function's locals,
    and what it was called with. `shown` are the sources that the prompt holds.
    """
    own = [step for step in steps if step.kind != "library"]
    found: dict[str, str] = {}
    for step in reversed(own[-_STEPS:]):
        within = f" (in {step.function})" if step.function else ""
        for name, value in _values(step).items():
            if not is_a(value, ModuleType):
                found.setdefault(name, brief(f"{name}{within}", value, context, shown))
    return found


def hints(error: BaseException, context: Context) -> str:
    """Return what is nearly called like the name or attribute that is missing."""
    if isinstance(error, NameError) and isinstance(name := error.name, str):
        meant = near(name, user_names(context.namespace))
        return f"There is a {brief(meant, context.namespace[meant], context)}" if meant else ""
    if isinstance(error, AttributeError) and isinstance(name := error.name, str):
        meant = near(name, attributes_of(error.obj))
        return f"A {class_name(type(error.obj))} has an attribute `{meant}`." if meant else ""
    return ""


def versions(error: BaseException | None = None, steps: Iterable[Step] = ()) -> str:
    """Return Python's version and those of the libraries that had part in an error."""
    modules: list[str] = []
    for step in steps:
        if step.kind == "library":
            modules.append(step.where.partition("/")[0])
        else:
            modules += map(_owner, _values(step).values())
    if error is not None:
        modules.append(_owner(error))
    tops = dict.fromkeys(module.partition(".")[0] for module in modules)
    found = [f"{top} {version}" for top in tops if (version := _version(top))]
    python = ".".join(map(str, sys.version_info[:3]))
    return ", ".join([f"Python {python}", *found[:_MOST_LIBRARIES]])


def _owner(value: Any) -> str:
    """Return the name of the module that defines a value; "" if it is unknown."""
    own = is_a(value, ModuleType)
    return tried(lambda: plain(value.__name__ if own else type(value).__module__), "")


def _version(top: str) -> str:
    if top in sys.stdlib_module_names or top == "IPython":
        return ""  # Python's version covers them
    version = getattr(sys.modules.get(top), "__version__", None)
    return version if isinstance(version, str) and len(version) < _LONGEST_VERSION else ""


def _values(step: Step) -> dict[str, Any]:
    """Return the values that a step's line names: variables, and what their objects hold."""
    statement = _statement(step)
    nodes = [] if statement is None else _nodes_of_head(statement)
    names = [node.id for node in nodes if isinstance(node, ast.Name)]
    if statement is None:
        names = _WORD.findall(step.code)
    names = [n for n in dict.fromkeys(names) if n != "get_ipython" and not hasattr(builtins, n)]
    scope = ChainMap(step.frame.f_locals, step.frame.f_globals)
    found = {name: scope[name] for name in names[:_MOST_NAMES] if name in scope}
    pairs = dict.fromkeys(
        (node.value.id, node.attr)
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    )
    for name, attribute in list(pairs)[:_MOST_NAMES]:
        # Read without running anything: the attributes that the object itself holds.
        own = own_attributes(found.get(name))
        if attribute in own:
            found[f"{name}.{attribute}"] = own[attribute]
    return found


def _statement(step: Step) -> ast.stmt | None:
    """Return the innermost statement that holds a step's line; None for a magic's."""
    made = "".join(linecache.getlines(step.frame.f_code.co_filename))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(made)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    statements = (node for node in ast.walk(tree) if isinstance(node, ast.stmt))
    around = [n for n in statements if n.lineno <= step.compiled_line <= (n.end_lineno or n.lineno)]
    innermost = max(around, key=lambda n: (n.lineno, -(n.end_lineno or 0)), default=None)
    if innermost is None or "get_ipython()" in (ast.get_source_segment(made, innermost) or ""):
        return None
    return innermost


def _nodes_of_head(statement: ast.stmt) -> list[ast.expr]:
    """Return the expressions of a statement in the order of the text; no body of a compound one."""
    inner = (ast.stmt, ast.excepthandler, ast.match_case)
    parts = [part for part in ast.iter_child_nodes(statement) if not isinstance(part, inner)]
    nodes = [node for part in parts for node in ast.walk(part) if isinstance(node, ast.expr)]
    return sorted(nodes, key=lambda node: (node.lineno, node.col_offset))
