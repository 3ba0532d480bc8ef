"""The notice that a page can't report the order of its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.notebook import has_page_order

if TYPE_CHECKING:
    from groq_magic.notebook_session import Session

__all__ = ["order_notice"]


def order_notice(session: Session, *, practice: bool) -> tuple[str, ...]:
    """Return the notice, once, where there are turns that the page's order would arrange."""
    if session.live is None or session.cell is None or has_page_order(session.shell):
        return ()
    return session.live.pages.order_notice() if session.turn_count(practice=practice) else ()
