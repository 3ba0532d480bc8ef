"""What the session knows around a failure or a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from groq_magic.assistant.cell import Cell

__all__ = ["Surroundings"]


@dataclass(frozen=True)
class Surroundings:
    """What the session knows.

    Parameters
    ----------
    namespace : Mapping of str to Any
        The user's variables.
    room : int
        Characters that data may take in a prompt.
    cell_of : callable
        From a code object's file name to the cell it was compiled from; None
        for a file that is no cell.
    cells : callable
        Gives the cells that ran, the last one first.
    """

    namespace: Mapping[str, Any]
    room: int
    cell_of: Callable[[str], Cell | None]
    cells: Callable[[], Iterable[Cell]] = tuple
