"""Giving a conversation back out of a saved notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.conversation.seen import NOTHING
from groq_magic.conversation.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from groq_magic.conversation.conversation import Conversation
    from groq_magic.conversation.history import History
    from groq_magic.conversation.saved import SavedTurn
    from groq_magic.conversation.seen import Seen
    from groq_magic.conversation.turn import TurnKey

__all__ = ["restorable", "with_restored"]


def restorable(saved: Iterable[SavedTurn], history: History) -> tuple[SavedTurn, ...]:
    """Return the saved turns of cells of which `history` holds no turn.

    What a cell was answered in this session is newer than the file.
    """
    here = {cell for turn in history.turns() for cell in (turn.key.cell, turn.shown.cell)}
    return tuple(
        turn
        for turn in saved
        if turn.practice == history.practice and here.isdisjoint((turn.key.cell, turn.shown.cell))
    )


def with_restored(
    saved: Sequence[SavedTurn], history: History, revisions: Iterator[int]
) -> tuple[dict[str, Conversation], tuple[Turn, ...]]:
    """Return the conversations with the saved turns before those present, and these turns."""
    after = dict(history.conversations)
    added: list[Turn] = []
    for name in dict.fromkeys(turn.conversation for turn in saved):
        turns: list[Turn] = []
        seen = NOTHING
        for one in saved:
            if one.conversation == name:
                after_key = turns[-1].key if turns else None
                turns.append(_turn(one, next(revisions), seen, after_key))
                seen = seen.then(turns[-1].revision)
        present = history.get(name)
        after[name] = present.with_turns((*turns, *present.turns))
        added += turns
    return after, tuple(added)


def _turn(saved: SavedTurn, revision: int, seen: Seen, after: TurnKey | None) -> Turn:
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
        after=after,
    )
