"""The line that offers to restore the answers above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.errors import NotebookError

if TYPE_CHECKING:
    from groq_magic.notebook_session import Session

__all__ = ["line_of_restorable"]


def line_of_restorable(session: Session) -> tuple[str, ...]:
    """Return, until it was shown, the line of which answers above are not remembered."""
    if session.restore_offered:
        return ()
    try:
        found = session.restorable()
    except NotebookError:
        return ()
    # The cell that is running shows an answer that is about to be replaced.
    found = tuple(saved for saved in found if saved.shown.cell != session.cell)
    if not found:
        return ()
    tokens = max(1, sum(session.tokens_in(saved.prompt, saved.answer) for saved in found))
    are, adds = ("answers above are", "them") if len(found) > 1 else ("answer above is", "it")
    line = f"{len(found)} {are} not part of this conversation; `%groq_restore` adds {adds}"
    return (f"{line} (≈{tokens:,} tokens).",)
