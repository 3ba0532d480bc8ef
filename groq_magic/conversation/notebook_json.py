"""Read the code cells of a notebook file. It is not trusted: malformed parts count as missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from groq_magic.page.notebook_file import names_of

__all__ = [
    "CodeCell",
    "code_cells_in",
    "mapping_of",
    "sequence_of",
    "string_of",
    "text_of",
]


@dataclass(frozen=True)
class CodeCell:
    """A code cell as the file has it.

    Parameters
    ----------
    position : int
        Its index in the file.
    id : str
        "" for none, as up to nbformat 4.4.
    names : tuple of str
        Its ids: Colab has one of its own.
    source : str
    execution : int
        Its count of executions, -1 where the file gives none.
    outputs : tuple of Mapping
    """

    position: int
    id: str
    names: tuple[str, ...]
    source: str
    execution: int
    outputs: tuple[Mapping[str, Any], ...]

    @property
    def records(self) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Our metadata of each output that has some, and the output's data."""
        for output in self.outputs:
            record = mapping_of(mapping_of(output.get("metadata")).get("groq_magic"))
            if record:
                yield record, mapping_of(output.get("data"))


def code_cells_in(notebook: Mapping[str, Any]) -> Iterator[CodeCell]:
    """Yield a notebook's code cells in order."""
    for position, cell in enumerate(sequence_of(mapping_of(notebook).get("cells"))):
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
            )


def string_of(value: Any) -> str | None:
    """Return a text, None for anything else."""
    return value if isinstance(value, str) else None


def text_of(value: Any) -> str | None:
    """Return nbformat's multi-line string: a string, or a list of them."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return string_of(value)


def mapping_of(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def sequence_of(value: Any) -> list[Any]:
    """Return a JSON list, an empty one for anything else."""
    return value if isinstance(value, list) else []
