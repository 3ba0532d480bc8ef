"""A notebook's saved answers, found again for its unchanged asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from groq_magic.conversation.saved import SavedTurn

__all__ = ["Replay", "Wanted"]

# Options that say where an answer comes from, not what is asked.
_ASIDE = frozenset({"cache", "no_cache"})
_PROMPT = "its prompt changed"


@dataclass(frozen=True)
class Wanted:
    """An ask that a saved answer is looked for.

    Parameters
    ----------
    cell : str or None
        The id of its cell.
    ask : int
        Which of the cell's asks, from 1.
    prompt, prompt_sha : str
        As typed.
    model : str or None
        None where the options, or a kind of task, decide on it.
    options : Mapping
        As typed.
    practice : bool
    """

    cell: str | None
    ask: int
    prompt: str
    prompt_sha: str
    model: str | None
    options: Mapping[str, Any]
    practice: bool


class Replay:
    """Saved answers, to be found by their asks.

    Parameters
    ----------
    answers : sequence of SavedTurn
        In the order of the file.
    cells : iterable of str
        The ids of the file's cells.
    seen : iterable of str
        The cells that ran here. Once one of them is in the file, the front
        end is known to tell its ids: then an ask is answered by its own cell
        alone. Else the asks are taken to come in the file's order.
    """

    def __init__(
        self,
        answers: Sequence[SavedTurn],
        *,
        cells: Iterable[str] = (),
        seen: Iterable[str] = (),
    ) -> None:
        self.answers = tuple(answers)
        self.cells = frozenset(cells)
        self._ids_told = not self.cells.isdisjoint(seen)
        self._next = 0

    def find(self, wanted: Wanted) -> SavedTurn | None:
        """Return the answer to the same prompt, model and options; None where there is none."""
        self._ids_told = self._ids_told or wanted.cell in self.cells
        if self._by_cell(wanted):
            return next((a for a in self._at(wanted) if not _differs(a, wanted)), None)
        count = len(self.answers)
        for step in range(count):
            at = (self._next + step) % count
            if not _differs(self.answers[at], wanted):
                self._next = at + 1
                return self.answers[at]
        return None

    def why_none(self, wanted: Wanted) -> str:
        """Return why an ask has no saved answer: a phrase without full stop."""
        if self._by_cell(wanted):
            return next((_differs(answer, wanted) for answer in self._at(wanted)), "it is new")
        reasons = (_differs(answer, wanted) for answer in self.answers)
        return next((why for why in reasons if why != _PROMPT), "it is new or changed")

    def _by_cell(self, wanted: Wanted) -> bool:
        return self._ids_told and wanted.cell is not None

    def _at(self, wanted: Wanted) -> list[SavedTurn]:
        return [a for a in self.answers if (a.shown.cell, a.shown.ask) == (wanted.cell, wanted.ask)]


def _differs(saved: SavedTurn, wanted: Wanted) -> str:
    """Return in what an ask differs from the saved one, "" where in nothing."""
    same = (
        saved.prompt_sha == wanted.prompt_sha
        if saved.prompt_sha is not None
        else saved.prompt == wanted.prompt
    )
    if not same:
        return _PROMPT
    if _telling(saved.options or {}) != _telling(wanted.options):
        return "its options changed"
    if wanted.model is not None and saved.model != wanted.model:
        return f"the model was {saved.model}, and is {wanted.model} now"
    if saved.practice != wanted.practice:
        return "it was answered in practice mode" if saved.practice else "practice mode is on now"
    return ""


def _telling(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in _ASIDE}
