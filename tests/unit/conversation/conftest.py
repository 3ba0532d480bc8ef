from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.conversation import Conversations, Turn, messages_of

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
        messages = messages_of(f"asks for {answer}", answer)
        return self.conversations.add(pending, messages, **content)

    def answers(self, name: str = "main", *, practice: bool = False) -> list[str]:
        return [turn.answer for turn in self.conversations.get(name, practice).turns]

    def sees(self, cell: str | None) -> str:
        """Return the answers that the cell's next ask would see."""
        pending = self.conversations.begin(cell, 99, conversation="main", is_sent=False)
        assert pending.number == len(pending.before) + 1
        return "".join(turn.answer for turn in pending.before)

    def marks(self) -> dict[str, int | None]:
        """Return, by answer, the number of the first turn that has changed since."""
        turns = self.conversations.get("main").turns
        return {turn.answer: self.conversations.stale(turn) for turn in turns}


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def page_of(notebook: Any) -> Any:
    """Show a page: the cells of each notebook, as one letter each, and what was deleted."""

    def show(deleted: str = "", **lists: str) -> None:
        page = notebook.conversations.page
        notebook.execution += 1
        for name, cells in lists.items():
            page = page.with_list(cells, at=notebook.execution, notebook=name)
        by = page.current if lists else None
        page = page.with_deleted(deleted, at=notebook.execution, by=by)
        notebook.conversations.arrange(page)

    return show


@pytest.fixture(scope="session")
def new_notebook() -> Callable[[], Notebook]:
    return Notebook
