"""Read the metadata of a saved answer: any of it may be missing, or forged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groq_magic.conversation.json_values import mapping_of, sequence_of, string_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["counts_in", "names_in", "sha_in", "system_in"]

# We never write larger numbers.
_MOST_TOKENS = 10**12
_SHA = re.compile(r"(?:[0-9a-f]{64})?", re.ASCII)
_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


def system_in(record: Mapping[str, Any]) -> str | None:
    """Return the system prompt, "" without one, None where it is unknown."""
    if "system" in record and record["system"] is None:
        return ""
    return string_of(record.get("system"))


def names_in(record: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the included values; version 1 called them "inserted"."""
    names = record.get("included", record.get("inserted"))
    return frozenset(name for name in sequence_of(names) if isinstance(name, str))


def sha_in(value: Any) -> str | None:
    """Return a valid SHA-256, or "" where nothing was hashed; None for anything else."""
    text = string_of(value)
    return text if text is not None and _SHA.fullmatch(text) else None


def counts_in(usage: Any) -> dict[str, int] | None:
    """Return the three counts of tokens, None where one is missing."""
    counts = {name: mapping_of(usage).get(name) for name in _COUNTS}
    whole = {name: n for name, n in counts.items() if type(n) is int and 0 <= n <= _MOST_TOKENS}
    return whole if len(whole) == len(_COUNTS) else None
