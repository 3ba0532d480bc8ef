"""A prompt with its values, and the replacements of its placeholders."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.prompt.named_value import IncludedValue, NamedValue, with_values
from groq_magic.prompt.privacy import Privacy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.prompt.image import PromptImage

__all__ = ["FilledPrompt", "Piece"]


@dataclass(frozen=True)
class Piece:
    """The replacement of one placeholder.

    Parameters
    ----------
    name : str
        The expression.
    text : str
        The text in the placeholder's place.
    value : NamedValue or None
        The value whose content follows below the prompt.
    privacy : Privacy
        The limits under which it was made.
    image : PromptImage or None
        The image to send.
    """

    name: str
    text: str = field(repr=False)
    value: NamedValue | None = None
    privacy: Privacy = field(default_factory=Privacy)
    image: PromptImage | None = None


@dataclass(frozen=True)
class FilledPrompt:
    """A prompt with its values.

    Parameters
    ----------
    text : str
        The prompt, with scalars in place, and names in place of other values.
    values : tuple of NamedValue
        The values that follow below the prompt, in the order in which it names them.
    included : tuple of IncludedValue
        All values that it includes, scalars too.
    missing : tuple of str
        Expressions sent as written because no variable has their name.
    pieces : Mapping of str to Piece
        The pieces, by the text between the braces.
    images : tuple of PromptImage
        The images that it names.
    """

    text: str
    values: tuple[NamedValue, ...] = ()
    included: tuple[IncludedValue, ...] = ()
    missing: tuple[str, ...] = ()
    pieces: Mapping[str, Piece] = field(default_factory=dict, repr=False)
    images: tuple[PromptImage, ...] = ()

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
