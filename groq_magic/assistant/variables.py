"""The variables that a failing line names, in short."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.assistant.message import type_name
from groq_magic.assistant.names import attributes_on, names_on
from groq_magic.assistant.session_names import user_names
from groq_magic.assistant.step import steps_of
from groq_magic.assistant.values import brief, own_attributes
from groq_magic.clipping import is_a, plain, tried
from groq_magic.prompt.expression import attributes_of, near

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from groq_magic.assistant.step import Step
    from groq_magic.assistant.surroundings import Surroundings

__all__ = ["hints", "involved", "versions"]

_STEPS = 2
_MOST_LIBRARIES = 6


def involved(
    error: BaseException, known: Surroundings, shown: tuple[str, ...] = ()
) -> dict[str, str]:
    """Return the variables that the failing lines name, each in short.

    Of the two innermost steps of the user's own code: a function's locals,
    and what it was called with. `shown` are the sources that the prompt holds.
    """
    steps, _ = steps_of(error.__traceback__, known)
    own = [step for step in steps if step.kind != "library"]
    found: dict[str, str] = {}
    for step in reversed(own[-_STEPS:]):
        within = f" (in {step.function})" if step.function else ""
        for name, value in _values(step).items():
            if not issubclass(type(value), ModuleType):
                found.setdefault(name, brief(f"{name}{within}", value, known, shown))
    return found


def hints(error: BaseException, known: Surroundings) -> str:
    """Return what is nearly called like the name or attribute that is missing."""
    if isinstance(error, NameError) and isinstance(name := error.name, str):
        meant = near(name, user_names(known.namespace))
        return f"There is a {brief(meant, known.namespace[meant], known)}" if meant else ""
    if isinstance(error, AttributeError) and isinstance(name := error.name, str):
        meant = near(name, attributes_of(error.obj))
        kind = type_name(type(error.obj))
        return f"A {kind} has an attribute `{meant}`." if meant else ""
    return ""


def versions(error: BaseException | None, known: Surroundings) -> str:
    """Return Python's version and those of the libraries that had part in it."""
    tops: dict[str, None] = {}
    if error is not None:
        steps, _ = steps_of(error.__traceback__, known)
        for step in steps:
            if step.kind == "library":
                tops[step.where.partition("/")[0]] = None
            for value in _values(step).values() if step.kind != "library" else ():
                tops[_owner(value).partition(".")[0]] = None
        tops[tried(lambda: plain(type(error).__module__), "").partition(".")[0]] = None
    told = [f"{top} {version}" for top in tops if (version := _version(top))]
    python = ".".join(map(str, sys.version_info[:3]))
    return ", ".join([f"Python {python}", *told[:_MOST_LIBRARIES]])


def _owner(value: Any) -> str:
    """Return the name of the module that defines a value; "" if it is unknown."""
    own = is_a(value, ModuleType)
    return tried(lambda: plain(value.__name__ if own else type(value).__module__), "")


def _values(step: Step) -> Mapping[str, Any]:
    """Return the values that a step's line names: variables, and what their objects hold."""
    inner, outer = step.frame.f_locals, step.frame.f_globals
    found: dict[str, Any] = {}
    for name in names_on(step):
        if name in inner or name in outer:
            found[name] = inner[name] if name in inner else outer[name]
    return {**found, **dict(_held(attributes_on(step), found))}


def _held(pairs: Iterable[tuple[str, str]], found: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return attributes that can be read without running anything: an object's own."""
    held = []
    for name, attribute in pairs:
        own = own_attributes(found.get(name))
        if attribute in own:
            held.append((f"{name}.{attribute}", own[attribute]))
    return held


def _version(top: str) -> str:
    module = sys.modules.get(top)
    said_already = top in sys.stdlib_module_names or top == "IPython"
    version = None if said_already else getattr(module, "__version__", None)
    return version if isinstance(version, str) and len(version) < 40 else ""  # noqa: PLR2004 - a version, not a text
