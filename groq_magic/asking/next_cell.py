"""The code of an answer that becomes the next cell, and its diff to the failed cell."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from groq_magic.assistant import (
    AssistantPrompt,
    CodeChoice,
    code_choice_of,
    without_fence,
)
from groq_magic.views.answer_facts import Replacement
from groq_magic.views.cell_diff import CellDiff

if TYPE_CHECKING:
    from groq_magic.assistant import Cell
    from groq_magic.reply import Reply
    from groq_magic.session.ask import Ask
    from groq_magic.session.session import Session

__all__ = [
    "can_replace",
    "choose_code",
    "diff_of",
    "insert_below",
    "prose_of",
    "remarks_of",
    "replacement_of",
]

_POLL = 0.02  # seconds


def choose_code(session: Session, ask: Ask, reply: Reply) -> CodeChoice:
    """Return the code for the next cell, or why there is no code; empty if no cell is wanted."""
    if ask.composed is None and not ask.options.cell:
        return CodeChoice()
    prompt = ask.composed or AssistantPrompt("write", "", "", "")
    whole = reply.finish_reason == "stop" and reply.error is None
    return code_choice_of(prompt, reply.text, whole=whole, transform=session.shell.transform_cell)


def insert_below(session: Session, code: str, replaces: Replacement | None = None) -> None:
    """Insert a cell below the one that asked; the page removes the one inserted before.

    Without a page, nothing is inserted if the saved file already has an equal cell.

    Parameters
    ----------
    session : Session
    code : str
    replaces : Replacement or None
        The cell that the page replaces with the code.
    """
    cell, live = session.cell, session.live
    has_page = live is not None and live.pages.has_page
    if cell and not has_page and session.saved.source_below(cell).strip() == code.strip():
        return
    session.shell.set_next_input(code)
    if cell and live is not None:
        live.send_next(cell, code, replaces)


def replacement_of(session: Session, choice: CodeChoice) -> Replacement | None:
    """Return the facts that the page needs to replace the failed cell; None without a page."""
    asked, fixed = session.cell, choice.cell
    if asked is None or session.live is None or fixed is None or not choice.code:
        return None
    cell = session.executions.cell_of(fixed.number)
    return Replacement(asked, cell, fixed.number, fixed.name, fixed.source, choice.code)


def diff_of(session: Session, ask: Ask, choice: CodeChoice) -> CellDiff | None:
    """Return the diff from the failed cell to the fixed one, None without a fix."""
    if choice.cell is None:
        return None
    before = choice.cell.source.strip("\n").rstrip()
    remarks = (*_what_to_do(session, ask, choice.cell), *choice.remarks)
    return CellDiff(choice.cell.name, before, choice.code, choice.cell.language, remarks)


def _what_to_do(session: Session, ask: Ask, fixed: Cell) -> tuple[str, ...]:
    """Return a remark if the user has to replace a cell, or to run another one afterwards."""
    failed = ask.composed.cells[0] if ask.composed is not None else fixed
    is_earlier = failed.number != fixed.number
    then = f", then run {failed.name}" if is_earlier else ""
    if ask.in_place and not can_replace(session):
        name = fixed.name[:1].upper() + fixed.name[1:]
        why = "was not replaced: no open notebook can do it"
        return (f"{name} {why}. Replace it with the cell below{then}.",)
    if not is_earlier:
        return ()
    # The user replaces the cell with the button, or runs the one below.
    has_button = session.cell is not None and session.live is not None
    do = f"Run the fixed {fixed.name}" if has_button else f"Replace {fixed.name} with this"
    return (f"{do}{then}.",)


def can_replace(session: Session) -> bool:
    """Whether some page can replace a cell; waits for one that is still loading."""
    live = session.live
    if session.cell is None or live is None:
        return False
    # A page that has just been opened may still be loading the widget.
    while not (live.pages.has_page or live.lacks_page):
        time.sleep(_POLL)
    return live.pages.can_replace


def remarks_of(choice: CodeChoice) -> tuple[str, ...]:
    """Return the remarks on a new cell; those on a fixed one are above its diff."""
    return choice.remarks if choice.cell is None else ()


def prose_of(choice: CodeChoice, answer: str) -> str:
    """Return the answer without the code that the diff shows."""
    return without_fence(answer, choice.fence) if choice.fence is not None else answer
