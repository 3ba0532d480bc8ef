"""Restore saved turns, which puts no answer out of date."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.conversation.chain import chain_of
from groq_magic.conversation.saved_turns import sha_of
from groq_magic.conversation.turn import NO_DATA, PromptData, Turn, messages_of
from groq_magic.practice import without_fold
from groq_magic.prompt import UNKNOWN_LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from groq_magic.conversation.arrangement import Arrangement
    from groq_magic.conversation.chain import Chain, EarlierTurn
    from groq_magic.conversation.conversation import Conversation
    from groq_magic.conversation.saved_turns import SavedTurn
    from groq_magic.conversation.turn import TurnKey

__all__ = ["added_turns", "turn_of", "with_turns_above"]


def added_turns(saved: Sequence[SavedTurn], revisions: Iterable[int]) -> dict[str, list[Turn]]:
    """Return saved turns as turns, by conversation, each asked after the one before it."""
    added: dict[str, list[Turn]] = {}
    # The order in which they were asked is unknown: any answer may quote any of the values.
    with_data = {each.conversation for each in saved if each.included or _has_calls(each)}
    for each, revision in zip(saved, revisions, strict=False):
        above = added.setdefault(each.conversation, [])
        is_after_data = each.conversation in with_data
        turn = turn_of(each, above[-1].key if above else None, is_after_data=is_after_data)
        above.append(replace(turn, revision=revision))
    return added


def _has_calls(saved: SavedTurn) -> bool:
    """Whether functions or code may have given data to the answer."""
    options = saved.options or {}
    return bool(options.get("tools") or options.get("run_code") or saved.code_sha)


def turn_of(saved: SavedTurn, after: TurnKey | None, *, is_after_data: bool = True) -> Turn:
    """Return a saved turn as a turn.

    Parameters
    ----------
    saved : SavedTurn
    after : TurnKey or None
        The turn that was asked just before it.
    is_after_data : bool
        Whether its request may have contained values of that session.
    """
    answer = without_fold(saved.answer) if saved.practice else saved.answer
    data = PromptData(names=saved.included, seen=UNKNOWN_LIMITS) if is_after_data else NO_DATA
    return Turn(
        key=saved.key,
        shown=saved.shown,
        conversation=saved.conversation,
        practice=saved.practice,
        after=after,
        messages=messages_of(saved.sent, answer),
        model=saved.model,
        finish_reason=saved.finish_reason,
        usage=saved.usage,
        typed=saved.prompt,
        data=replace(data, images=saved.images),
        prompt_sha=saved.prompt_sha or sha_of(saved.prompt),
    )


def with_turns_above(
    conversation: Conversation, restored: Sequence[Turn], around: Callable[[Turn], Arrangement]
) -> Conversation:
    """Return a conversation whose turns were all asked after the restored turns above them.

    Parameters
    ----------
    conversation : Conversation
        With the restored turns.
    restored : sequence of Turn
    around : callable
        Returns the arrangement that orders a turn.
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
    """Return the chain of a turn, with the restored turns in it."""
    before = list(turn.before)[::-1]
    known = {each.key for each in before}
    # By the last turn of the chain above them.
    added: dict[Hashable, list[EarlierTurn]] = {}
    last: Hashable = None
    for each in above:
        if each.key in known:
            last = each.key
        elif each.key in restored:
            added.setdefault(last, []).append(each.as_earlier)
    merged = [*added.get(None, ())]
    for each_before in before:
        merged += (each_before, *added.get(each_before.key, ()))
    found = chain_of(merged)
    # Equal chains share their links.
    return now if found == now else found
