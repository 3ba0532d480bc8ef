"""A cell of the notebook as typed, and the session that a prompt is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from groq_magic.assistant.exceptions import errors_of
from groq_magic.clipping import is_a, type_name
from groq_magic.prompt import Extent, Privacy, PrivateValues, describe
from groq_magic.prompt.expression import user_names
from groq_magic.prompt.named_secrets import NamedSecrets
from groq_magic.prompt.scalars import is_scalar
from groq_magic.prompt.summary import is_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Cell", "Context"]

_LONGEST_OUTPUT = 4_000
_LEFT_OUT = "[left out: no values may be sent]"

_MAGIC = re.compile(r"\s*%%(\w+)")
# Cell magics whose body is in another language; that of any other is Python.
_OTHER_LANGUAGES = frozenset(
    {"bash", "cmd", "html", "javascript", "js", "latex", "markdown", "perl", "powershell"}
    | {"pypy", "ruby", "script", "sh", "sql", "svg", "system", "writefile"}
)


@dataclass(frozen=True)
class Cell:
    """A cell as typed.

    Parameters
    ----------
    number : int or None
        As in ``In [5]``; None for code that is no cell of the notebook.
    source : str
    """

    number: int | None
    source: str

    @property
    def name(self) -> str:
        """The cell's name in prompts and bars: ``cell 5``."""
        return "the cell" if self.number is None else f"cell {self.number}"

    @property
    def language(self) -> str:
        """The language of the body: ``python``, or the cell magic's name."""
        magic = _MAGIC.match(self.source)
        return magic[1] if magic and magic[1] in _OTHER_LANGUAGES else "python"

    @property
    def head(self) -> str:
        """The first line if it is a cell magic, else ""."""
        return self.source.lstrip().partition("\n")[0] if _MAGIC.match(self.source) else ""


@dataclass(frozen=True)
class Context:
    """The session that a prompt is about.

    Parameters
    ----------
    namespace : Mapping of str to Any
        The user's variables.
    room : int
        Characters that data may take in a prompt.
    cell_of : callable
        Takes a code object's file name and returns the cell it was compiled from; None
        for a file that is no cell.
    cells : callable
        Returns the cells that ran, the last one first.
    privacy : Privacy
        How much of the user's data may be sent.
    private_values : PrivateValues or None
        The values that no text may quote; None for those of the user's variables.
    """

    namespace: Mapping[str, Any]
    room: int
    cell_of: Callable[[str], Cell | None]
    cells: Callable[[], Iterable[Cell]] = tuple
    privacy: Privacy = field(default_factory=Privacy)
    private_values: PrivateValues | None = field(default=None, repr=False)

    def with_locals_of(self, error: BaseException | None) -> Context:
        """Return the context with the local variables of an error's frames."""
        if error is None or not self.privacy.has_limits:
            return self
        frames = (frame for one in errors_of(error) for frame, _ in walk_tb(one.__traceback__))
        # A cell's own frame has the user's variables, which are searched anyway; IPython's frames
        # have the cell's code, whose names are no values.
        held = (
            frame.f_locals
            for frame in frames
            if frame.f_locals is not self.namespace
            and not str(frame.f_globals.get("__name__", "")).startswith("IPython.")
        )
        return replace(self, private_values=self.values.beside(*map(dict, held)))

    @cached_property
    def values(self) -> PrivateValues:
        """The values that no text may quote."""
        return self.private_values or PrivateValues.of_session(self.namespace, self.privacy)

    def hide(self, text: str, *around: Any) -> str:
        """Return a text without these values, and without those of other objects."""
        return self.values.beside(*around).hide(text)

    def schema_of(self, value: Any) -> str:
        """Return the schema of a value: all that is sent if the user has not named it."""
        kind = type_name(value)
        if self.privacy.rows == 0 and is_a(value, str):
            return f"{kind}, {str.__len__(value):,} characters"
        if self.privacy.rows == 0 and is_scalar(value):
            return kind
        found = describe(value, Extent(self.privacy, rows=0))
        text = self.hide(found.body, value)
        if is_data(value):
            return "\n".join(filter(None, (found.heading, text)))
        return text or kind

    def secrets(self, *sources: str, known: NamedSecrets | None = None) -> NamedSecrets:
        """Return the values in the session and in code that are secrets by their names.

        Parameters
        ----------
        *sources : str
            Code that the prompt contains.
        known : NamedSecrets or None
            Secrets to start from.
        """
        found = known or NamedSecrets()
        found.add_values({name: self.namespace[name] for name in user_names(self.namespace)})
        for source in sources:
            found.add_code(source)
        return found

    def output(self, text: str) -> str:
        """Return the part of a cell's output, or of an error as shown, that may be sent."""
        if text and self.privacy.rows == 0:
            return _LEFT_OUT
        # Cut last: of a value that is cut in two, the second half would not be found.
        text = self.values.hide(text)
        return text if len(text) <= _LONGEST_OUTPUT else f"…{text[-_LONGEST_OUTPUT:]}"
