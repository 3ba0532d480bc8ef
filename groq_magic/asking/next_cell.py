"""The code of an answer that becomes the next cell, and its diff to the failed cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.assistant import (
    AssistantPrompt,
    CodeChoice,
    code_choice_of,
    without_fence,
)
from groq_magic.views.cell_diff import CellDiff

if TYPE_CHECKING:
    from groq_magic.reply import Reply
    from groq_magic.session.ask import Ask
    from groq_magic.session.session import Session

__all__ = ["change_of", "chosen", "insert_below", "prose_of", "remarks_of"]


def chosen(session: Session, ask: Ask, reply: Reply) -> CodeChoice:
    """Return the code for the next cell, or why there is none; empty if none is wanted."""
    if ask.composed is None and not ask.options.cell:
        return CodeChoice()
    prompt = ask.composed or AssistantPrompt("write", "", "", "")
    whole = reply.finish_reason == "stop" and reply.error is None
    return code_choice_of(prompt, reply.text, whole=whole, transform=session.shell.transform_cell)


def insert_below(session: Session, code: str) -> None:
    """Insert a cell with this code below the one that asked; the page replaces the one before.

    Without such a page nothing is inserted where the saved file has an equal cell already.
    """
    cell, live = session.cell, session.live
    has_page = live is not None and live.pages.has_page
    if cell and not has_page and session.saved.source_below(cell) == code.strip():
        return
    session.shell.set_next_input(code)
    if cell and live is not None:
        live.send_next(cell, code)


def change_of(choice: CodeChoice) -> CellDiff | None:
    """Return the diff from the failed cell to the fixed one, None without a fix."""
    if choice.cell is None:
        return None
    before = choice.cell.source.strip("\n").rstrip()
    return CellDiff(choice.cell.name, before, choice.code, choice.cell.language, choice.remarks)


def remarks_of(choice: CodeChoice) -> tuple[str, ...]:
    """Return the remarks on a new cell; those on a fixed one stand above its diff."""
    return choice.remarks if choice.cell is None else ()


def prose_of(choice: CodeChoice, answer: str) -> str:
    """Return the answer without the code that the diff shows."""
    return without_fence(answer, choice.fence) if choice.fence is not None else answer
