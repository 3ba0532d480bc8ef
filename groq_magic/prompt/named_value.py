"""Values that a prompt names: the text has their names, their content follows below it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groq_magic.prompt.privacy import Description, Privacy

__all__ = ["IncludedValue", "NamedValue", "named_value", "with_values"]

_HEADING = "Values:"
_HEADING_OF_CELLS = "Cells that ran before, oldest first:"


@dataclass(frozen=True)
class IncludedValue:
    """A value that a prompt includes.

    Parameters
    ----------
    name : str
        The expression as written, without blank ends.
    characters : int
        The characters that it takes in all its places; 0 for an image.
    image : str
        The size of an image in words, "" for any other value.
    """

    name: str
    characters: int
    image: str = ""

    @property
    def size(self) -> int | str:
        """The number of characters; for an image its size in words."""
        return f"image, {self.image}" if self.image else self.characters


@dataclass(frozen=True)
class NamedValue:
    """The content of a value that a prompt names.

    Parameters
    ----------
    name : str
        The expression as written, without blank ends.
    text : str
        The block below the prompt: a line with name, type and size, and the
        content in a fence.
    privacy : Privacy
        The limits under which it was made.
    cell : str or None
        For a cell that ran, its id in the notebook, "" if the front end sends none. None for
        a value of the session.
    """

    name: str
    text: str = field(repr=False)
    privacy: Privacy
    cell: str | None = None

    @property
    def key(self) -> str:
        """The key that all versions share: a cell that runs again has another number."""
        return f"cell id {self.cell}" if self.cell else self.name

    @property
    def included(self) -> IncludedValue:
        """The name and size."""
        return IncludedValue(self.name, len(self.text))


def named_value(name: str, found: Description, privacy: Privacy) -> NamedValue:
    """Return a value with its block for below a prompt."""
    # Rendering is slow to import.
    from groq_magic.rendering import code_span, fenced

    heading = f"{code_span(name)}: {found.heading}"
    text = f"{heading}\n{fenced(found.body, found.language)}" if found.body.strip() else heading
    return NamedValue(name, text, privacy)


def with_values(text: str, values: Iterable[NamedValue]) -> str:
    """Return a prompt with the content of its values below it."""
    found = list(values)
    parts = [text]
    for heading, blocks in (
        (_HEADING, [value.text for value in found if value.cell is None]),
        (_HEADING_OF_CELLS, [value.text for value in found if value.cell is not None]),
    ):
        parts += [heading, *blocks] if blocks else ()
    return "\n\n".join(parts)
