"""Notices above an answer, about the page and the saved file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.clipping import count_of
from groq_magic.conversation import turn_of
from groq_magic.errors import NotebookError
from groq_magic.page.cell import request_cells
from groq_magic.views.slots import slot_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.asking.plan import Plan
    from groq_magic.session.session import Session

__all__ = [
    "mark_reported",
    "missed_by",
    "notice_of_images",
    "notice_of_left_out",
    "notice_of_missed",
    "notice_of_order",
    "notice_of_restorable",
]


def notice_of_left_out(names: Sequence[str], answers: int) -> tuple[str, ...]:
    """Return the notice of values and answers of earlier turns that are no longer sent.

    Parameters
    ----------
    names : sequence of str
        Names of the values.
    answers : int
        The number of answers that may quote such values.
    """
    left_out = [f"`{name}`" for name in names]
    if answers:
        left_out.append(f"{count_of(answers, 'answer')} that may quote excluded values")
    if not left_out:
        return ()
    return (f"No longer sent, because of `rows_sent` or `private`: {', '.join(left_out)}.",)


def notice_of_images(plan: Plan) -> tuple[str, ...]:
    """Return the notice that the images of the turn just above are not sent again.

    A prompt with its own image, or further below, needs no notice.
    """
    above = plan.window.turns[-1:]
    count = len(above[0].data.images) if above and not plan.draft.images else 0
    if not count:
        return ()
    if count > 1:
        return (f"The {count} images above are not sent again; `-i` sends them.",)
    return ("The image above is not sent again; `-i` sends it.",)


def missed_by(session: Session, plan: Plan) -> frozenset[str]:
    """Return the slots of missed answers that `%groq_history` lists, without the running cell's."""
    if session.live is None:
        return frozenset()
    practice, conversations = plan.pending.practice, session.conversations
    # If the page has reported that it lacks the cell, the turn counts as deleted.
    turns = {
        slot_of(turn.shown)
        for conversation in (
            conversations.get(name, practice) for name in conversations.names(practice)
        )
        for turn in (*conversation.turns, *conversation.deleted)
    }
    return frozenset(turns & session.live.finished.missed() - {slot_of(plan.pending.shown)})


def notice_of_missed(missed: frozenset[str]) -> tuple[str, ...]:
    """Return the notice of missed answers, if there are any."""
    if not missed:
        return ()
    count = len(missed)
    lacks, it = "an answer", "it"
    if count > 1:
        lacks, it = f"{count} answers", "them"
    return (f"The page was reloaded and lacks {lacks}. `%groq_history` shows {it}.",)


def mark_reported(session: Session, missed: frozenset[str]) -> None:
    """Note that the notice was shown; it is shown once."""
    if session.live is not None:
        session.live.finished.mark_reported(missed)


def notice_of_order(session: Session, plan: Plan) -> tuple[str, ...]:
    """Return the notice, once, that the page can't report its order, if there are turns."""
    if session.live is None or session.cell is None or request_cells(session.shell).order:
        return ()
    turns = session.conversations.count(plan.pending.practice)
    return session.live.pages.order_notice() if turns else ()


def notice_of_restorable(session: Session) -> tuple[str, ...]:
    """Return the notice of answers above that are not in the conversation; once."""
    if session.restore_offered:
        return ()
    try:
        found = session.restorable()
    except NotebookError:
        return ()
    # The answer of the running cell is about to be replaced.
    found = tuple(
        saved for saved in found if saved.shown.cell != session.cell and not saved.is_edited
    )
    if not found:
        return ()
    tokens = sum(
        session.estimate.of_messages(turn_of(saved, after=None).messages) for saved in found
    )
    are, adds = ("answers above are", "them") if len(found) > 1 else ("answer above is", "it")
    line = f"{len(found)} {are} not part of this conversation; `%groq_restore` adds {adds}"
    return (f"{line} (about {tokens:,} tokens to send).",)
