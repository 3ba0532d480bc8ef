"""A notebook file's parts, read as someone else's word: whatever is malformed is nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

__all__ = [
    "FileCell",
    "code_cells_in",
    "counts_in",
    "is_name",
    "mapping",
    "prompt_in",
    "sequence",
    "string",
    "text_of",
]

# Names and numbers beyond these are not of our writing.
_LONGEST_NAME = 200
_MOST_TOKENS = 10**12
_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


@dataclass(frozen=True)
class FileCell:
    """A code cell as the file has it; `execution` is -1 where the file gives no count."""

    position: int
    id: str
    source: str
    execution: int
    outputs: tuple[Mapping[str, Any], ...]


def code_cells_in(notebook: Mapping[str, Any]) -> Iterator[FileCell]:
    """Yield a notebook's code cells in order; the id is "" for none, as up to nbformat 4.4."""
    for position, cell in enumerate(sequence(mapping(notebook).get("cells"))):
        cell_id, source = mapping(cell).get("id"), text_of(mapping(cell).get("source"))
        if source is not None and cell.get("cell_type") == "code":
            execution = cell.get("execution_count")
            yield FileCell(
                position,
                cell_id if is_name(cell_id) else "",
                source,
                execution if type(execution) is int else -1,
                tuple(mapping(output) for output in sequence(cell.get("outputs"))),
            )


def prompt_in(source: str) -> str | None:
    """Return the prompt of a `%%groq` cell, without blank ends; None where there is none.

    Other cell magics may stand above it: `%%time` runs what is below.
    """
    first, _, body = source.lstrip().partition("\n")
    while first.startswith("%%") and not first.startswith("%%groq"):
        first, _, body = body.lstrip().partition("\n")
    return body.strip() if first.startswith("%%groq") else None


def counts_in(usage: Any) -> dict[str, int] | None:
    """Return the three counts of tokens, None where one is missing or no count."""
    counts = {name: mapping(usage).get(name) for name in _COUNTS}
    whole = {name: n for name, n in counts.items() if type(n) is int and 0 <= n <= _MOST_TOKENS}
    return whole if len(whole) == len(_COUNTS) else None


def is_name(value: Any) -> TypeGuard[str]:
    """Whether it is a name as we write them: short, and in printable characters."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable()


def string(value: Any) -> str | None:
    """Return a text, None for what is none."""
    return value if isinstance(value, str) else None


def text_of(value: Any) -> str | None:
    """Return nbformat's multi-line string: a string, or a list of them."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return string(value)


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, an empty one for what is none."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> list[Any]:
    """Return a JSON list, an empty one for what is none."""
    return value if isinstance(value, list) else []
