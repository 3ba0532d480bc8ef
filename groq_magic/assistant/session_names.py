"""The names and types of a session, and what it imports."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.assistant.values import typed_name
from groq_magic.clipping import is_a, tried

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["imports_in_use", "session_names", "user_names"]

_IPYTHONS_OWN = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})
_MOST = 200


def user_names(namespace: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names that the user made: IPython's own and underscored ones are left out."""
    return tuple(n for n in namespace if not n.startswith("_") and n not in _IPYTHONS_OWN)


def session_names(namespace: Mapping[str, Any]) -> list[str]:
    """Return a line for each of the user's variables, functions and classes: names and types."""
    lines = []
    for name in user_names(namespace):
        value = namespace[name]
        if not _imported(name, value):
            lines.append(typed_name(name, value))
    return lines[-_MOST:]


def imports_in_use(namespace: Mapping[str, Any]) -> list[str]:
    """Return the imports that gave the session its modules, functions and classes."""
    found = (_imported(name, namespace[name]) for name in user_names(namespace))
    return sorted({line for line in found if line})


def _imported(name: str, value: Any) -> str:
    return tried(lambda: _import_of(name, value), "")


def _import_of(name: str, value: Any) -> str:
    if is_a(value, ModuleType):
        module = value.__name__
        if module == name:
            return f"import {module}"
        return f"import {module} as {name}"
    # What was defined here has __main__; a plain value has no module of its own.
    owner = getattr(value, "__module__", None) if callable(value) else None
    made = getattr(value, "__name__", None)
    if not isinstance(owner, str) or owner == "__main__" or not isinstance(made, str):
        return ""
    return "".join(_from(owner, made, name))


def _from(module: str, made: str, name: str) -> Iterator[str]:
    yield f"from {module} import {made}"
    if made != name:
        yield f" as {name}"
