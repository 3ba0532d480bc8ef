"""Where a cell stands in the notebook, compared with the order of execution."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from groq_magic.conversation.turn import Turn

__all__ = ["below"]


def below(turns: Iterable[Turn], cell: str | None, order: Sequence[str]) -> int:
    """Count the turns whose cells stand below `cell`.

    Parameters
    ----------
    turns : iterable of Turn
        Those that an ask in `cell` sees.
    cell : str or None
        The id of the asking cell.
    order : sequence of str
        The ids of the notebook's cells from top to bottom, as far as known.

    Returns
    -------
    int
        0 where the order does not tell where `cell` is.
    """
    if cell not in order:
        return 0
    under = frozenset(order[order.index(cell) + 1 :])
    return sum(turn.key.cell in under for turn in turns)
