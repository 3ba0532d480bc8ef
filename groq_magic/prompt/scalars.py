"""Kinds of values: scalars, a library's types, and values whose parts can be searched."""

from __future__ import annotations

import enum
import sys
from types import BuiltinFunctionType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any

from groq_magic.clipping import is_a, tried, type_name

__all__ = ["can_be_searched", "is_of", "is_scalar"]

# Dates, decimals and paths; pandas' dates are subclasses of Python's.
_SCALAR_MODULES = frozenset({"datetime", "decimal", "fractions", "ipaddress", "pathlib", "uuid"})
_SCALARS = (int, float, complex, type(None), enum.Enum)

_NAMED = (BuiltinFunctionType, FunctionType, MethodType, ModuleType, type)


def is_of(value: Any, module: str, *kinds: str) -> bool:
    """Whether a value is an instance of these classes of a library; False if it isn't loaded."""
    loaded = sys.modules.get(module)
    return loaded is not None and is_a(value, *(getattr(loaded, kind) for kind in kinds))


def is_scalar(value: Any) -> bool:
    """Whether a value is one number, date, path or the like."""
    # A class whose metaclass misbehaves may raise.
    return tried(lambda: _is_scalar(value), otherwise=False)


def _is_scalar(value: Any) -> bool:
    if is_a(value, enum.Enum) or is_of(value, "pandas", "Period"):
        return True
    if is_a(value, str, bytes) or is_of(value, "numpy", "void"):
        return False
    if is_a(value, *_SCALARS) or is_of(value, "numpy", "generic"):
        return True
    if type_name(value) == "NAType":  # pandas' missing value, whose type is not public
        return True
    return any(kind.__module__.split(".")[0] in _SCALAR_MODULES for kind in type(value).__mro__)


def can_be_searched(value: Any) -> bool:
    """Whether a value's repr shows only its attributes, which are searched for private values.

    Objects with slots, or implemented in C, may contain more; a scalar contains nothing else.
    """
    return tried(lambda: _can_be_searched(value), otherwise=False)


def _can_be_searched(value: Any) -> bool:
    if is_scalar(value) or is_a(value, *_NAMED):
        return True
    own = tried(lambda: object.__getattribute__(value, "__dict__"), None)
    kinds = type.__dict__["__mro__"].__get__(type(value))
    members = (
        name
        for kind in kinds
        for name, member in kind.__dict__.items()
        if is_a(member, MemberDescriptorType)
    )
    return is_a(own, dict) and all(name.startswith("__") for name in members)
