"""The turns of a session, as they are sent and marked."""

from __future__ import annotations

from typing import Any

from groq_magic.page.cell import TOKEN

__all__ = ["WORDS", "order_of", "prompts", "stale"]

# What each cell asks: the first words are echoed.
WORDS = {"a": "One", "b": "Two", "c": "Three", "d": "Four"}


def order_of(cells: Any, notebook: Any = "talk.ipynb") -> dict[str, Any]:
    """Return what a page adds to a request."""
    return {"groqOrder": cells, "groqNotebook": notebook, "groqToken": TOKEN}


def prompts(cells: Any) -> list[str]:
    return [prompt for prompt, _ in cells.turns]


def stale(cells: Any, cell: str) -> str:
    facts, _ = cells.session.bars._facts[False, f"groq-turn-{cell}-1"]
    return str(facts.stale)
