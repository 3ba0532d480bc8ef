"""Describe the variables that a failing line names, also those of the loop around it."""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections import ChainMap
from textwrap import indent
from types import ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.assistant.failure.failing_code import enclosing, expressions, statement_of, value_of
from groq_magic.assistant.failure.paths import is_local
from groq_magic.assistant.values import ROUTINES, brief, own_attributes
from groq_magic.clipping import is_a, plain, safe_repr, tried, type_name
from groq_magic.prompt.named_secrets import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from groq_magic.assistant.cell import Context
    from groq_magic.assistant.failure.steps import Step

__all__ = ["session_variables", "values_of", "variables_of", "versions"]

_MOST_LIBRARIES = 6
_MOST_NAMES = 12
_MOST_ATTRIBUTES = 20
_LONGEST_REPR = 600
_LONGEST_VERSION = 40
_WORD = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_PART = re.compile(r"[^\W\d]\w*")
_LOOPS = ast.For | ast.AsyncFor | ast.comprehension


def variables_of(steps: Sequence[Step], context: Context, shown: tuple[str, ...]) -> dict[str, str]:
    """Return descriptions of the variables that the failing lines name, by label.

    Parameters
    ----------
    steps : sequence of Step
        Steps in the user's own code; the first ones come first.
    context : Context
    shown : tuple of str
        Sources that the prompt contains already.
    """
    found: dict[str, str] = {}
    for step in steps:
        for label, value in _labelled(step).items():
            found.setdefault(label, describe_in_short(label, value, context, shown))
        for label, place in _places_in_loops(step).items():
            if label in found and place not in found[label]:
                found[label] += f"\n{place}"
    return found


def values_of(steps: Iterable[Step]) -> dict[str, Any]:
    """Return the values that the failing lines name, by name."""
    found: dict[str, Any] = {}
    for step in steps:
        for name, value in _values(step).items():
            found.setdefault(name, value)
    return found


def session_variables(steps: Iterable[Step], context: Context) -> list[str]:
    """Return the session's variables that the failing lines name."""
    names: dict[str, None] = {}
    for step in steps:
        frame = step.frame
        if frame.f_globals is not context.namespace:
            continue
        inside = frame.f_locals if frame.f_locals is not frame.f_globals else {}
        roots = (re.split(r"[.\[]", name)[0] for name in _values(step))
        names |= dict.fromkeys(name for name in roots if name not in inside)
    return list(names)


def versions(error: BaseException | None = None, steps: Iterable[Step] = ()) -> str:
    """Return the versions of Python and of the libraries involved in an error."""
    modules: list[str] = []
    for step in steps:
        if step.kind == "library":
            modules.append(step.where.partition("/")[0])
        else:
            modules += map(_owner, _values(step, modules=True).values())
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


def _labelled(step: Step) -> dict[str, Any]:
    """Return the values of a step's line by their labels in the prompt."""
    return {f"{name}{_within(step)}": value for name, value in _values(step).items()}


def _within(step: Step) -> str:
    # A comprehension and a lambda are part of the line itself.
    return f" (in {step.function})" if step.function and step.function[0] != "<" else ""


def describe_in_short(label: str, value: Any, context: Context, shown: tuple[str, ...]) -> str:
    """Return a short description; an object of the user's class with repr and attributes."""
    text = brief(label, value, context, shown)
    own, privacy = own_attributes(value), context.privacy
    name = label.partition(" (in ")[0]
    is_private = any(map(privacy.hides, _PART.findall(name)))
    if is_private or is_secret(name, value):
        return f"{label}: {type_name(value)}, its value withheld"
    if is_a(value, type, *ROUTINES) or not is_local(type(value)):
        return text
    # An object with the repr of a dict or a frame is data.
    has_own = is_local(owner := _owner_of_repr(value)) or owner is object
    parts = [f"{label}: {type_name(value)}{_own_repr(value, context)}" if has_own else text]
    for attribute, each in list(own.items())[:_MOST_ATTRIBUTES]:
        if is_a(attribute, str):
            line = brief(plain(attribute), each, context, shown)
            parts.append(indent(line, "  "))
    more = len(own) - _MOST_ATTRIBUTES
    return "\n".join([*parts, *([f"  [… {more:,} more attributes]"] if more > 0 else [])])


def _own_repr(value: Any, context: Context) -> str:
    """Return an object's repr if its class defines one and values may be sent."""
    if _owner_of_repr(value) is object or not context.privacy.rows:
        return ""
    return f" {context.hide(safe_repr(value, _LONGEST_REPR), value)}"


def _owner_of_repr(value: Any) -> type:
    """Return the class that defines an object's repr."""
    kinds = type.__dict__["__mro__"].__get__(type(value))
    return next((kind for kind in kinds if "__repr__" in kind.__dict__), object)


def _values(step: Step, *, modules: bool = False) -> dict[str, Any]:
    """Return the values that a step's line names: variables, attributes and items.

    Nothing is run to read them. Modules are left out unless `modules` is set.
    """
    frame, statement = step.frame, statement_of(step.trace)
    scope = ChainMap(frame.f_locals, frame.f_globals)
    found: dict[str, Any] = {}
    for name, value in _pairs(step, statement, scope):
        if len(found) < _MOST_NAMES and (modules or not is_a(value, ModuleType)):
            found.setdefault(name, value)
    return found


def _pairs(
    step: Step, statement: ast.stmt | None, scope: ChainMap[str, Any]
) -> Iterator[tuple[str, Any]]:
    if statement is None:
        yield from _pairs_of_words(step.code, scope)
        return
    nodes = expressions(statement)
    loops = [one for one in enclosing(statement) if isinstance(one, _LOOPS)]
    nodes += [
        node for loop in loops for node in ast.walk(loop.target) if isinstance(node, ast.expr)
    ]
    for name in (node.id for node in nodes if isinstance(node, ast.Name)):
        if _is_users(name, scope):
            yield name, scope[name]
        elif name == "super" and "self" in scope:
            yield "self", scope["self"]
    for node in nodes:
        if not isinstance(node, ast.Attribute | ast.Subscript):
            continue
        read = value_of(node, step.frame)
        if read is not None and not is_a(read[0], type, ModuleType, *ROUTINES):
            yield ast.unparse(node).replace("'", '"'), read[0]


def _pairs_of_words(code: str, scope: ChainMap[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the variables that a line names which is no Python statement, such as a magic."""
    for dotted in _WORD.findall(code):
        name, _, attribute = dotted.partition(".")
        if _is_users(name, scope):
            yield name, scope[name]
            if attribute in (own := own_attributes(scope[name])):
                yield f"{name}.{attribute}", own[attribute]


def _is_users(name: str, scope: ChainMap[str, Any]) -> bool:
    """Whether a name has a value of the user's, not Python's own or IPython's."""
    if name not in scope or name == "get_ipython":
        return False
    return scope[name] is not getattr(builtins, name, scope)


def _places_in_loops(step: Step) -> dict[str, str]:
    """Return at which place of its list each loop variable is, if that is certain."""
    statement = statement_of(step.trace)
    if statement is None:
        return {}
    loops: list[Any] = [one for one in enclosing(statement) if isinstance(one, _LOOPS)]
    loops += [one for one in ast.walk(statement) if isinstance(one, ast.comprehension)]
    places: dict[str, str] = {}
    for loop in loops:
        read = value_of(loop.iter, step.frame)
        name = loop.target.id if isinstance(loop.target, ast.Name) else None
        if read is None or name not in step.frame.f_locals or not is_a(read[0], list, tuple):
            continue
        value, items = step.frame.f_locals[name], read[0]
        same = [at for at, item in enumerate(items, 1) if item is value]
        if len(same) == 1:
            label = f"{name}{_within(step)}"
            source = ast.unparse(loop.iter)
            places[label] = f"{name} is item {same[0]:,} of the {len(items):,} in `{source}`"
    return places
