"""A column that the prompt names, or an attribute or item of its cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groq_magic.errors import PromptError
from groq_magic.mapping.data.cells import is_missing

if TYPE_CHECKING:
    from groq_magic.mapping.data.rows import Column
    from groq_magic.prompt import Privacy
    from groq_magic.prompt.expression import Expression

__all__ = ["ColumnPart"]


@dataclass(frozen=True)
class ColumnPart:
    """A column that the prompt names, or an attribute or item of its cells.

    Parameters
    ----------
    column : Column
    position : int
        The column's position.
    written : str
        The text between the braces.
    text : str
        The name in the prompt.
    expression : Expression or None
        The attribute or item of the cell; None for the cell itself.
    spec : str or None
        The format spec.
    is_of_row : bool
        Whether it comes from `{{row}}`: then values that can't be sent are described instead.
    """

    column: Column = field(repr=False)
    position: int
    written: str
    text: str
    expression: Expression | None = field(default=None, repr=False)
    spec: str | None = None
    is_of_row: bool = False

    @property
    def key(self) -> tuple[int, str, str | None]:
        """The same for parts with the same text."""
        return self.position, self.text, self.spec

    @property
    def code(self) -> str:
        """The name as a code span on one line."""
        # Rendering is slow to import.
        from groq_magic.rendering import code_span

        return code_span(" ".join(self.text.splitlines()))

    def value(self, position: int, privacy: Privacy) -> Any:
        """Return the value of a row, None if the cell has no such attribute or item."""
        try:
            return self.value_or_error(position, privacy)
        except PromptError:
            return None

    def value_or_error(self, position: int, privacy: Privacy) -> Any:
        """Return the value of a row, or raise PromptError."""
        cell = self.column.cells[position]
        if self.expression is None or is_missing(cell):
            return cell
        return self.expression.value_in({self.expression.root: cell}, privacy)
