"""A prompt that a magic wrote for the user."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from groq_magic.assistant.cell import Cell
    from groq_magic.prompt import Inserted

__all__ = ["Composed", "Wish"]

Wish = Literal["mend", "write", "explain"]


@dataclass(frozen=True)
class Composed:
    """A prompt that a magic wrote for the user, with code and values in it as they are.

    Parameters
    ----------
    wish : {"mend", "write", "explain"}
        What becomes of the answer's code: a mended cell, a new one, or nothing.
    said : str
        What the user typed for it: the notebook keeps this, never the prompt.
    prompt, system : str
        What is sent; nothing in it is filled in.
    inserted : tuple of Inserted
        What was put in.
    cells : tuple of Cell
        The cells that it is about; of those that may be mended the likeliest first.
    language : str
        Of the code that is wanted.
    head : str
        The cell magic that code in this language needs over it, or "".
    hides_a_key : bool
        Whether `[key]` stands in the prompt for a key that was taken out.
    """

    wish: Wish
    said: str
    prompt: str = field(repr=False)
    system: str = field(repr=False)
    inserted: tuple[Inserted, ...] = ()
    cells: tuple[Cell, ...] = ()
    language: str = "python"
    head: str = ""
    hides_a_key: bool = False

    @property
    def identity(self) -> str:
        """What must be the same for an answer to be the answer to this.

        Not the whole prompt: versions and numbers of cells may differ where
        nothing that matters does.
        """
        return "\n\n".join((self.said, *(cell.source for cell in self.cells)))
