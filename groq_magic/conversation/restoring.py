"""Giving a conversation back out of a saved notebook."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.conversation.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from groq_magic.conversation.book import Book
    from groq_magic.conversation.conversation import Conversation
    from groq_magic.conversation.saved import SavedTurn

__all__ = ["restorable", "with_restored"]


def restorable(saved: Iterable[SavedTurn], book: Book) -> tuple[SavedTurn, ...]:
    """Return the saved turns of cells of which `book` holds no turn.

    What a cell was answered in this session is newer than the file.
    """
    here = {cell for turn in book.turns() for cell in (turn.key.cell, turn.shown.cell)}
    return tuple(
        turn
        for turn in saved
        if turn.practice == book.practice and here.isdisjoint((turn.key.cell, turn.shown.cell))
    )


def with_restored(
    saved: Sequence[SavedTurn], book: Book, revisions: Iterator[int]
) -> tuple[dict[str, Conversation], tuple[Turn, ...]]:
    """Return the conversations with the saved turns before those present, and these turns."""
    after = dict(book.conversations)
    added: tuple[Turn, ...] = ()
    for name in dict.fromkeys(turn.conversation for turn in saved):
        turns: tuple[Turn, ...] = ()
        for one in saved:
            if one.conversation == name:
                seen = tuple(turn.revision for turn in turns)
                turns = (*turns, _turn(one, next(revisions), seen))
        present = book.get(name)
        after[name] = replace(present, turns=(*turns, *present.turns))
        added = (*added, *turns)
    return after, added


def _turn(saved: SavedTurn, revision: int, seen: tuple[int, ...]) -> Turn:
    return Turn(
        key=saved.key,
        conversation=saved.conversation,
        practice=saved.practice,
        prompt=saved.prompt,
        answer=saved.answer,
        model=saved.model,
        finish_reason=saved.finish_reason,
        usage=saved.usage,
        revision=revision,
        seen=seen,
        shown=saved.shown,
    )
