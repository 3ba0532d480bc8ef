from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.conversation import Conversations, Turn

if TYPE_CHECKING:
    from collections.abc import Callable


class Notebook:
    """Runs cells against a Conversations as the one flow does."""

    def __init__(self) -> None:
        self.conversations = Conversations()
        self.execution = 0

    def run(self, cell: str | None, *answers: str | None, **options: Any) -> list[Turn]:
        """Execute a cell with an ask per answer; None is an ask that fails before any text."""
        self.execution += 1
        options = {"conversation": "main"} | options
        practice = options.get("practice", False)
        turns = []
        for answer in answers:
            pending = self.conversations.begin(cell, self.execution, **options)
            assert pending.practice == practice
            if answer is not None:
                turns.append(self.settle(pending, answer))
        self.conversations.end_cell(succeeded=None not in answers)
        return turns

    def settle(self, pending: Any, answer: str, **parts: Any) -> Turn:
        content = {"model": "m", "finish_reason": "stop"} | parts
        return self.conversations.settle(
            pending, prompt=f"asks for {answer}", answer=answer, **content
        )

    def answers(self, name: str = "main", *, practice: bool = False) -> list[str]:
        return [turn.answer for turn in self.conversations.get(name, practice).turns]


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture(scope="session")
def new_notebook() -> Callable[[], Notebook]:
    return Notebook
