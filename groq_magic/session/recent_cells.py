"""The cells that ran before an ask, for `--recent N`."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from groq_magic.api.key import scrub
from groq_magic.assistant import LEAST_ROOM, RecentCell, is_ask, recent_values
from groq_magic.session.cell_history import CellHistory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.assistant import Cell
    from groq_magic.prompt import NamedValue
    from groq_magic.session.session import Session

__all__ = ["recent_cells"]

_CHARACTERS_PER_TOKEN = 4
_NO_CELLS = "`--recent` includes nothing: no cell has run before this one."


def recent_cells(session: Session, count: int) -> tuple[tuple[NamedValue, ...], tuple[str, ...]]:
    """Return the cells that ran last, as values for a prompt, and notices for the user.

    For each cell, the last run counts. Cells of our magics and the cell that asks are left out.

    Parameters
    ----------
    session : Session
    count : int
        The most cells.
    """
    history = CellHistory(session)
    context = history.context(session.settings.assistant_tokens * _CHARACTERS_PER_TOKEN)
    most = max(context.room // LEAST_ROOM, 1)
    found = list(islice(_cells(session, history), min(count, most) + 1))
    cells = found[: min(count, most)]
    notices = []
    if not cells:
        notices.append(_NO_CELLS)
    if count > most and len(found) > most:
        notices.append(f"`--recent` includes the last {most} cells; more don't fit.")
    recent = []
    for cell in reversed(cells):
        printed, value = history.results_of(cell, context)
        identity = session.executions.cell_of(cell.number)
        recent.append(RecentCell(cell, identity, printed, value, history.failure_of(cell)))
    if session.privacy().rows == 0 and any(each.printed for each in recent):
        notices.append("Printed output is left out: `rows_sent` is 0.")
    return recent_values(recent, context, scrub), tuple(notices)


def _cells(session: Session, history: CellHistory) -> Iterator[Cell]:
    """Yield the cells, the latest first, each once."""
    executions = session.executions
    seen = {executions.current.cell or ""}
    for cell in history.newest_first():
        identity = executions.cell_of(cell.number)
        if (identity and identity in seen) or is_ask(cell.source):
            continue
        seen.add(identity)
        if cell.number != executions.current.number:
            yield cell
