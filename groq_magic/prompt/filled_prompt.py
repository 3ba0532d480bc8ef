"""A prompt with its values, and the pieces that stand for its placeholders."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.prompt.named_value import IncludedValue, NamedValue, with_values
from groq_magic.prompt.privacy import Privacy

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FilledPrompt", "Piece"]


@dataclass(frozen=True)
class Piece:
    """What stands for one placeholder.

    Parameters
    ----------
    name : str
        The expression.
    text : str
        In its place.
    value : NamedValue or None
        What follows below the prompt.
    privacy : Privacy
        Under which it was made.
    """

    name: str
    text: str = field(repr=False)
    value: NamedValue | None = None
    privacy: Privacy = field(default_factory=Privacy)


@dataclass(frozen=True)
class FilledPrompt:
    """A prompt with its values.

    Parameters
    ----------
    text : str
        The prompt, with scalars in place and the names of other values.
    values : tuple of NamedValue
        Those others, in the order of their names.
    included : tuple of IncludedValue
        What it includes, scalars too.
    missing : tuple of str
        Expressions sent as written because their name is not there.
    pieces : Mapping of str to Piece
        By what stands between the braces.
    """

    text: str
    values: tuple[NamedValue, ...] = ()
    included: tuple[IncludedValue, ...] = ()
    missing: tuple[str, ...] = ()
    pieces: Mapping[str, Piece] = field(default_factory=dict, repr=False)

    @property
    def whole(self) -> str:
        """The prompt with its values below it."""
        return with_values(self.text, self.values)

    @property
    def notices(self) -> tuple[str, ...]:
        """Notices above the answer, a sentence each."""
        return tuple(
            f"`{{{{{name}}}}}` is sent as written: no such variable." for name in self.missing
        )
