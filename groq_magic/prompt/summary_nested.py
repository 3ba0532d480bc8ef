"""Dicts, lists and what else holds values, in prompts."""

from __future__ import annotations

import dataclasses
import sys
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, flat, is_a, plain, safe_repr, tried, type_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["is_nested", "is_of", "summarise_nested"]

_LONGEST = 4_000
_LONGEST_VALUE = 200
_DEEPEST = 6
_SEQUENCES = (list, tuple, set, frozenset, deque)
_BRACKETS = ((list, "[", "]"), (tuple, "(", ")"))
_LEFT_OUT = "…"


def is_nested(value: Any) -> bool:
    """Whether `summarise_nested` knows how to look into it."""
    return is_a(value, dict, *_SEQUENCES) or _is_dataclass(value)


def is_of(value: Any, module: str, *kinds: str) -> bool:
    """Whether a value is of these classes of a library; one that isn't loaded has no values."""
    loaded = sys.modules.get(module)
    return loaded is not None and is_a(value, *(getattr(loaded, kind) for kind in kinds))


def summarise_nested(value: Any) -> str:
    """Return nested data as Python writes it, in at most 4,000 characters.

    Where it doesn't fit, it is said how many items there are, and items,
    depth and long texts are left out where an ellipsis stands.
    """
    outline = _Outline(_LONGEST - 100)
    text = tried(lambda: "".join(outline.pieces(value, 0)), None)
    if text is None:
        return safe_repr(value, _LONGEST)
    if not outline.partial:
        return text
    items = tried(lambda: f" of {len(value):,} items", "")
    return f"{type_name(value)}{items}, in part:\n{text}"


class _Outline:
    """Writes until its room is used up."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.partial = False
        self._within: list[int] = []

    def pieces(self, value: Any, depth: int) -> Iterator[str]:
        if not is_nested(value):
            yield self._written(self._leaf(value))
        elif id(value) in self._within:
            yield self._written("<itself>")
        elif depth >= _DEEPEST:
            self.partial = True
            yield self._written(f"<{type_name(value)}{_LEFT_OUT}>")
        else:
            self._within.append(id(value))
            yield from self._container(value, depth)
            self._within.pop()

    def _container(self, value: Any, depth: int) -> Iterator[str]:
        opening, closing = _brackets(value)
        yield self._written(opening)
        # What is one of many must leave room for its neighbours.
        share = max(_LONGEST_VALUE, self.room // 3) if depth else self.room
        end = self.room - share
        for index, (label, item) in enumerate(_items(value)):
            if index:
                yield self._written(", ")
            if self.room <= max(end, _LONGEST_VALUE):
                self.partial = True
                yield self._written(_LEFT_OUT)
                break
            yield self._written(label)
            yield from self.pieces(item, depth + 1)
        else:
            if is_a(value, tuple) and tuple.__len__(value) == 1 and opening == "(":
                yield self._written(",")
        yield self._written(closing)

    def _leaf(self, value: Any) -> str:
        if is_a(value, str):
            text = plain(value)
            if len(text) > _LONGEST_VALUE:
                self.partial = True
            return repr(clip(text, _LONGEST_VALUE))
        if is_a(value, bytes, bytearray, memoryview):
            return tried(lambda: f"<{len(value):,} bytes>", f"<{type_name(value)}>")
        if shape := tried(lambda: _shape(value), ""):
            return f"<{type_name(value)} {shape}>"
        text = safe_repr(value, 10 * _LONGEST_VALUE)
        if len(text) > _LONGEST_VALUE:
            self.partial = True
        return flat(text, _LONGEST_VALUE)

    def _written(self, text: str) -> str:
        self.room -= len(text)
        return text


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    if is_a(value, dict):
        for key, item in islice(value.items(), _LONGEST):
            yield f"{flat(safe_repr(key, 1000), 100)}: ", item
    elif _is_dataclass(value):
        for field in dataclasses.fields(value):
            yield f"{field.name}=", _attribute(value, field.name)
    elif _is_named_tuple(value):
        for name, item in zip(value._fields, value, strict=True):
            yield f"{name}=", item
    else:
        for item in _in_order(value):
            yield "", item


def _in_order(value: Any) -> Iterable[Any]:
    """Return the first items; a set's sorted, since its own order differs from run to run."""
    items = islice(value, _LONGEST)
    if not is_a(value, set, frozenset):
        return items
    some = list(items)
    in_order = tried(lambda: sorted(some), None)
    if in_order is None:
        return sorted(some, key=lambda item: safe_repr(item, _LONGEST_VALUE))
    return in_order


def _is_dataclass(value: Any) -> bool:
    # An instance alone: a class's type has no fields, unless its metaclass makes them up.
    is_one = tried(lambda: dataclasses.is_dataclass(type(value)), otherwise=False)
    return is_one and not is_a(value, type)


def _is_named_tuple(value: Any) -> bool:
    return is_a(value, tuple) and tried(lambda: hasattr(type(value), "_fields"), otherwise=False)


class _Unreadable:
    """What stands for an attribute that could not be read."""

    def __init__(self, error: str) -> None:
        self.error = error

    def __repr__(self) -> str:
        return f"<reading it raised {self.error}>"


def _attribute(value: Any, name: str) -> Any:
    try:
        return getattr(value, name, None)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a user's property may raise anything
        return _Unreadable(type_name(error))


def _brackets(value: Any) -> tuple[str, str]:
    name = type_name(value)
    if _is_dataclass(value) or _is_named_tuple(value):
        return f"{name}(", ")"
    for kind, opening, closing in _BRACKETS:
        if is_a(value, kind):
            return opening, closing
    if is_a(value, dict) or (is_a(value, set) and set.__len__(value)):
        return "{", "}"
    return f"{name}(", ")"


def _shape(value: Any) -> str:
    """Return the shape of a frame, series or array inside other data."""
    if not is_of(value, "pandas", "DataFrame", "Series", "Index") and not is_of(
        value, "numpy", "ndarray"
    ):
        return ""
    return " × ".join(f"{n:,}" for n in value.shape)  # noqa: RUF001 - a multiplication sign
