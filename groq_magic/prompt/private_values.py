"""Values that no text of ours may quote: error messages, outputs, and copies of a private column.

A text is short and data is large: the runs of words of a text are looked up among the values, a
column at a time.
"""

from __future__ import annotations

import builtins
import re
from bisect import bisect_left
from itertools import islice
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import is_a, plain, tried
from groq_magic.prompt.summary_nested import is_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from groq_magic.prompt.privacy import Privacy

__all__ = ["HIDDEN_VALUE", "PrivateValues"]

HIDDEN_VALUE = "[value]"
_TOKEN = re.compile(r"\w+|[^\w\s]")
# A value of more words than these is found by its beginning.
_MOST_TOKENS = 16
_BEGINNING = 60
# Shorter ones stand in any text by chance.
_SHORTEST_TEXT = 3
_SHORTEST_NUMBER = 4
# Bounds of what is looked through: containers, their items, and characters of a text.
_MOST_VISITS = 100_000
_DEEPEST = 6
_LONGEST = 110_000
_CUT = re.compile(r"\.{3}|…")
_QUOTED = re.compile(r"(?<!\w)(['\"`])(.*?)\1(?!\w)")
_WITH_DIGIT = re.compile(r"[^\s'\"`,;()\[\]{}]*\d[^\s'\"`,;()\[\]{}]*")
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
        self._columns: list[Iterable[Any]] | None = None
        self._labels: set[str] = set()
        self._visited: dict[int, Any] = {}

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
        first, _, more = text[:_LONGEST].strip().partition("\n")
        known = frozenset(_TOKEN.findall(code))
        line = self._without(first, known)

        def stays(inner: str) -> bool:
            words = _TOKEN.findall(inner)
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
        runs = _runs_in(text, known)
        cuts = _cuts_in(text)
        numbers = {number: spans for run, spans in runs.items() if (number := _number(run))}
        for column in self._all_columns():
            texts, long = [], []
            for value in column:
                if is_a(value, str):
                    found = " ".join(plain(value).split())
                    if len(found) >= _SHORTEST_TEXT:
                        yield from runs.get(found, ())
                        texts.append(found)
                        if len(found) > _BEGINNING:
                            long.append(found)
                elif numbers and is_a(value, int, float) and value in numbers:
                    yield from numbers[value]
                elif (shown := _shown(value)) in runs:
                    yield from runs[shown]
            for found in long:
                yield from _beginnings(text, found)
            if cuts and texts:
                texts.sort()
                yield from _cut_values(cuts, texts)

    def _all_columns(self) -> list[Iterable[Any]]:
        if self._columns is None:
            every = self._privacy.rows == 0
            self._columns = [
                column for root in self._roots for column in self._walk(root, every=every, depth=0)
            ]
        return self._columns

    def _walk(self, value: Any, *, every: bool, depth: int) -> Iterator[Iterable[Any]]:
        if is_a(value, str, int, float):
            if every:
                yield (value,)
            return
        if depth > _DEEPEST or id(value) in self._visited or len(self._visited) > _MOST_VISITS:
            return
        if is_a(value, ModuleType, type, FunctionType):
            return
        self._visited[id(value)] = value  # kept: else another value could get its id
        # A user's class may raise anything, from anywhere.
        nothing: list[Iterable[Any]] = []
        yield from tried(lambda: list(self._within(value, every=every, depth=depth)), nothing)

    def _within(self, value: Any, *, every: bool, depth: int) -> Iterator[Iterable[Any]]:
        if is_of(value, "pandas", "DataFrame", "Series", "Index"):
            yield from self._of_pandas(value, every=every, depth=depth)
        elif is_of(value, "polars", "DataFrame", "Series"):
            is_frame = is_of(value, "polars", "DataFrame")
            for column in value.get_columns() if is_frame else [value]:
                self._labels.add(column.name)
                yield from self._column(column, column.name, every=every, depth=depth)
        elif is_of(value, "numpy", "ndarray"):
            if every:
                yield from self._items(value.ravel().tolist(), every=True, depth=depth)
        elif is_a(value, dict):
            yield from self._mapping(value, every=every, depth=depth)
        elif is_a(value, list, tuple, set, frozenset):
            yield from self._items(value, every=every, depth=depth)
        else:
            own = object.__getattribute__(value, "__dict__")
            if is_a(own, dict):
                yield from self._mapping(own, every=every, depth=depth)

    def _of_pandas(self, value: Any, *, every: bool, depth: int) -> Iterator[Iterable[Any]]:
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
    ) -> Iterator[Iterable[Any]]:
        for key, item in islice(value.items(), _MOST_VISITS):
            if every and depth:  # the first are names of variables
                yield (key,)
            yield from self._walk(item, every=every or self._privacy.hides(key), depth=depth + 1)

    def _items(self, values: Iterable[Any], *, every: bool, depth: int) -> Iterator[Iterable[Any]]:
        items = values if is_a(values, list) else list(islice(values, _MOST_VISITS))
        if every:
            yield items
        for item in islice(items, _MOST_VISITS):
            if not is_a(item, str, int, float):
                yield from self._walk(item, every=every, depth=depth + 1)

    def _column(
        self, column: Any, label: Any, *, every: bool, depth: int
    ) -> Iterator[Iterable[Any]]:
        """Yield a column of pandas or polars if it counts, and what its cells hold."""
        every = every or self._privacy.hides(label)
        if every or str(column.dtype).casefold() == "object":
            yield from self._items(column.to_list(), every=every, depth=depth)


def _shown(value: Any) -> str:
    """Return a date or another value as a text shows it, "" for numbers that stand anywhere."""
    return "" if is_a(value, int, float) else tried(lambda: plain(str(value)), "")


def _number(run: str) -> float | None:
    """Return the number that a run of words is, None for a short one or no number."""
    if len(run) < _SHORTEST_NUMBER or not run[-1].isdigit():
        return None
    return tried(lambda: float(run), None)


def _runs_in(text: str, known: frozenset[str]) -> dict[str, list[tuple[int, int]]]:
    """Return where each run of words stands, but for those of known words alone."""
    tokens = [(found.start(), found.end()) for found in _TOKEN.finditer(text)]
    runs: dict[str, list[tuple[int, int]]] = {}
    for first, (start, _) in enumerate(tokens):
        is_known = True
        for begin, end in tokens[first : first + _MOST_TOKENS]:
            is_known = is_known and text[begin:end] in known
            if not is_known:
                runs.setdefault(" ".join(text[start:end].split()), []).append((start, end))
    return runs


def _cuts_in(text: str) -> list[tuple[str, int, int]]:
    """Return what stands before each ellipsis: text, start and end, the longest first."""
    found = []
    for mark in _CUT.finditer(text):
        before = text[max(0, mark.start() - 2 * _BEGINNING) : mark.start()]
        for token in _TOKEN.finditer(before):
            start = mark.start() - len(before) + token.start()
            piece = text[start : mark.start()]
            if len(piece) >= _SHORTEST_TEXT:
                found.append((" ".join(piece.split()), start, mark.start()))
    return found


def _cut_values(cuts: list[tuple[str, int, int]], texts: list[str]) -> Iterator[tuple[int, int]]:
    for piece, start, end in cuts:
        at = bisect_left(texts, piece)
        if at < len(texts) and texts[at].startswith(piece):
            yield start, end


def _beginnings(text: str, value: str) -> Iterator[tuple[int, int]]:
    """Yield where a long value, or at least its beginning, stands in a text."""
    at = text.find(value[:_BEGINNING])
    while at >= 0:
        same = zip(text[at:], value, strict=False)
        length = next((n for n, (one, other) in enumerate(same) if one != other), len(value))
        yield at, min(at + length, len(text))
        at = text.find(value[:_BEGINNING], at + length)
