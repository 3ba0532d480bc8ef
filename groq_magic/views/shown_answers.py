"""The answers that cells show; an undo replaces their outputs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from IPython.display import update_display

from groq_magic.views.finished_outputs import FinishedOutput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.views.finished_outputs import CellExecution

__all__ = ["ReasoningFold", "ShownAnswer", "ShownAnswers"]

# Heading and safe HTML of the reasoning.
ReasoningFold: TypeAlias = tuple[str, str]


@dataclass(frozen=True)
class ShownAnswer:
    """Where a finished answer is displayed.

    Parameters
    ----------
    display_id : str
        The id of its display.
    run : CellExecution
        The execution that displayed it.
    reasoning : (str, str) or None
        The reasoning shown while the session lives.
    """

    display_id: str
    run: CellExecution
    reasoning: ReasoningFold | None = None


class ShownAnswers:
    """Registry of the answers that cells show; each output can be replaced."""

    def __init__(self) -> None:
        self._shown: dict[str, ShownAnswer] = {}

    def add(self, slot: str, shown: ShownAnswer) -> None:
        """Note where the answer of a bar is displayed."""
        self._shown[slot] = shown

    def has(self, slot: str) -> bool:
        """Whether a cell shows the answer of a bar."""
        return slot in self._shown

    def reasoning(self, slot: str) -> ReasoningFold | None:
        """Return the reasoning that an answer shows while the session lives."""
        return self._shown[slot].reasoning if slot in self._shown else None

    def cell_begins(self, cell: str) -> None:
        """Note that a cell runs again: the page removes its outputs."""
        for slot in [each for each, shown in self._shown.items() if shown.run.cell == cell]:
            del self._shown[slot]

    def replace(
        self,
        slot: str,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any],
        reasoning: ReasoningFold | None,
    ) -> FinishedOutput | None:
        """Replace the output of a displayed answer.

        Parameters
        ----------
        slot : str
            The class of the bar.
        data, metadata : mapping
            The new output.
        reasoning : (str, str) or None
            The reasoning that it shows while the session lives.

        Returns
        -------
        FinishedOutput or None
            An offer for pages that were loaded later, which ignore the update. None if no cell
            shows the answer.
        """
        shown = self._shown.get(slot)
        if shown is None:
            return None
        self._shown[slot] = replace(shown, reasoning=reasoning)
        update_display(  # type: ignore[no-untyped-call]  # IPython has no types for it
            dict(data), raw=True, metadata=dict(metadata), display_id=shown.display_id
        )
        return FinishedOutput(shown.run, "", slot, data, metadata)
