"""Find values in a text: whole, escaped, rounded, cut off, in capitals or not."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from numbers import Number
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import common_start, is_a, plain, tried

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = ["TOKEN", "WORD", "SearchedText", "ValueForms"]

TOKEN = re.compile(r"\w+|[^\w\s]")
# A word of a value.
WORD = re.compile(r"[^\W_]{3,}")
# Characters by which a longer value is found, and the most words of a shorter one.
_BEGINNING = _MOST_TOKENS = 24
# The shortest part of a value that is found.
_LONG_PART = 60
# Shorter ones occur in any text by chance.
_SHORTEST_TEXT = 3
_SHORTEST_NUMBER = 4
_CUT = re.compile(r"\.{3,}|…")
_QUOTES = frozenset("\"'")
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\d{1,3}(?:[,_]\d{3})+(?:\.\d+)?")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e[+-]\d+")
_THOUSANDS = re.compile(r"[,_]")
# Texts with several spellings: blanks that are not single, quotes, backslashes.
_BLANKS = re.compile(r"\s\s|^\s|\s$")
_ESCAPED = re.compile(r"""['"\\]""")
_LARGEST = 1e300
# Floats have no more digits.
_EXACT = 10**15
# Python writes no longer integers (4,300 digits).
_MOST_BITS = 13_000
_NUMERIC = (int, float)


class SearchedText:
    """A text in which values are looked up.

    Parameters
    ----------
    text : str
    known : frozenset of str
        Runs of only these words are no values.
    """

    def __init__(self, text: str, known: frozenset[str]) -> None:
        self.text = text
        self.runs = _runs_in(text, known)
        self.cuts = _cuts_in(text)
        self.numbers: dict[tuple[int, float], list[tuple[int, int]]] = {}
        self.scientific: dict[int, dict[str, list[tuple[int, int]]]] = {}
        for run, spans in self.runs.items():
            if _SCIENTIFIC.fullmatch(run):
                decimals = len(run.partition("e")[0].partition(".")[2])
                self.scientific.setdefault(decimals, {})[run] = spans
            elif len(run) >= _SHORTEST_NUMBER and _NUMBER.fullmatch(run):
                digits = _THOUSANDS.sub("", run)
                decimals = len(digits.partition(".")[2])
                self.numbers.setdefault((decimals, float(digits)), []).extend(spans)

    @cached_property
    def folded(self) -> str:
        """The text without capitals."""
        return self.text.casefold()

    def span_of(self, at: int, length: int) -> tuple[int, int]:
        """Return where a piece of the folded text is in the text."""
        if len(self.folded) == len(self.text):
            return at, at + length
        return self._places[at], self._places[at + length - 1] + 1

    @cached_property
    def _places(self) -> list[int]:
        # `ß` is folded to `ss`.
        return [place for place, each in enumerate(self.text) for _ in each.casefold()]

    @cached_property
    def windows(self) -> dict[str, list[int]]:
        """The places of all pieces of the length by which long values are found."""
        found: dict[str, list[int]] = {}
        for at in range(len(self.folded) - _BEGINNING + 1):
            found.setdefault(self.folded[at : at + _BEGINNING], []).append(at)
        return found


class ValueForms:
    """The values of a column, in all spellings in which a text may quote them.

    Parameters
    ----------
    values : collection of object
    """

    def __init__(self, values: Collection[Any]) -> None:
        # Nearly all of a million values have exactly one of these types.
        numeric = {value for value in values if type(value) in _NUMERIC}
        texts = {value for value in values if type(value) is str}
        others = [v for v in values if type(v) is not str and type(v) not in _NUMERIC]
        for value in others:
            texts.update(_shown(value))
            if is_a(value, Number) and not is_a(value, bool, complex):
                numeric.add(tried(lambda value=value: float(value), 0.0))  # type: ignore[misc]
        whole = (n for n in numeric if type(n) is int and abs(n) > _EXACT)
        texts.update(str(n) for n in whole if n.bit_length() < _MOST_BITS)
        self._numeric = {value for value in numeric if -_LARGEST < value < _LARGEST}
        forms = _forms_of(texts)
        self._forms = set(map(str.casefold, forms))
        self._long = [form for form in self._forms if len(form) > _BEGINNING]
        self._heads = {form[:_BEGINNING] for form in self._long}

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the texts, without capitals."""
        return frozenset(WORD.findall("\n".join(self._forms)))

    def spans_in(self, searched: SearchedText) -> Iterator[tuple[int, int]]:
        """Yield where values are in a text."""
        yield from self._of_numbers(searched)
        for run in searched.runs.keys() & self._forms:
            yield from searched.runs[run]
        if self._long:
            yield from self._of_long(searched)
        if searched.cuts:
            yield from self._of_cut(searched.cuts)

    def _of_numbers(self, searched: SearchedText) -> Iterator[tuple[int, int]]:
        for decimals in {decimals for decimals, _ in searched.numbers}:
            for rounded in {abs(float(round(value, decimals))) for value in self._numeric}:
                yield from searched.numbers.get((decimals, rounded), ())
        for decimals, runs in searched.scientific.items():
            for found in runs.keys() & {f"{abs(value):.{decimals}e}" for value in self._numeric}:
                yield from runs[found]

    def _of_long(self, searched: SearchedText) -> Iterator[tuple[int, int]]:
        """Yield where a long value, or at least its beginning, is."""
        heads = searched.windows.keys() & self._heads
        near: dict[str, list[str]] = {head: [] for head in heads}
        for form in self._long if heads else ():
            if form[:_BEGINNING] in heads:
                near[form[:_BEGINNING]].append(form)
        for head, values in near.items():
            values.sort()
            lengths = sorted(set(map(len, values)), reverse=True)
            end = 0
            for at in searched.windows[head]:
                if at >= end and (length := _longest_at(searched.folded, at, values, lengths)):
                    end = at + length
                    yield searched.span_of(at, length)

    def _of_cut(self, cuts: list[tuple[str, int, int]]) -> Iterator[tuple[int, int]]:
        """Yield where the beginning of a value is followed by an ellipsis."""
        heads = {piece[:_SHORTEST_TEXT] for piece, _, _ in cuts}
        lengths = set(map(len, heads))
        near = sorted(form for form in self._forms if any(form[:n] in heads for n in lengths))
        for piece, start, end in cuts:
            at = bisect_left(near, piece)
            if at < len(near) and near[at].startswith(piece):
                yield start, end


def _forms_of(texts: Iterable[str]) -> set[str]:
    """Return the spellings of texts within other texts: on one line, with Python's escapes."""
    forms = set(texts)
    # Most texts have one form: a column may hold a million.
    forms |= {" ".join(text.split()) for text in forms if _BLANKS.search(text)}
    for text in [t for t in forms if not t.isprintable() or _ESCAPED.search(t)]:
        forms |= {" ".join(text.split()), repr(text)[1:-1], repr(text + "'\"")[1:-4]}
        forms |= {text.replace("\n", "\\n"), text.replace('"', '""')}
    return {form for form in forms if len(form) >= _SHORTEST_TEXT}


def _shown(value: Any) -> Iterator[str]:
    """Yield a date, bytes or another value as a text shows it; nothing for None."""
    if value is None:
        return
    if is_a(value, str):
        yield plain(value)
        return
    if is_a(value, bytes, bytearray):
        yield bytes(value).decode("utf-8", "replace")
    text = tried(lambda: plain(str(value)), "")
    yield text
    if tried(lambda: type(value).__module__, "") == "datetime" or text[4:5] == "-":
        yield from (text.replace(" ", "T", 1), text.partition(" ")[0])
        yield tried(lambda: plain(repr(value)), "")


def _runs_in(text: str, known: frozenset[str]) -> dict[str, list[tuple[int, int]]]:
    """Return where each run of words is, without capitals; not of runs of known words only."""
    tokens = [(found.start(), found.end()) for found in TOKEN.finditer(text)]
    runs: dict[str, list[tuple[int, int]]] = {}
    for first, (start, _) in enumerate(tokens):
        is_known = True
        for begin, end in tokens[first : first + _MOST_TOKENS]:
            is_known = is_known and text[begin:end] in known
            if not is_known:
                run = " ".join(text[start:end].split()).casefold()
                runs.setdefault(run, []).append((start, end))
    return runs


def _cuts_in(text: str) -> list[tuple[str, int, int]]:
    """Return the pieces of text before each ellipsis, with start and end, the longest first."""
    found = []
    for mark in _CUT.finditer(text):
        before = text[max(0, mark.start() - 2 * _LONG_PART) : mark.start()]
        for token in TOKEN.finditer(before):
            start = mark.start() - len(before) + token.start()
            piece = text[start : mark.start()]
            is_quoted = text[start - 1 : start] in _QUOTES and piece[0] not in _QUOTES
            if len(piece) >= _SHORTEST_TEXT or is_quoted:
                found.append((" ".join(piece.split()).casefold(), start, mark.start()))
    return found


def _longest_at(text: str, at: int, values: list[str], lengths: list[int]) -> int:
    """Return the length of the longest value, or long part of one, at a place of a text."""
    rest = text[at : at + lengths[0]]
    place = bisect_left(values, rest)
    part = max(common_start(rest, value) for value in values[max(0, place - 1) : place + 1])
    if part >= _LONG_PART:
        return part
    whole = (n for n in lengths if n <= part and rest[:n] == _at(values, rest[:n]))
    return next(whole, 0)


def _at(values: list[str], wanted: str) -> str:
    return values[min(bisect_left(values, wanted), len(values) - 1)]
