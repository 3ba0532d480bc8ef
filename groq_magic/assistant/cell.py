"""A cell of the notebook as it was typed, and the session that a prompt is about."""

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
# Cell magics over a body in another language; any other has Python below it.
_OTHER_LANGUAGES = frozenset(
    {"bash", "cmd", "html", "javascript", "js", "latex", "markdown", "perl", "powershell"}
    | {"pypy", "ruby", "script", "sh", "sql", "svg", "system", "writefile"}
)


@dataclass(frozen=True)
class Cell:
    """A cell as it was typed.

    Parameters
    ----------
    number : int or None
        As in ``In [5]``; None where it is not context.
    source : str
    """

    number: int | None
    source: str

    @property
    def name(self) -> str:
        """What it is called in prompts and bars: ``cell 5``."""
        return "the cell" if self.number is None else f"cell {self.number}"

    @property
    def language(self) -> str:
        """What its body is written in: ``python``, or its cell magic's name."""
        magic = _MAGIC.match(self.source)
        return magic[1] if magic and magic[1] in _OTHER_LANGUAGES else "python"

    @property
    def head(self) -> str:
        """Its first line where that is a cell magic, else ""."""
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
        From a code object's file name to the cell it was compiled from; None
        for a file that is no cell.
    cells : callable
        Gives the cells that ran, the last one first.
    privacy : Privacy
        How much of the user's data may be sent.
    searched : PrivateValues or None
        The values that no text may quote, where others than the user's variables hold some too.
    """

    namespace: Mapping[str, Any]
    room: int
    cell_of: Callable[[str], Cell | None]
    cells: Callable[[], Iterable[Cell]] = tuple
    privacy: Privacy = field(default_factory=Privacy)
    searched: PrivateValues | None = field(default=None, repr=False)

    def holding(self, error: BaseException | None) -> Context:
        """Return the context with the local variables of an error's frames."""
        if error is None or not self.privacy.has_limits:
            return self
        frames = (frame for one in errors_of(error) for frame, _ in walk_tb(one.__traceback__))
        # A cell's own frame has the user's variables, which are searched anyway; IPython's have
        # the cell's code, whose names are no values.
        held = (
            frame.f_locals
            for frame in frames
            if frame.f_locals is not self.namespace
            and not str(frame.f_globals.get("__name__", "")).startswith("IPython.")
        )
        return replace(self, searched=self.values.beside(*map(dict, held)))

    @cached_property
    def values(self) -> PrivateValues:
        """The values that no text may quote."""
        return self.searched or PrivateValues.of_session(self.namespace, self.privacy)

    def hidden(self, text: str, *around: Any) -> str:
        """Return a text without these values, and without those that other objects hold."""
        return self.values.beside(*around).hidden(text)

    def added(self, value: Any) -> str:
        """Return what is sent of a value that the user has not named: its schema alone."""
        kind = type_name(value)
        if self.privacy.rows == 0 and is_a(value, str):
            return f"{kind}, {str.__len__(value):,} characters"
        if self.privacy.rows == 0 and is_scalar(value):
            return kind
        found = describe(value, Extent(self.privacy, rows=0))
        text = self.hidden(found.body, value)
        if is_data(value):
            return "\n".join(filter(None, (found.heading, text)))
        return text or kind

    def secrets(self, *sources: str, known: NamedSecrets | None = None) -> NamedSecrets:
        """Return the values that are withheld by their names, in the session and in code.

        Parameters
        ----------
        *sources : str
            Code that the prompt contains.
        known : NamedSecrets or None
            Those that are known already.
        """
        found = known or NamedSecrets()
        found.add_values({name: self.namespace[name] for name in user_names(self.namespace)})
        for source in sources:
            found.add_code(source)
        return found

    def output(self, text: str) -> str:
        """Return what is sent of what a cell printed, or of an error as it was shown."""
        if text and self.privacy.rows == 0:
            return _LEFT_OUT
        # Cut last: of a value that is cut in two, the second half would not be found.
        text = self.values.hidden(text)
        # Parts of secrets are found beside the mark of a cut.
        return text if len(text) <= _LONGEST_OUTPUT else f"…{text[-_LONGEST_OUTPUT:]}"
