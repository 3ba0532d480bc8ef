"""Restored turns: they and the answers of now are marked by what changes after the restore."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.conversation.chain import chain_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from groq_magic.conversation.arrangement import Arrangement
    from groq_magic.conversation.chain import Chain, EarlierTurn
    from groq_magic.conversation.conversation import Conversation
    from groq_magic.conversation.saved_turns import SavedTurn
    from groq_magic.conversation.turn import Turn, TurnKey

__all__ = ["added_turns", "with_turns_above"]


def added_turns(saved: Iterable[SavedTurn], revisions: Iterable[int]) -> dict[str, list[Turn]]:
    """Return saved turns as turns, by conversation, each asked after the one before it."""
    added: dict[str, list[Turn]] = {}
    for each, revision in zip(saved, revisions, strict=False):
        above = added.setdefault(each.conversation, [])
        turn = each.turn(after=above[-1].key if above else None)
        above.append(replace(turn, revision=revision))
    return added


def with_turns_above(
    conversation: Conversation, restored: Sequence[Turn], around: Callable[[Turn], Arrangement]
) -> Conversation:
    """Return a conversation in which no answer is out of date for what was restored.

    Parameters
    ----------
    conversation : Conversation
        With the restored turns.
    restored : sequence of Turn
    around : callable
        Returns the arrangement that a turn is ordered by.
    """
    keys = {turn.key for turn in restored}

    def with_above(turn: Turn) -> Turn:
        arrangement = around(turn)
        number = arrangement.number(turn)
        if number is None:
            return turn
        above, now = arrangement.turns[: number - 1], arrangement.chains[number - 1]
        before = now if turn.key in keys else _merged(turn, above, keys, now)
        return turn if before == turn.before else replace(turn, before=before)

    return conversation.with_turns([with_above(turn) for turn in conversation.turns])


def _merged(turn: Turn, above: Sequence[Turn], restored: AbstractSet[TurnKey], now: Chain) -> Chain:
    """Return what a turn was asked after, with the restored turns at their places."""
    merged: list[EarlierTurn] = list(turn.before)[::-1]
    last: TurnKey | None = None
    for each in above:
        if each.key in restored:
            at = next((n for n, held in enumerate(merged, 1) if held.key == last), 0)
            merged.insert(at, each.as_earlier)
        last = each.key
    found = chain_of(merged)
    # Chains that are equal share their links.
    return now if found == now else found
