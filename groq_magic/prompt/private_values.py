"""Values that no text of ours may quote: error messages, outputs, and copies of a private column.

A text is short and data is large: the runs of words of a text are looked up among the values, a
column at a time.
"""

from __future__ import annotations

import builtins
import re
from collections import deque
from functools import partial
from itertools import islice
from types import FunctionType, MemberDescriptorType, ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import is_a, plain, tried
from groq_magic.prompt.expression import user_names
from groq_magic.prompt.scalars import is_of
from groq_magic.prompt.summary_nested import is_nested, items_of
from groq_magic.prompt.values_in_text import (
    BEGINNING,
    TOKEN,
    Numbers,
    beginnings,
    cut_values,
    cuts_in,
    forms_of,
    runs_in,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from groq_magic.prompt.privacy import Privacy

__all__ = ["HIDDEN_VALUE", "PrivateValues"]

HIDDEN_VALUE = "[value]"
# Bounds of what is looked through: containers, their items, and characters of a text.
_MOST_VISITS = 100_000
_DEEPEST = 6
_LONGEST = 110_000
_QUOTED = re.compile(r"(?<!\w)(['\"`])(.*?)\1(?!\w)")
_WITH_DIGIT = re.compile(r"[^\s'\"`,;()\[\]{}]*\d[^\s'\"`,;()\[\]{}]*")
_NUMERIC = (int, float)
_TYPES = frozenset({"NoneType", "DataFrame", "Series", "Index", "ndarray"})


class PrivateValues:
    """The values of private columns, keys and attributes, or of all data.

    Parameters
    ----------
    roots : iterable of object
        The values to look through, with what they hold.
    privacy : Privacy
        With `rows` of 0 every value of a table or container counts, and every text.
    """

    def __init__(self, roots: Iterable[Any], privacy: Privacy) -> None:
        self._privacy = privacy
        self._roots = roots
        self._columns: list[Collection[Any]] | None = None
        self._labels: set[str] = set()
        self._visited: dict[tuple[int, bool], Any] = {}

    @classmethod
    def of_session(
        cls, namespace: Mapping[str, Any], privacy: Privacy, *around: Any
    ) -> PrivateValues:
        """Return the values of the user's variables and results, and of other objects."""
        if not privacy.has_limits:
            return cls((), privacy)
        own = {name: namespace[name] for name in user_names(namespace)}
        return cls((own, namespace.get("Out"), *around), privacy)

    def hidden(self, text: str) -> str:
        """Return a text with each of the values replaced by `[value]`."""
        if not self._privacy.has_limits or not text:
            return text
        # What is longer is not searched, and not sent.
        text = text[:_LONGEST]
        return self._without(text, frozenset())

    def message(self, text: str, code: str) -> str:
        """Return an error's message without values.

        Where no value may be sent, only its first line stays, without what is
        quoted and without numbers, but for what the code itself contains.

        Parameters
        ----------
        text : str
        code : str
            What is sent beside it: words of it may stay.
        """
        if not self._privacy.has_limits or self._privacy.rows:
            return self.hidden(text)
        known = frozenset(TOKEN.findall(code))
        # A value may have several lines itself.
        line, _, more = self._without(text[:_LONGEST].strip(), known).partition("\n")

        def stays(inner: str) -> bool:
            words = TOKEN.findall(inner)
            named = inner in vars(builtins) or inner in _TYPES or inner in self._labels
            return named or inner == HIDDEN_VALUE or (bool(words) and known.issuperset(words))

        line = _QUOTED.sub(
            lambda found: found[0] if stays(found[2]) else f"{found[1]}{HIDDEN_VALUE}{found[1]}",
            line,
        )
        line = _WITH_DIGIT.sub(lambda found: found[0] if stays(found[0]) else HIDDEN_VALUE, line)
        return f"{line} […]" if more else line

    def _without(self, text: str, known: frozenset[str]) -> str:
        spans = sorted(self._found(text, known))
        pieces, done = [], 0
        for start, end in spans:
            if start >= done:
                pieces += [text[done:start], HIDDEN_VALUE]
            done = max(done, end)
        return "".join((*pieces, text[done:]))

    def _found(self, text: str, known: frozenset[str]) -> Iterator[tuple[int, int]]:
        """Yield where values stand in a text, and what is left of those that were cut."""
        runs = runs_in(text, known)
        cuts = cuts_in(text)
        numbers = Numbers(runs)
        for column in self._all_columns():
            # Of a million values nearly all are of one of these very types.
            numeric = {value for value in column if type(value) in _NUMERIC}
            texts = [value for value in column if type(value) is str]
            if len(texts) < len(column):
                others = (v for v in column if type(v) is not str and type(v) not in _NUMERIC)
                texts += map(_shown, others)
            yield from numbers.spans_of(numeric)
            forms = forms_of(texts)
            for found in forms & runs.keys():
                yield from runs[found]
            for found in (form for form in forms if len(form) > BEGINNING):
                yield from beginnings(text, found)
            yield from cut_values(cuts, forms)

    def _all_columns(self) -> list[Collection[Any]]:
        if self._columns is None:
            every = self._privacy.rows == 0
            self._columns = [
                column for root in self._roots for column in self._walk(root, every=every, depth=0)
            ]
        return self._columns

    def _walk(self, value: Any, *, every: bool, depth: int) -> Iterator[Collection[Any]]:
        if is_a(value, str, int, float):
            if every:
                yield (value,)
            return
        visit = id(value), every
        if depth > _DEEPEST or visit in self._visited or len(self._visited) > _MOST_VISITS:
            return
        if is_a(value, ModuleType, type, FunctionType):
            return
        self._visited[visit] = value  # kept: else another value could get its id
        # A user's class may raise anything, from anywhere.
        nothing: list[Collection[Any]] = []
        yield from tried(lambda: list(self._within(value, every=every, depth=depth)), nothing)

    def _within(self, value: Any, *, every: bool, depth: int) -> Iterator[Collection[Any]]:
        if is_of(value, "pandas", "DataFrame", "Series", "Index"):
            yield from self._of_pandas(value, every=every, depth=depth)
        elif is_of(value, "polars", "DataFrame", "Series"):
            is_frame = is_of(value, "polars", "DataFrame")
            for column in value.get_columns() if is_frame else [value]:
                self._labels.add(column.name)
                yield from self._column(column, column.name, every=every, depth=depth)
        elif is_of(value, "numpy", "ndarray", "void"):
            yield from self._of_numpy(value, every=every, depth=depth)
        elif is_a(value, dict):
            yield from self._mapping(value, every=every, depth=depth)
        elif named := _named_items(value):
            yield from self._mapping(named, every=every, depth=depth)
        elif is_a(value, list, tuple, set, frozenset, deque) or is_nested(value):
            yield from self._items(value, every=every, depth=depth)

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
            self._labels |= {str(label) for label in value.columns}
            if hides(tuple(value.columns.names)):
                yield list(value.columns)
            for place, label in enumerate(value.columns):
                column = value.iloc[:, place]
                yield from self._column(column, label, every=every, depth=depth)
        elif is_of(value, "pandas", "Series"):
            yield from self._column(value, value.name, every=every, depth=depth)
            if not every and len(value) < _MOST_VISITS:
                yield [item for label, item in value.items() if hides(label)]
        index = value if is_of(value, "pandas", "Index") else value.index
        for level, name in enumerate(index.names):
            if every or hides(name):
                yield index.get_level_values(level).to_list()

    def _mapping(
        self, value: Mapping[Any, Any], *, every: bool, depth: int
    ) -> Iterator[Collection[Any]]:
        for key, item in islice(value.items(), _MOST_VISITS):
            if every and depth:  # the first are names of variables
                yield (key,)
            yield from self._walk(item, every=every or self._privacy.hides(key), depth=depth + 1)

    def _items(
        self, values: Iterable[Any], *, every: bool, depth: int
    ) -> Iterator[Collection[Any]]:
        items: list[Any] = values if type(values) is list else list(islice(values, _MOST_VISITS))
        if every:
            yield items
        for item in islice(items, _MOST_VISITS):
            if not is_a(item, str, int, float):
                yield from self._walk(item, every=every, depth=depth + 1)

    def _column(
        self, column: Any, label: Any, *, every: bool, depth: int
    ) -> Iterator[Collection[Any]]:
        """Yield a column of pandas or polars if it counts, and what its cells hold."""
        every = every or self._privacy.hides(label)
        if every or str(column.dtype).casefold() == "object":
            yield from self._items(column.to_list(), every=every, depth=depth)


def _named_items(value: Any) -> dict[Any, Any]:
    """Return what a record, a view of a dict or an object holds, by keys, fields and attributes.

    Nothing of an object's class is run.
    """
    is_record = hasattr(type(value), "__dataclass_fields__")
    if is_nested(value) and not is_record and not is_a(value, list, set, frozenset, deque):
        found = {name: item for _, name, item in items_of(value) if name is not None}
        if found:
            return found
    own = tried(lambda: object.__getattribute__(value, "__dict__"), None)
    kinds = type.__dict__["__mro__"].__get__(type(value))
    members = (pair for kind in kinds for pair in kind.__dict__.items())
    slots = {
        name: tried(partial(member.__get__, value), None)
        for name, member in members
        if is_a(member, MemberDescriptorType) and not name.startswith("__")
    }
    return {**slots, **(own if is_a(own, dict) else {})}


def _shown(value: Any) -> str:
    """Return a date or another value as a text shows it; "" for what is missing."""
    if value is None:
        return ""
    return plain(value) if is_a(value, str) else tried(lambda: plain(str(value)), "")
