"""The turns of a session, as they are sent and marked."""

from __future__ import annotations

from typing import Any

__all__ = ["WORDS", "prompts", "stale"]

# What each cell asks: the first words are echoed.
WORDS = {"a": "One", "b": "Two", "c": "Three", "d": "Four"}


def prompts(cells: Any) -> list[str]:
    return [prompt for prompt, _ in cells.turns]


def stale(cells: Any, cell: str) -> str:
    facts, _ = cells.session._facts[False, f"groq-turn-{cell}-1"]
    return str(facts.stale)
