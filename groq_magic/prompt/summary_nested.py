"""Nested data in prompts: dicts, lists, tuples, sets, dataclasses."""

from __future__ import annotations

import dataclasses
from collections import Counter, deque
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, count_of, flat, is_a, plain, safe_repr, tried, type_name
from groq_magic.prompt.privacy import PRIVATE, Description
from groq_magic.prompt.scalars import can_be_searched, is_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from groq_magic.prompt.privacy import Extent

__all__ = ["describe_nested", "is_nested", "items_of", "outline"]

_LONGEST = 4_000
_LONGEST_VALUE = 200
_DEEPEST = 6
_MOST_KEYS = 30
_MOST_WHOLE = 20
_MOST_TYPES = 6
_SEQUENCES = (list, tuple, set, frozenset, deque)
_VALUES: type = type({}.values())
_PAIRS: type = type({}.items())
# Views and proxies of a dict.
_OF_DICTS: tuple[type, ...] = (MappingProxyType, type({}.keys()), _VALUES, _PAIRS)
_BRACKETS = ((list, "[", "]"), (tuple, "(", ")"))
_LEFT_OUT = "…"


def is_nested(value: Any) -> bool:
    """Whether `describe_nested` can show a value's items."""
    return is_a(value, dict, *_SEQUENCES, *_OF_DICTS) or _is_dataclass(value)


def describe_nested(value: Any, extent: Extent) -> Description:
    """Return nested data as Python writes it, in at most 4,000 characters.

    An ellipsis replaces items, levels and texts that don't fit or may not be shown.

    Parameters
    ----------
    value : Any
        A value that `is_nested` accepts.
    extent : Extent
    """
    kind = type_name(value)
    facts = tried(lambda: count_of(len(value), "item"), "")
    if not extent.values or extent.rows == 0:
        return Description(kind, facts, _schema(value, extent), opening=f"{kind}, {facts}")
    writer = _Outline(_LONGEST - 100, extent)
    text = tried(lambda: "".join(writer.pieces(value, 0)), None)
    if text is None:
        # Its repr may show what is private.
        text = f"<{kind}>" if extent.privacy.has_limits else safe_repr(value, _LONGEST)
    elif writer.partial:
        of = f" of {facts}" if facts else ""
        return Description(kind, facts, text, opening=f"{kind}{of}, in part:")
    return Description(kind, facts, text)


def outline(value: Any, extent: Extent) -> str:
    """Return nested data as text without a heading."""
    return describe_nested(value, extent).text


class _Outline:
    """Writes nested data until the room is used up."""

    def __init__(self, room: int, extent: Extent) -> None:
        self.room = room
        self.partial = False
        self._extent = extent
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
        # One of many items leaves room for the others.
        share = max(_LONGEST_VALUE, self.room // 3) if depth else self.room
        end = self.room - share
        most = self._most(value)
        for index, (label, name, item) in enumerate(items_of(value)):
            if index:
                yield self._written(", ")
            if self.room <= max(end, _LONGEST_VALUE) or index == most:
                self.partial = True
                yield self._written(_LEFT_OUT)
                break
            yield self._written(label)
            if self._extent.privacy.hides(name):
                yield self._written(PRIVATE)
            else:
                yield from self.pieces(item, depth + 1)
        else:
            if is_a(value, tuple) and tuple.__len__(value) == 1 and opening == "(":
                yield self._written(",")
        yield self._written(closing)

    def _most(self, value: Any) -> int:
        """Return the number of items to show; all fields of a record."""
        if _is_dataclass(value) or _is_named_tuple(value):
            return _LONGEST
        size = tried(lambda: len(value), None)
        # The keys of a record are columns, not rows.
        if is_a(value, dict) and size is not None and size <= _MOST_WHOLE:
            return size
        # An unknown length counts as a large one.
        return self._extent.rows_of(_LONGEST if size is None else size)

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
        if self._extent.privacy.private and not can_be_searched(value):
            return f"<{type_name(value)}>"
        text = safe_repr(value, 10 * _LONGEST_VALUE)
        if len(text) > _LONGEST_VALUE:
            self.partial = True
        return flat(text, _LONGEST_VALUE)

    def _written(self, text: str) -> str:
        self.room -= len(text)
        return text


def _schema(value: Any, extent: Extent) -> str:
    """Return the types of nested data, and the keys that all records of a list share.

    The keys of a single dict may be data, such as an index: they are shown only if
    values may be.
    """
    return tried(lambda: _schema_of(value, extent), "")


def _schema_of(value: Any, extent: Extent) -> str:
    if _is_dataclass(value) or _is_named_tuple(value):
        return _keys_line([(name, item) for _, name, item in items_of(value)])
    if is_a(value, dict):
        named = extent.values and dict.__len__(value) <= _MOST_KEYS
        pairs = [(key, item) for _, key, item in items_of(value)]
        return _keys_line(pairs) if named else _types_line([item for _, item in pairs])
    items = list(islice(value, _LONGEST))
    if len(items) > 1 and all(is_a(item, dict) for item in items):
        keys = [tuple(dict.keys(item)) for item in items]
        if len(keys[0]) <= _MOST_KEYS and all(set(each) == set(keys[0]) for each in keys):
            return f"each with {_keys_line(list(dict.items(items[0])))}"
    return _types_line(items)


def _keys_line(pairs: list[tuple[Any, Any]]) -> str:
    return ", ".join(f"{flat(key, 100)} ({type_name(item)})" for key, item in pairs)


def _types_line(items: list[Any]) -> str:
    counts = Counter(map(type_name, items)).most_common(_MOST_TYPES)
    return ", ".join(f"{count:,} {name}" for name, count in counts)


def items_of(value: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield for each item the text before it, its key or name (None for neither), and the item."""
    if is_a(value, dict, MappingProxyType, _VALUES, _PAIRS):
        pairs = value.mapping.items() if is_a(value, _VALUES, _PAIRS) else value.items()
        for key, item in islice(pairs, _LONGEST):
            named = not is_a(value, _VALUES)
            yield f"{flat(safe_repr(key, 1000), 100)}: " if named else "", key, item
    elif _is_dataclass(value):
        for field in dataclasses.fields(value):
            yield f"{field.name}=", field.name, _attribute(value, field.name)
    elif _is_named_tuple(value):
        for name, item in zip(value._fields, value, strict=True):
            yield f"{name}=", name, item
    else:
        for item in _in_order(value):
            yield "", None, item


def _in_order(value: Any) -> Iterable[Any]:
    """Return the first items; those of a set sorted, as its own order changes with each run."""
    items = islice(value, _LONGEST)
    if not is_a(value, set, frozenset):
        return items
    some = list(items)
    in_order = tried(lambda: sorted(some), None)
    if in_order is None:
        return sorted(some, key=lambda item: safe_repr(item, _LONGEST_VALUE))
    return in_order


def _is_dataclass(value: Any) -> bool:
    # Instances only: `dataclasses.is_dataclass` accepts classes too.
    is_one = tried(lambda: dataclasses.is_dataclass(type(value)), otherwise=False)
    return is_one and not is_a(value, type)


def _is_named_tuple(value: Any) -> bool:
    return is_a(value, tuple) and tried(lambda: hasattr(type(value), "_fields"), otherwise=False)


class _Unreadable:
    """Replaces an attribute that could not be read."""

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
    if is_a(value, MappingProxyType, _PAIRS):
        return f"{name}({{", "})"
    return (f"{name}([", "])") if is_a(value, *_OF_DICTS) else (f"{name}(", ")")


def _shape(value: Any) -> str:
    """Return the shape of a frame, series or array inside other data."""
    kinds = ("pandas", "DataFrame", "Series", "Index"), ("polars", "DataFrame", "Series")
    if not any(is_of(value, *kind) for kind in (*kinds, ("numpy", "ndarray"))):
        return ""
    return " × ".join(f"{n:,}" for n in value.shape)  # noqa: RUF001 - a multiplication sign
