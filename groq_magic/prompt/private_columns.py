"""Find values that may not be sent in tables, containers and objects, a column at a time.

No code of a user's class runs, and data is read in bulk: a list may have a million items.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from itertools import islice
from types import CodeType, FunctionType, MappingProxyType, MemberDescriptorType, ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import is_a, tried
from groq_magic.prompt.privacy import label_string
from groq_magic.prompt.scalars import is_of, is_scalar
from groq_magic.prompt.summary_nested import is_nested, items_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from groq_magic.prompt.privacy import Privacy

__all__ = ["PrivateColumns"]

# The most objects and containers that are searched.
_MOST_OBJECTS, _MOST_CONTAINERS = 100_000, 300_000
_DEEPEST_OBJECT, _DEEPEST = 6, 30
# Data in a variable, or in an attribute of one, is not searched again.
_NEAR = 2
_MOST_ITEMS = 10_000_000
_MOST_OF_RANGE = 100_000
# Larger or deeper containers are noted, and searched once; there may be a million small ones.
_LARGE, _DEEP = 16, 8
_BARE = frozenset({str, int, float, bool, type(None)})
_WITH_PARTS = ("object", "struct", "list", "array", "map")
_ADDRESSES = frozenset({"__dict__", "__weakref__"})
_ITEMS = (list, tuple, set, frozenset, deque, range)
_VIEWS: tuple[type, ...] = (type({}.items()), type({}.values()), MappingProxyType)

# Types whose texts are names, not values.
_NO_DATA = (ModuleType, type, FunctionType, CodeType, type(None))


class PrivateColumns:
    """The values of private columns, keys and attributes, or of all data.

    Parameters
    ----------
    roots : iterable of object
        The objects to search, with their contents.
    privacy : Privacy
        With `rows` of 0 every value of a table or container is private, and every text.
    known : PrivateColumns or None
        An earlier search, whose tables, arrays and lists are not searched again.

    Attributes
    ----------
    columns : list of collection
        The private values, grouped by column.
    labels : set of str
        The names of the columns of tables, which are sent.
    data : dict
        The tables, arrays and lists that were searched, by id and by whether all is private.
    is_partial : bool
        Whether the limits of the search left something out.
    """

    def __init__(
        self, roots: Iterable[Any], privacy: Privacy, known: PrivateColumns | None
    ) -> None:
        self._privacy = privacy
        self.data: dict[tuple[int, bool], Any] = {**known.data} if known is not None else {}
        self._visited: dict[tuple[int, bool], Any] = dict(self.data)
        self._objects = self._containers = 0
        self.labels: set[str] = set()
        self.is_partial = False
        every = privacy.rows == 0
        self.columns = [c for root in roots for c in self._walk(root, every=every, depth=0)]
        self._visited.clear()

    def _walk(self, value: Any, *, every: bool, depth: int) -> Iterator[Collection[Any]]:
        if is_a(value, str, int, float):
            if every:
                yield (value,)
            return
        visit = id(value), every
        if visit in self._visited or is_a(value, *_NO_DATA):
            return
        if is_of(value, "IPython", "InteractiveShell"):
            return  # found in the frames of an error; its contents are searched anyway
        if depth > _DEEPEST or self._containers > _MOST_CONTAINERS:
            self.is_partial = True
            return
        self._visited[visit] = value  # kept: else another value could get its id
        if depth <= _NEAR and _is_data(value):
            self.data[visit] = value
        # A user's class may raise anything, from anywhere.
        nothing: list[Collection[Any]] = []
        yield from tried(lambda: list(self._within(value, every=every, depth=depth)), nothing)

    def _within(self, value: Any, *, every: bool, depth: int) -> Iterator[Collection[Any]]:
        if is_of(value, "pandas", "DataFrame", "Series", "Index"):
            yield from self._of_pandas(value, every=every, depth=depth)
        elif is_of(value, "polars", "DataFrame", "Series"):
            is_frame = is_of(value, "polars", "DataFrame")
            for column in value.get_columns() if is_frame else [value]:
                self.labels.add(column.name)
                yield from self._column(column, column.name, every=every, depth=depth)
        elif is_of(value, "numpy", "ndarray", "void"):
            yield from self._of_numpy(value, every=every, depth=depth)
        elif (mapping := self._mapping_of(value, depth)) is not None:
            # The keys of a view are data too.
            depth = max(depth, int(is_a(value, *_VIEWS)))
            yield from self._mapping(mapping, every=every, depth=depth)
        elif not _is_whole(value) and (is_a(value, *_ITEMS) or is_nested(value)):
            yield from self._items(value, every=every, depth=depth)
        elif every:
            yield (value,)

    def _of_numpy(self, value: Any, *, every: bool, depth: int) -> Iterator[Collection[Any]]:
        for name in value.dtype.names or ():
            field = value[name]
            items = field.ravel().tolist() if is_of(field, "numpy", "ndarray") else [field]
            is_counted = every or self._privacy.hides(name)
            yield from self._items(items, every=is_counted, depth=depth)
        if not value.dtype.names and (every or value.dtype.hasobject):
            yield from self._items(value.ravel().tolist(), every=every, depth=depth)

    def _of_pandas(self, value: Any, *, every: bool, depth: int) -> Iterator[Collection[Any]]:
        hides = self._privacy.hides
        if is_of(value, "pandas", "DataFrame"):
            yield from self._column_labels(value.columns)
            for place, label in enumerate(value.columns):
                column = value.iloc[:, place]
                yield from self._column(column, label, every=every, depth=depth)
        elif is_of(value, "pandas", "Series"):
            yield from self._column(value, value.name, every=every, depth=depth)
            if not every and self._privacy.private and not hides(value.name):
                yield from self._items(
                    [item for label, item in value.items() if hides(label)],
                    every=True,
                    depth=depth,
                )
        index = value if is_of(value, "pandas", "Index") else value.index
        for level, name in enumerate(index.names):
            if every or hides(name):
                items = index.get_level_values(level).to_list()
                yield from self._items(items, every=True, depth=depth)

    def _column_labels(self, columns: Any) -> Iterator[Collection[Any]]:
        """Yield the labels that are private values, as after a `pivot`; note all others."""
        for level, name in enumerate(columns.names):
            labels = columns.get_level_values(level).to_list()
            if self._privacy.hides(name):
                yield labels
            else:
                self.labels |= set(map(label_string, labels))

    def _mapping(
        self, value: Mapping[Any, Any], *, every: bool, depth: int
    ) -> Iterator[Collection[Any]]:
        self._containers += 1
        if every and depth:  # keys at depth 0 are names of variables
            yield from self._items(list(value), every=True, depth=depth + 1)
        for key, item in value.items():
            if type(item) not in _BARE or every or self._privacy.private:
                hides = every or self._privacy.hides(key)
                yield from self._walk(item, every=hides, depth=depth + 1)

    def _items(
        self, values: Iterable[Any], *, every: bool, depth: int
    ) -> Iterator[Collection[Any]]:
        items: list[Any] = values if type(values) is list else self._listed(values)
        self._containers += 1
        samples = {type(item): item for item in items}
        whole = {kind for kind, sample in samples.items() if _is_whole(sample)}
        if every:
            yield items if len(whole) == len(samples) else [i for i in items if type(i) in whole]
        others = {id(item): item for item in items if type(item) not in whole}
        if others and depth > _DEEPEST:
            self.is_partial = True
            return
        yield from self._contents(others.values(), every=every, depth=depth + 1)

    def _contents(
        self, containers: Iterable[Any], *, every: bool, depth: int
    ) -> Iterator[Collection[Any]]:
        """Yield the contents of containers: all items of lists, and all values of each key."""
        records: dict[str, list[Any]] = {}
        flat: list[Any] = []
        for item in containers:
            is_list = type(item) in {list, tuple}
            is_record = type(item) is dict and all(type(key) is str for key in item)
            if not (is_list or is_record):
                yield from self._walk(item, every=every, depth=depth)
            elif self._is_new(item, every=every, depth=depth):
                flat += item if is_list else ()
                for key, each in item.items() if is_record else ():
                    records.setdefault(key, []).append(each)
        if flat:
            yield from self._items(flat, every=every, depth=depth)
        if every and records:
            yield list(records)
        for key, column in records.items():
            hides = every or self._privacy.hides(key)
            yield from self._items(column, every=hides, depth=depth)

    def _is_new(self, container: Any, *, every: bool, depth: int) -> bool:
        """Whether a container was not searched yet; a small one may be searched again."""
        if len(container) < _LARGE and depth < _DEEP:
            return True
        visit = id(container), every
        is_new = visit not in self._visited
        self._visited[visit] = container
        return is_new

    def _listed(self, values: Iterable[Any]) -> list[Any]:
        most = _MOST_OF_RANGE if is_a(values, range) else _MOST_ITEMS
        found = list(islice(values, most))
        self.is_partial |= len(found) == _MOST_ITEMS
        return found

    def _column(
        self, column: Any, label: Any, *, every: bool, depth: int
    ) -> Iterator[Collection[Any]]:
        """Yield a column of pandas or polars if it is private, and the contents of its cells."""
        every = every or self._privacy.hides(label)
        if every or str(column.dtype).casefold().startswith(_WITH_PARTS):
            yield from self._items(column.to_list(), every=every, depth=depth)

    def _mapping_of(self, value: Any, depth: int) -> Mapping[Any, Any] | None:
        """Return the keys, fields or attributes of a record or an object; None for others.

        No code of an object's class runs.
        """
        if is_a(value, dict, MappingProxyType):
            return dict(value)
        if is_a(value, *_VIEWS):
            return dict(value.mapping)
        if _is_whole(value):
            return None
        is_record = hasattr(type(value), "__dataclass_fields__")
        if is_nested(value) and not is_record:
            # The fields of a named tuple.
            found = items_of(value) if is_a(value, tuple) else ()
            return {name: item for _, name, item in found if name is not None} or None
        if not is_record and (depth > _DEEPEST_OBJECT or self._objects > _MOST_OBJECTS):
            return None
        self._objects += 1
        return _attributes(value) or None


def _is_data(value: Any) -> bool:
    """Whether a value may be large: a table, an array or a list."""
    return (
        type(value) is list
        or is_of(value, "pandas", "DataFrame", "Series", "Index")
        or is_of(value, "polars", "DataFrame", "Series")
        or is_of(value, "numpy", "ndarray")
    )


def _is_whole(value: Any) -> bool:
    """Whether a value is one text, number, date or the like; this depends on its type alone."""
    return type(value) in _BARE or is_a(value, str, bytes, bytearray) or is_scalar(value)


def _attributes(value: Any) -> dict[Any, Any]:
    """Return an object's attributes, those in slots too, such as pydantic's extra fields."""
    own = tried(lambda: object.__getattribute__(value, "__dict__"), None)
    kinds = type.__dict__["__mro__"].__get__(type(value))
    members = (pair for kind in kinds for pair in kind.__dict__.items())
    slots = {
        name: tried(partial(member.__get__, value), None)
        for name, member in members
        if is_a(member, MemberDescriptorType) and name not in _ADDRESSES
    }
    return {**slots, **(own if is_a(own, dict) else {})}
