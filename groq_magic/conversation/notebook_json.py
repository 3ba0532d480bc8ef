"""Read the code cells of a notebook file. It is not trusted: malformed parts count as missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.conversation.hidden_cells import hidden_parts
from groq_magic.conversation.json_values import mapping_of, sequence_of, text_of
from groq_magic.page.notebook_file import names_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["CodeCell", "code_cells_in"]


@dataclass(frozen=True)
class CodeCell:
    """A code cell of the file.

    Parameters
    ----------
    position : int
        Its index in the file.
    id : str
        "" without one, as up to nbformat 4.4.
    names : tuple of str
        Its ids: Colab adds its own.
    source : str
    execution : int
        Its execution count, -1 without one.
    outputs : tuple of Mapping
    hidden : frozenset of str
        The parts that the page hides: "source", "outputs".
    """

    position: int
    id: str
    names: tuple[str, ...]
    source: str
    execution: int
    outputs: tuple[Mapping[str, Any], ...]
    hidden: frozenset[str]

    @property
    def records(self) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """The metadata that we saved with each output, and the output's data."""
        for output in self.outputs:
            record = mapping_of(mapping_of(output.get("metadata")).get("groq_magic"))
            if record:
                yield record, mapping_of(output.get("data"))


def code_cells_in(notebook: Mapping[str, Any]) -> Iterator[CodeCell]:
    """Yield a notebook's code cells in order."""
    cells = sequence_of(mapping_of(notebook).get("cells"))
    for position, (cell, hidden) in enumerate(zip(cells, hidden_parts(notebook), strict=True)):
        source = text_of(mapping_of(cell).get("source"))
        if source is not None and cell.get("cell_type") == "code":
            execution = cell.get("execution_count")
            yield CodeCell(
                position,
                next(iter(names_of(cell)), ""),
                names_of(cell),
                source,
                execution if type(execution) is int else -1,
                tuple(mapping_of(output) for output in sequence_of(cell.get("outputs"))),
                hidden,
            )
