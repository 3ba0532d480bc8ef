"""What a value looks like in a prompt: whole where it is small, a summary where it is data."""

from __future__ import annotations

import inspect
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, cut, flat, is_a, plain, safe_repr, tried
from groq_magic.errors import PromptError
from groq_magic.prompt.summary_array import summarise_array
from groq_magic.prompt.summary_nested import is_nested, is_of, summarise_nested
from groq_magic.prompt.summary_table import summarise_index, summarise_series, summarise_table

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["definition", "summarise"]

# About 25,000 tokens: more than a minute's quota on most tiers.
_LONGEST_TEXT = 100_000
_LONGEST_REPR = 4_000
_DATA: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("pandas", "DataFrame", summarise_table),
    ("pandas", "Series", summarise_series),
    ("pandas", "Index", summarise_index),
    ("numpy", "ndarray", summarise_array),
    ("numpy", "generic", lambda value: cut(str(value), _LONGEST_REPR)),
)
# Dates, decimals and paths, whose repr is the call that makes them; pandas' dates are subclasses.
_SAY_IT_BETTER_AS_TEXT = frozenset({"datetime", "decimal", "fractions", "pathlib", "uuid"})


def summarise(value: Any) -> str:
    """Return a value as the text that a prompt gets.

    A string is itself, cut at 100,000 characters with a mark that says so.
    Frames, series, arrays and nested data become at most 4,000 characters: in
    full where they are small, otherwise their shape, a profile and a part.
    Functions and classes are their source; anything else is its bounded repr.

    Parameters
    ----------
    value : Any
        Of the user's namespace; it may be huge, recursive or raise.

    Raises
    ------
    PromptError
        For bytes, and for methods, which would need a call.
    """
    try:
        text = _summary(value)
    except (KeyboardInterrupt, PromptError):
        raise
    except BaseException:  # noqa: BLE001 - a user's class may raise anything, at any place
        text = safe_repr(value, _LONGEST_REPR)
    return cut(text, _LONGEST_TEXT)


def _summary(value: Any) -> str:
    if is_a(value, str):
        return plain(value)
    if is_a(value, bytes, bytearray, memoryview):
        raise PromptError("It is binary.", "Decode it to text first.")
    if is_a(value, MethodType, BuiltinFunctionType) and not is_a(value.__self__, ModuleType):
        raise PromptError(
            "It is a method, and no calls are made in prompts.",
            "Give its result a name, and put that between the braces.",
        )
    data = _data(value)
    if data is not None:
        return data
    return summarise_nested(value) if is_nested(value) else _single(value)


def _data(value: Any) -> str | None:
    """Summarise what pandas and numpy know, where they are loaded."""
    for module, kind, summary in _DATA:
        if is_of(value, module, kind):
            return summary(value)
    return None


def _single(value: Any) -> str:
    if is_a(value, ModuleType):
        return f"module {clip(value.__name__, 200)}"  # its repr tells where it lies on this machine
    if is_a(value, FunctionType, type):
        source = definition(value)
        return cut(source, _LONGEST_REPR) if source else safe_repr(value, _LONGEST_REPR)
    if any(kind.__module__.split(".")[0] in _SAY_IT_BETTER_AS_TEXT for kind in type(value).__mro__):
        return flat(value, _LONGEST_REPR)
    return safe_repr(value, _LONGEST_REPR)


def definition(value: Any) -> str:
    """Return the source of a function or class, "" where there is none.

    Of a lambda there is none: Python knows no more than the lines that it
    stands on, and on these may stand what nobody named.

    Parameters
    ----------
    value : function or class
    """

    def read() -> str:
        code = getattr(inspect.unwrap(value), "__code__", None)
        return "" if getattr(code, "co_name", "") == "<lambda>" else inspect.getsource(value)

    return tried(read, "")  # where there is none, and where `__wrapped__` raises
