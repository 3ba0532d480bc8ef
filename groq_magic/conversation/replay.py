"""Find the saved answer to an unchanged ask, in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from groq_magic.conversation.saved_turns import SavedTurn

__all__ = ["NEW_CELL", "Replay", "ReplayKey"]

# Why an ask has no saved answer.
NEW_CELL = "this cell is new or its answer was not saved"
# Options about the source of an answer, not about the request.
_NOT_COMPARED = frozenset({"cache", "no_cache"})
_PROMPT = "its prompt changed"


@dataclass(frozen=True)
class ReplayKey:
    """The properties of an ask by which its saved answer is found.

    Parameters
    ----------
    cell : str or None
        The id of its cell.
    ask : int
        Which of the cell's asks, from 1.
    prompt, prompt_sha : str
        As typed.
    options : Mapping
        As typed; without a model that was chosen in the picker.
    source : str
        Of the cell that asks, "" where unknown.
    """

    cell: str | None
    ask: int
    prompt: str
    prompt_sha: str
    options: Mapping[str, Any]
    source: str = ""


class Replay:
    """Finds saved answers by their asks.

    Parameters
    ----------
    answers : sequence of SavedTurn
        In the order of the file.
    cells : iterable of str
        The ids of the file's cells.
    seen : iterable of str
        The cells that ran here. If one of them is in the file, the front end
        sends the file's ids: only its own cell's answer is then found for an ask.
        Otherwise asks are expected in the file's order, each from a cell of the
        same source if there is one.
    """

    def __init__(
        self,
        answers: Sequence[SavedTurn],
        *,
        cells: Iterable[str],
        seen: Iterable[str] = (),
    ) -> None:
        self.answers = tuple(answers)
        self.cells = frozenset(cells)
        self._has_ids = not self.cells.isdisjoint(seen)
        self._next = 0

    def find(self, key: ReplayKey) -> SavedTurn | None:
        """Return the saved answer to the same prompt with the same options, if any."""
        self._has_ids = self._has_ids or key.cell in self.cells
        if self._by_cell(key):
            return next((a for a in self._at(key) if not _differs(a, key)), None)
        count, placed = len(self.answers), self._of_source(key)
        for step in range(count):
            at = (self._next + step) % count
            if at in placed and not _differs(self.answers[at], key):
                self._next = at + 1
                return self.answers[at]
        return None

    def former(self, key: ReplayKey) -> SavedTurn | None:
        """Return the answer that the cell was saved with, to any prompt; None if unknown."""
        return next(iter(self._at(key)), None) if self._by_cell(key) else None

    def why_missing(self, key: ReplayKey) -> str:
        """Return the reason why an ask has no saved answer: a phrase without full stop."""
        if self._by_cell(key):
            return next((_differs(answer, key) for answer in self._at(key)), NEW_CELL)
        reasons = (_differs(self.answers[at], key) for at in self._of_source(key))
        return next(
            (why for why in reasons if why != _PROMPT), "the cell is new, or its prompt changed"
        )

    def _by_cell(self, key: ReplayKey) -> bool:
        return self._has_ids and key.cell is not None

    def _of_source(self, key: ReplayKey) -> Sequence[int]:
        """Return the indexes of the answers of cells of the same source, else of all."""
        source = key.source.strip()
        found = [at for at, each in enumerate(self.answers) if each.source.strip() == source]
        return found if source and found else range(len(self.answers))

    def _at(self, key: ReplayKey) -> list[SavedTurn]:
        return [a for a in self.answers if (a.shown.cell, a.shown.ask) == (key.cell, key.ask)]


def _differs(saved: SavedTurn, key: ReplayKey) -> str:
    """Return how an ask differs from the saved one, "" if it does not."""
    same = (
        saved.prompt_sha == key.prompt_sha
        if saved.prompt_sha is not None
        else saved.prompt == key.prompt
    )
    if not same:
        return _PROMPT
    if _asked(saved.options or {}) != _asked(key.options):
        return "its options changed"
    return ""


def _asked(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in _NOT_COMPARED}
