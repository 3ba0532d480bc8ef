"""The limits on what is sent of values: rows, and private columns, keys and attributes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import is_a, plain, tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["PRIVATE", "UNKNOWN_LIMITS", "Description", "Extent", "Privacy", "label_string"]

# Replaces a private value.
PRIVATE = "<private>"
_ROWS_SHOWN_WHOLE = 20
_MOST_ROWS = 1_000


@dataclass(frozen=True)
class Privacy:
    """The limits on what is sent of the user's data.

    Parameters
    ----------
    rows : int
        Rows of a large table; 0 allows no value of any cell, not even a range.
    private : tuple of str
        Patterns, as for file names, of columns, keys and attributes of which only the
        name is sent. Capitals don't matter.
    """

    rows: int = 5
    private: tuple[str, ...] = ()

    @property
    def has_limits(self) -> bool:
        """Whether some values may not be sent."""
        return self.rows == 0 or bool(self.private)

    @property
    def named(self) -> Privacy:
        """The limits for a value that the user names: its rows are sent, private parts are not."""
        return replace(self, rows=max(self.rows, 1))

    def hides(self, label: Any) -> bool:
        """Whether a column, key or attribute of this name is private."""
        if not self.private or label is None:
            return False
        if is_a(label, tuple):
            return any(map(self.hides, tuple.__iter__(label)))
        return _matcher(self.private)(label_string(label).casefold())

    def hides_any(self, labels: Iterable[Any]) -> bool:
        """Whether any of these names is private."""
        return bool(self.private) and any(map(self.hides, labels))

    def joined(self, other: Privacy | None) -> Privacy:
        """Return the limits of a text that has parts made under these limits and under others."""
        if other is None:
            return self
        private = tuple(pattern for pattern in self.private if pattern in other.private)
        return Privacy(max(self.rows, other.rows), private)

    @property
    def of_scalars(self) -> Privacy:
        """These limits without rows: a number or a short text in place is no row."""
        return replace(self, rows=0)

    def allows(self, other: Privacy) -> bool:
        """Whether text that was made under other limits may be sent under these."""
        return other.rows <= self.rows and set(self.private) <= set(other.private)


# For text made under unknown limits: it may be sent if some rows may, and nothing is private.
UNKNOWN_LIMITS = Privacy(rows=1)


@dataclass(frozen=True)
class Extent:
    """How much of one value is shown.

    Parameters
    ----------
    privacy : Privacy
    rows : int or None
        The requested number of rows, 0 for the schema alone. None for the default:
        tables of up to 20 rows whole, of others `privacy.rows`.
    """

    privacy: Privacy = field(default_factory=Privacy)
    rows: int | None = None

    @property
    def values(self) -> bool:
        """Whether values of cells may be shown, also as ranges and frequent values."""
        return self.privacy.rows > 0

    def rows_of(self, size: int) -> int:
        """Return the number of rows of a table, or items of a list, to show."""
        if not self.values:
            return 0
        if self.rows is not None:
            return min(size, self.rows, _MOST_ROWS)
        most = self.privacy.rows
        whole = max(_ROWS_SHOWN_WHOLE, most) if most >= Privacy.rows else most
        return size if size <= whole else min(most, _MOST_ROWS)


@dataclass(frozen=True)
class Description:
    """A value in a prompt.

    Parameters
    ----------
    kind : str
        The type: `DataFrame`.
    facts : str
        The size: `200 values`; "" for none.
    body : str
        The content, "" if none may be sent.
    language : str
        The language of the body.
    opening : str
        The line above the body if there is no heading.
    """

    kind: str
    facts: str
    body: str
    language: str = "text"
    opening: str = ""

    @property
    def heading(self) -> str:
        """The type and size in one line."""
        return ", ".join(filter(None, (self.kind, self.facts)))

    @property
    def text(self) -> str:
        """The content without a heading."""
        return "\n".join(filter(None, (self.opening, self.body)))

    def with_body(self, body: str) -> Description:
        """Return the description with another content."""
        return replace(self, body=body)


def label_string(label: Any) -> str:
    """Return a label as text, "" without one."""
    return plain(label) if is_a(label, str) else tried(lambda: plain(str(label)), "")


@lru_cache(maxsize=8)
def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    whole = re.compile("|".join(translate(pattern.casefold()) for pattern in patterns if pattern))
    return (lambda text: whole.match(text) is not None) if any(patterns) else (lambda _text: False)
