"""Describe values in short: type, and a summary, source or import; never a secret."""

from __future__ import annotations

import inspect
import os
import re
from types import (
    BuiltinFunctionType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import TYPE_CHECKING, Any

from groq_magic.assistant.cuts import cut_middle
from groq_magic.clipping import clip, is_a, plain, tried, type_name
from groq_magic.errors import PromptError
from groq_magic.prompt.named_secrets import is_secret
from groq_magic.prompt.summary import definition

if TYPE_CHECKING:
    from groq_magic.assistant.cell import Context

__all__ = [
    "ROUTINES",
    "brief",
    "code_kind",
    "kind_of",
    "own_attributes",
    "signature",
    "source_of",
]

# By type: `inspect.isroutine` reads attributes of the value, whose class may raise.
ROUTINES = (
    FunctionType,
    BuiltinFunctionType,
    MethodType,
    MethodDescriptorType,
    WrapperDescriptorType,
    MethodWrapperType,
)

_SHORT = 4_000
_SHORT_TEXT = 300


def brief(name: str, value: Any, context: Context, shown: tuple[str, ...] = ()) -> str:
    """Return `name: type` and a short summary; of secrets and the environment the type alone.

    Parameters
    ----------
    name : str
    value : Any
    context : Context
    shown : tuple of str
        Sources that the prompt contains already.
    """
    try:
        return _brief(name, value, context, shown)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a user's object may raise from anything
        return f"{name}: {kind_of(value)}, which can't be read: {type_name(error)}"


def code_kind(value: Any) -> str:
    """Return "module", "class", "function" or "callable object"; "" for any other value."""
    if is_a(value, ModuleType):
        return "module"
    if is_a(value, type):
        return "class"
    if is_a(value, *ROUTINES):
        return "function"
    return "callable object" if callable(value) else ""


def own_attributes(value: Any) -> dict[str, Any]:
    """Return an object's own attributes, read without running code of its class."""
    if issubclass(type(value), type | ModuleType):
        return {}
    own = tried(lambda: object.__getattribute__(value, "__dict__"), None)
    return own if type(own) is dict else {}


def _brief(name: str, value: Any, context: Context, shown: tuple[str, ...]) -> str:
    kind = kind_of(value)
    own = name.partition(" ")[0].rpartition(".")[2]
    if (
        is_a(value, os._Environ)  # noqa: SLF001 - the type of os.environ
        or is_secret(name, value)
        or context.privacy.hides(own)
    ):
        return f"{name}: {kind}, its value withheld"
    if is_a(value, type, *ROUTINES):
        return f"{name}: {_callable(value, context, shown)}"
    if is_a(value, str) and context.privacy.rows:
        text = context.values.hide_words(plain(value))
        more = f", {len(text):,} characters" if len(text) > _SHORT_TEXT else ""
        return f"{name}: str{more} {cut_middle(clip(text, 4 * _SHORT_TEXT), _SHORT_TEXT)!r}"
    return f"{name}: {_summary(kind, value, context)}"


def _summary(kind: str, value: Any, context: Context) -> str:
    try:
        summary = cut_middle(context.schema_of(value), _SHORT)
    except PromptError:
        return f"{kind} of length {len(value):,}" if is_a(value, bytes, bytearray) else kind
    # The summary of data begins with its type.
    return summary if summary.startswith(kind) else f"{kind} {summary}"


def signature(value: Any, *, names_alone: bool = False) -> str:
    """Return a function or class with its parameters: ``function f(a, b=2)``.

    Parameters
    ----------
    value : callable
    names_alone : bool
        Leave defaults and annotations out, which may hold values.
    """
    kind = "class" if is_a(value, type) else "function"
    name = tried(lambda: plain(value.__name__), "?")

    def called() -> str:
        found = inspect.signature(value)
        if names_alone:
            empty = inspect.Parameter.empty
            each = found.parameters.values()
            found = inspect.Signature([p.replace(default=empty, annotation=empty) for p in each])
        return str(found)

    # Builtins have no signature; defaults may be large, and their reprs may raise.
    return f"{kind} {name}{cut_middle(tried(called, '(…)'), _SHORT_TEXT)}"


def _callable(value: Any, context: Context, shown: tuple[str, ...]) -> str:
    """Return the signature, and the source of the user's own code."""
    own = tried(lambda: value.__module__ == "__main__", otherwise=False)
    source = source_of(value, context) if own else ""
    called = signature(value, names_alone=context.privacy.has_limits)
    if not source or any(source in text for text in shown):
        return called
    return f"{called}\n{cut_middle(source, _SHORT)}"


def kind_of(value: Any) -> str:
    """Return the name of a value's type, as prompts show it."""
    return "None" if value is None else type_name(value)


def source_of(value: Any, context: Context) -> str:
    """Return the source of a function or class, "" without one.

    Python finds a class's source by its module's file. A session has no such file: there
    the last cell with a class of this name is searched.
    """
    if source := definition(value):
        return source.rstrip()
    if not is_a(value, type) or tried(lambda: value.__module__, "") != "__main__":
        return ""
    found = (_class_in(cell.source, value.__name__) for cell in context.cells())
    return next((source for source in found if source), "")


def _class_in(source: str, name: str) -> str:
    """Return the definition of a class in a cell's source, with its decorators; "" for none."""
    inside = r"(?:\n(?:[ \t]*$|\1[ \t)].*))*"
    begins = rf"^([ \t]*)(?:@.*\n\1)*class {re.escape(name)}\b.*"
    found = re.search(begins + inside, source, re.MULTILINE)
    return found[0].rstrip() if found else ""
