"""Reuse the saved answer of `--run-code` while the cell below has its code unchanged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.asking.stored_answer import ReplayResult, replay_key_of, result_of_saved
from groq_magic.conversation import sha_of
from groq_magic.errors import NotebookError
from groq_magic.page.cell import next_source
from groq_magic.page.front_end import has_input
from groq_magic.views.saved_output import shows_answer

if TYPE_CHECKING:
    from groq_magic.asking.draft import Draft
    from groq_magic.conversation import PendingTurn
    from groq_magic.session.session import Session

__all__ = ["code_sha_of", "lacks_input", "refuse_without_input", "result_below_code"]

_BELOW = "The saved answer: its code is in the cell below. `%groq_retry` asks again."


def result_below_code(session: Session, draft: Draft, pending: PendingTurn) -> ReplayResult:
    """Return the saved answer to an ask whose code stands unchanged in the cell below.

    That cell runs without the model and without another approval. The answer has to be the one
    that the notebook shows: later prompts send it.
    """
    if not draft.options.run_code or draft.ask.again or session.cell is None:
        return ReplayResult()
    try:
        found = session.saved.replay(None).find(replay_key_of(session, draft, pending))
    except NotebookError:
        return ReplayResult()
    below = next_source(session.shell)
    if below is None:
        below = session.saved.source_below(session.cell)
    if found is None or found.code_sha != code_sha_of(below) or not shows_answer(found):
        return ReplayResult()
    result = result_of_saved(found, in_practice=session.service.in_practice)
    return replace(result, lines=(_BELOW, *result.lines))


def code_sha_of(code: str) -> str:
    """Return the SHA-256 of a cell's code without the line breaks and spaces around it."""
    return sha_of(code.strip("\n "))


def lacks_input(session: Session, draft: Draft) -> bool:
    """Whether an ask may propose code, and nobody can approve it."""
    return draft.options.run_code and not has_input(session.shell)


def refuse_without_input(session: Session, draft: Draft) -> None:
    """Refuse `--run-code` if nobody can approve code, before anything is sent.

    Raises
    ------
    NotebookError
    """
    if lacks_input(session, draft):
        raise NotebookError(
            "--run-code: nobody can approve code here.",
            "Run the cell in a notebook or a terminal.",
        )
