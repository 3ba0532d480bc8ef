"""Describe a session's names by type, never by value."""

from __future__ import annotations

import re
from itertools import islice
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.assistant.names import names_set
from groq_magic.assistant.values import kind_of, signature
from groq_magic.clipping import is_a, tried
from groq_magic.errors import PromptError
from groq_magic.prompt.expression import user_names
from groq_magic.prompt.named_secrets import is_secret
from groq_magic.prompt.privacy import Extent, Privacy
from groq_magic.prompt.summary import is_data
from groq_magic.prompt.summary_column import dtype_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from groq_magic.assistant.cell import Context

__all__ = ["describe_variable", "imports_in_use", "name_with_type", "names_in", "session_names"]

_COLUMNS = 30
_MOST_NAMES = 200
_MOST_CELLS = 300
_BRACES = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
# English words, unless they are written as code.
_WORDS = frozenset({"a", "A", "I"})
_AS_CODE = re.compile(r"`([^\W\d]\w*)`|\b([^\W\d]\w*)(?=[\[(]|\.\w)")


def names_in(text: str, namespace: Mapping[str, Any]) -> list[str]:
    """Return the user's variables that a text names outside of braces, in its order."""
    text = _BRACES.sub(" ", text)
    as_code = {one or other for one, other in _AS_CODE.findall(text)}
    known = set(user_names(namespace))
    words = dict.fromkeys(_NAME.findall(text))
    return [word for word in words if word in known and (word not in _WORDS or word in as_code)]


def describe_variable(name: str, context: Context) -> str:
    """Return the description of a variable: its type, or the schema of data."""
    value = context.namespace[name]
    if is_secret(name, value) or context.privacy.hides(name):
        return f"{kind_of(value)}, its value withheld"
    if found := _import_of(name, value):
        return found
    if is_data(value):
        try:
            return context.schema_of(value)
        except PromptError:
            pass  # a value that can't be summarised still has a type
    return name_with_type(name, value, context.privacy).removeprefix(f"{name}: ")


def session_names(context: Context, *, without: Collection[str] = ()) -> list[str]:
    """Return a line for each of the user's variables, functions and classes, the newest first.

    Parameters
    ----------
    context : Context
    without : collection of str
        Names that are left out.
    """
    space = context.namespace
    names = [n for n in user_names(space) if n not in without and not _import_of(n, space[n])]
    return [name_with_type(n, space[n], context.privacy) for n in _newest_first(names, context)]


def _newest_first(names: list[str], context: Context) -> list[str]:
    """Return names, sorted by the cell that set them last, the newest first."""
    cells = (names_set(cell.source.split("\n")) for cell in islice(context.cells(), _MOST_CELLS))
    ages: dict[str, int] = {}
    for age, found in enumerate(cells):
        for name in found:
            ages.setdefault(name, age)
    # Sorting is stable: names set by one cell stay newest first.
    newest = list(reversed(names))
    return sorted(newest, key=lambda name: ages.get(name, _MOST_CELLS))[:_MOST_NAMES]


def name_with_type(name: str, value: Any, privacy: Privacy | None = None) -> str:
    """Return `name: type`, with columns and shape if it has any; no value."""
    privacy = privacy or Privacy()
    return tried(lambda: _name_with_type(name, value, privacy), f"{name}: {kind_of(value)}")


def _name_with_type(name: str, value: Any, privacy: Privacy) -> str:
    kind = kind_of(value)
    if is_a(value, FunctionType, type):
        return f"{name}: {signature(value, names_alone=True)}"
    shape = getattr(value, "shape", None) if kind in {"DataFrame", "Series", "ndarray"} else None
    if kind == "DataFrame":
        return f"{name}: DataFrame, {len(value):,} rows; columns: {_columns(value, privacy)}"
    if isinstance(shape, tuple):
        return f"{name}: {kind} of {dtype_text(value.dtype, Extent(privacy))}, shape {shape}"
    if is_a(value, list, tuple, set, frozenset, dict):
        return f"{name}: {kind} of {len(value):,} items"
    return f"{name}: {kind}"


def _columns(frame: Any, privacy: Privacy) -> str:
    if privacy.hides_any(getattr(frame.columns, "names", ())):
        return f"{len(frame.columns):,}, named by private values"
    pairs = list(zip(frame.columns, frame.dtypes, strict=True))
    shown = ", ".join(
        f"{name} ({dtype_text(dtype, Extent(privacy))})" for name, dtype in pairs[:_COLUMNS]
    )
    return shown + (f" and {len(pairs) - _COLUMNS} more" if len(pairs) > _COLUMNS else "")


def imports_in_use(namespace: Mapping[str, Any], *, without: Collection[str] = ()) -> list[str]:
    """Return the imports that gave the session its modules, functions and classes.

    Parameters
    ----------
    namespace : Mapping of str to Any
    without : collection of str
        Names that are left out.
    """
    names = (name for name in user_names(namespace) if name not in without)
    found = {_import_of(name, namespace[name]) for name in names}
    return sorted(found - {""})


def _import_of(name: str, value: Any) -> str:
    """Return the import that set a name, "" if it was defined in the session."""

    def read() -> str:
        original = getattr(value, "__name__", None)
        renamed = "" if original == name else f" as {name}"
        if is_a(value, ModuleType):
            return f"import {original}{renamed}"
        # Definitions of the session have `__main__`; a plain value has no module of its own.
        owner = getattr(value, "__module__", None) if callable(value) else None
        if not isinstance(owner, str) or owner == "__main__" or not isinstance(original, str):
            return ""
        return f"from {owner} import {original}{renamed}"

    return tried(read, "")  # a user's object may raise anything
