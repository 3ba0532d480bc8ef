"""Read values of untrusted JSON: a value of another type counts as missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["mapping_of", "sequence_of", "string_of", "text_of"]


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
