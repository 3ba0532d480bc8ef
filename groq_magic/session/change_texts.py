"""Describe a change above an answer, in the warning and in the history."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from groq_magic.views.phrase import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.conversation import ChangeAbove

__all__ = ["note_of", "warning_of"]

# `{}` is the prompt of the turn that changed.
_WARNINGS = MappingProxyType(
    {
        "added": "{} is now above this answer; it wasn't when you asked.",
        "again": "{}, above this answer, has been asked again.",
        "asked": "{}, above this answer, was asked after it.",
        "below": "{} is now below this answer; it was above when you asked.",
        "deleted": "A cell above this answer has been deleted: {}.",
        "edited": "{}, above this answer, has been edited and asked again.",
        "moved": "{}, above this answer, has been moved.",
        "removed": "{}, above this answer, has been removed from the conversation.",
        "reordered": "The cells above this answer are in another order than when you asked.",
        "saved": "This answer was saved with other turns above it.",
    }
)
_NOTES = MappingProxyType(
    {
        "added": "turn {} is now above it",
        "again": "turn {} was asked again",
        "asked": "turn {} was asked later",
        "below": "turn {} is now below it",
        "deleted": "a cell above it was deleted",
        "edited": "turn {} was edited and asked again",
        "moved": "turn {} was moved",
        "removed": "a turn above it was removed",
        "reordered": "the turns above it are in another order",
        "saved": "saved with other turns above it",
    }
)
_REMEDY = "Run this cell again to bring the answer up to date."
# Replay would show the saved answer again.
_REMEDY_OF_SAVED = "Run %groq_replay off, then this cell, to bring the answer up to date."


def warning_of(change: ChangeAbove, cell: int | None, hide: Callable[[str], str]) -> str:
    """Return the warning above an answer, as plain text.

    Parameters
    ----------
    change : ChangeAbove
    cell : int or None
        The number beside the cell of the turn that changed, if any.
    hide : callable
        Replaces the secrets in a text.
    """
    turn = quoted(hide(change.typed)) + (f" (cell {cell})" if cell is not None else "")
    remedy = _REMEDY_OF_SAVED if change.kind == "saved" else _REMEDY
    return f"{_WARNINGS[change.kind].format(turn)} {remedy}"


def note_of(change: ChangeAbove) -> str:
    """Return the note in the history, where turns have numbers."""
    return f"out of date: {_NOTES[change.kind].format(change.number)}"
