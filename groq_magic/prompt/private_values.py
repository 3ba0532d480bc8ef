"""Remove private values from texts: error messages, outputs, and copies of a private column.

A text is short and data is large: the runs of words of a text are looked up among the values, a
column at a time.
"""

from __future__ import annotations

import builtins
import re
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from groq_magic.prompt.expression import user_names
from groq_magic.prompt.private_columns import PrivateColumns
from groq_magic.prompt.values_in_text import TOKEN, WORD, SearchedText, ValueForms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from groq_magic.prompt.privacy import Privacy

__all__ = ["LONGEST_SEARCHED", "PrivateValues"]

_HIDDEN = "[value]"
# Characters of a text, and of an error's message of one line.
LONGEST_SEARCHED = 110_000
_LONGEST_LINE = 4_000
# Words that may be values by themselves; quoted ones may be shorter.
_PART = re.compile(r"""[^\W_]{4,}|(?<=['"`])[^\W_]{3}(?=['"`])""")
# A quotation without an end was cut off.
_QUOTED = re.compile(r"(?<!\w)(['\"`])(.*?)(?:\1(?!\w)|$)")
_WITH_DIGIT = re.compile(r"(?<![^\s'\"`,;()\[\]{}])[^\s'\"`,;()\[\]{}]*\d[^\s'\"`,;()\[\]{}]*")
_TYPES = frozenset({"NoneType", "DataFrame", "Series", "Index", "ndarray"})


class PrivateValues:
    """The values of private columns, keys and attributes, or of all data.

    Parameters
    ----------
    roots : iterable of object
        The values to search, with their contents. They are read once, for the first text.
    privacy : Privacy
        With `rows` of 0 every value of a table or container is private, and every text.
    others : PrivateValues or None
        More private values; their data is not searched again.
    """

    def __init__(
        self, roots: Iterable[Any], privacy: Privacy, others: PrivateValues | None = None
    ) -> None:
        self._privacy = privacy
        self._roots = roots
        self._others = others
        self._columns: PrivateColumns | None = None
        self._forms: list[ValueForms] = []

    @classmethod
    def of_session(
        cls, namespace: Mapping[str, Any], privacy: Privacy, *around: Any
    ) -> PrivateValues:
        """Return the private values of the user's variables and results, and of other objects."""
        if not privacy.has_limits:
            return cls((), privacy)
        own = {name: namespace[name] for name in user_names(namespace)}
        return cls((own, namespace.get("Out"), *around), privacy)

    def beside(self, *roots: Any) -> PrivateValues:
        """Return these values and those of other objects."""
        return PrivateValues(roots, self._privacy, self)

    def hide(self, text: str) -> str:
        """Return a text with each of the values replaced by `[value]`."""
        return self._without(text)

    def hide_words(self, text: str) -> str:
        """Return a text without the values and their words."""
        return self._without(text, words_of=())

    def message(self, text: str, code: str) -> str:
        """Return an error's message without the values and their words.

        If no value may be sent, only the first line stays, without quotations and
        numbers that the code doesn't contain.

        Parameters
        ----------
        text : str
        code : str
            Code that is sent too: its words may stay.
        """
        known = frozenset(TOKEN.findall(code))
        if not self._privacy.has_limits or self._privacy.rows:
            return self._without(text, words_of=known)
        # A value may have several lines itself.
        line, _, more = self._without(text.strip(), known, words_of=known).partition("\n")
        is_cut = bool(more) or len(line) > _LONGEST_LINE

        def stays(inner: str) -> bool:
            words = TOKEN.findall(inner)
            named = inner in vars(builtins) or inner in _TYPES or inner in self._searched.labels
            return (
                named
                or inner == _HIDDEN
                or not any(map(str.isalnum, inner))
                or known.issuperset(words)
            )

        line = _QUOTED.sub(
            lambda found: found[0] if stays(found[2]) else f"{found[1]}{_HIDDEN}{found[1]}",
            line[:_LONGEST_LINE],
        )
        line = _WITH_DIGIT.sub(lambda found: found[0] if stays(found[0]) else _HIDDEN, line)
        return f"{line} […]" if is_cut else line

    @property
    def is_partial(self) -> bool:
        """Whether not all data could be searched: then no text may be sent."""
        return self._searched.is_partial

    @property
    def is_empty(self) -> bool:
        """Whether nothing is private: then every text stays unchanged."""
        return not self._privacy.has_limits or not (self._searched.is_partial or self._forms)

    @property
    def _searched(self) -> PrivateColumns:
        if self._columns is None:
            known = self._others._searched if self._others is not None else None  # noqa: SLF001 - of its own class
            found = self._columns = PrivateColumns(self._roots, self._privacy, known)
            self._forms = [ValueForms(column) for column in found.columns]
            found.columns.clear()
            if self._others is not None and known is not None:
                self._forms += self._others._forms  # noqa: SLF001 - as above
                found.labels |= known.labels
                found.is_partial |= known.is_partial
        return self._columns

    def _without(
        self,
        text: str,
        known: frozenset[str] = frozenset(),
        *,
        words_of: Iterable[str] | None = None,
    ) -> str:
        """Return a text without values; with `words_of` also without their words, except these."""
        if not self._privacy.has_limits or not text:
            return text
        if self._searched.is_partial:
            # The text may quote data that was not searched.
            return _HIDDEN
        # The rest is neither searched nor sent.
        text = text[:LONGEST_SEARCHED]
        searched = SearchedText(text, known)
        if self._privacy.rows == 0 and not self._privacy.private:
            # A text in a variable may be the name of a column.
            for label in self._searched.labels:
                searched.runs.pop(label.casefold(), None)
        spans = list(chain.from_iterable(forms.spans_in(searched) for forms in self._forms))
        if words_of is not None:
            spans += self._words_in(text, frozenset(words_of))
        pieces, done = [], 0
        for start, end in sorted(spans):
            if start >= done:
                pieces += [text[done:start], _HIDDEN]
            done = max(done, end)
        return "".join((*pieces, text[done:]))

    def _words_in(self, text: str, known: frozenset[str]) -> Iterator[tuple[int, int]]:
        """Yield where words of values occur that are neither known nor Python's own."""
        around = " ".join((*known, *self._searched.labels))
        # If the code has `ada`, `Ada` is no copy of a value.
        stay = {*WORD.findall(around), *WORD.findall(around.casefold())}
        for found in _PART.finditer(text):
            word = found[0].casefold()
            if found[0] in stay or word in _words_of_python():
                continue
            if any(word in forms.words for forms in self._forms):
                yield found.span()


@cache
def _words_of_python() -> frozenset[str]:
    """Return the words of the documentation of Python's builtins.

    Python's messages use them; without this exception a column of prose would empty every message.
    """
    members = (vars(kind).values() for kind in vars(builtins).values() if isinstance(kind, type))
    documented = (*vars(builtins).values(), *chain.from_iterable(members))
    texts = (getattr(each, "__doc__", None) for each in documented)
    words = WORD.findall(" ".join(filter(None, texts)).casefold())
    return frozenset(word for word in words if word.isalpha())
