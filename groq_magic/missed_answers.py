"""Answers whose cell is on no page, since the page was reloaded while they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.views.slots import slot_of

if TYPE_CHECKING:
    from groq_magic.notebook_session import Session
    from groq_magic.plan import Plan

__all__ = ["line_of_missed", "mark_reported", "missed_by"]


def missed_by(session: Session, plan: Plan) -> frozenset[str]:
    """Return the slots of missed answers that `%groq_history` has, but for the cell's own."""
    if session.live is None:
        return frozenset()
    turns = {slot_of(key) for key in session.conversations.shown(plan.pending.practice)}
    return frozenset(turns & session.live.finished.missed() - {slot_of(plan.pending.typed)})


def line_of_missed(missed: frozenset[str]) -> tuple[str, ...]:
    """Return the notice of missed answers, if there are any."""
    if not missed:
        return ()
    count = len(missed)
    lost, it = "an answer lost its cell", "it"
    if count > 1:
        lost, it = f"{count} answers lost their cells", "them"
    return (f"The page was reloaded, and {lost}. `%groq_history` shows {it}.",)


def mark_reported(session: Session, missed: frozenset[str]) -> None:
    """Note that the notice was shown: it is shown once."""
    if session.live is not None:
        session.live.finished.reported(missed)
