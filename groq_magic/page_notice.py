"""The notice that a page can't report the order of its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.notebook import request_cells

if TYPE_CHECKING:
    from groq_magic.notebook_session import Session
    from groq_magic.plan import Plan

__all__ = ["order_notice"]


def order_notice(session: Session, plan: Plan) -> tuple[str, ...]:
    """Return the notice, once, where there are turns that the page's order would arrange."""
    if session.live is None or session.cell is None or request_cells(session.shell).order:
        return ()
    turns = session.turn_count(practice=plan.pending.practice)
    return session.live.pages.order_notice() if turns else ()
