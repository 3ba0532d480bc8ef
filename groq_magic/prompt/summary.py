"""Describe values for a prompt: small ones whole, data as a summary."""

from __future__ import annotations

import enum
import inspect
import sys
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, cut, flat, is_a, plain, safe_repr, tried, type_name
from groq_magic.errors import PromptError
from groq_magic.prompt.privacy import Description, Extent
from groq_magic.prompt.scalars import can_be_searched, is_of, is_scalar
from groq_magic.prompt.summary_array import describe_array
from groq_magic.prompt.summary_nested import describe_nested, is_nested
from groq_magic.prompt.summary_polars import (
    describe_lazy_frame,
    describe_polars_series,
    describe_polars_table,
)
from groq_magic.prompt.summary_table import describe_index, describe_series, describe_table

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["definition", "describe", "is_data", "scalar_text"]

# About 25,000 tokens: more than the tokens a minute of most plans.
_LONGEST_TEXT = 100_000
_LONGEST_REPR = 4_000
_DATA: tuple[tuple[str, str, Callable[[Any, Extent], Description]], ...] = (
    ("pandas", "DataFrame", describe_table),
    ("pandas", "Series", describe_series),
    ("pandas", "Index", describe_index),
    ("polars", "DataFrame", describe_polars_table),
    ("polars", "Series", describe_polars_series),
    ("polars", "LazyFrame", describe_lazy_frame),
    ("numpy", "ndarray", describe_array),
)


def describe(value: Any, extent: Extent | None = None) -> Description:
    """Return a value as a prompt shows it.

    A string is shown as it is, cut with a mark at 100,000 characters. Frames, series,
    arrays and nested data take at most 4,000 characters: small ones are shown in full,
    others by shape, profile and some values. Functions and classes are shown by
    their source, anything else by its bounded repr.

    Parameters
    ----------
    value : Any
        A value of the user; it may be huge, recursive or raise.
    extent : Extent, optional
        How much of it is shown.

    Raises
    ------
    PromptError
        For bytes, and for methods, which would need a call.
    """
    extent = extent or Extent()
    try:
        found = _own(value, extent) or _describe(value, extent)
    except (KeyboardInterrupt, PromptError):
        raise
    except BaseException:  # noqa: BLE001 - a user's class may raise anything, at any place
        found = _opaque(value, extent)
    return found.with_body(cut(found.body, _LONGEST_TEXT))


def scalar_text(value: Any) -> str:
    """Return a scalar's `str` in one line."""
    # An Enum may be a text too; it is shown as an f-string shows it.
    return flat(safe_str(value) if is_a(value, enum.Enum) else value, _LONGEST_REPR)


def safe_str(value: Any) -> str:
    """Return `str(value)`, or its repr if that raises."""
    return tried(lambda: plain(str(value)), None) or safe_repr(value, _LONGEST_REPR)


def is_data(value: Any) -> bool:
    """Whether a value has rows: a table, an array or nested data."""
    return is_nested(value) or any(is_of(value, module, kind) for module, kind, _ in _DATA)


def _own(value: Any, extent: Extent) -> Description | None:
    """Describe a value by its own `_repr_llm_()`, which ignores limits."""
    if extent.rows_of(1) == 0 or is_a(value, type):
        return None
    method = tried(lambda: getattr(type(value), "_repr_llm_", None), None)
    text: Any = None if method is None else tried(lambda: method(value), None)
    return Description(type_name(value), "", plain(text)) if is_a(text, str) else None


def _describe(value: Any, extent: Extent) -> Description:
    if is_scalar(value):
        return Description(type_name(value), "", scalar_text(value))
    if is_a(value, str):
        text = plain(value)
        return Description("str", f"{len(text):,} characters", text)
    if is_a(value, bytes, bytearray, memoryview):
        raise PromptError("It is binary.", "Decode it to text first.")
    if is_a(value, MethodType, BuiltinFunctionType) and not is_a(value.__self__, ModuleType):
        raise PromptError(
            "It is a method; calls aren't allowed in prompts.",
            "Assign its result to a variable, and name that here.",
        )
    for module, kind, summary in _DATA:
        if is_of(value, module, kind):
            return summary(value, extent)
    if _is_pandas_array(value):
        found = describe_series(sys.modules["pandas"].Series(value), extent)
        return Description(type_name(value), found.facts, found.body, opening=found.opening)
    if is_of(value, "numpy", "void") and value.dtype.names:
        return describe_nested(dict(zip(value.dtype.names, value.tolist(), strict=True)), extent)
    return describe_nested(value, extent) if is_nested(value) else _single(value, extent)


def _single(value: Any, extent: Extent) -> Description:
    if is_a(value, ModuleType):
        # Its repr has its folder on this machine.
        return Description("module", "", f"module {clip(value.__name__, 200)}")
    if is_a(value, FunctionType, type):
        source, kind = definition(value), "class" if is_a(value, type) else "function"
        if source:
            return Description(kind, "", cut(source, _LONGEST_REPR), language="python")
    return _opaque(value, extent)


def _opaque(value: Any, extent: Extent) -> Description:
    """Describe a value by its repr, if that may show values; else by its type."""
    is_known = not extent.privacy.private or (
        can_be_searched(value) and not tried(lambda: is_data(value), otherwise=True)
    )
    if extent.values and is_known:
        return Description(type_name(value), "", safe_repr(value, _LONGEST_REPR))
    return Description(type_name(value), "", "", opening=type_name(value))


def _is_pandas_array(value: Any) -> bool:
    """Whether a value is a column's array in pandas, such as a Categorical."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and is_a(value, pandas.api.extensions.ExtensionArray)


def definition(value: Any) -> str:
    """Return the source of a function or class, "" without one.

    A lambda is without one: Python knows only its lines, which may contain other code.

    Parameters
    ----------
    value : function or class
    """

    def read() -> str:
        code = getattr(inspect.unwrap(value), "__code__", None)
        return "" if getattr(code, "co_name", "") == "<lambda>" else inspect.getsource(value)

    return tried(read, "")  # `__wrapped__` may raise too
