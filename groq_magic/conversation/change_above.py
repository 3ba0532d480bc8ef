"""Find what changed above a turn since it was asked: the first turn that is sent differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from groq_magic.conversation.arrangement import Arrangement
    from groq_magic.conversation.chain import EarlierTurn
    from groq_magic.conversation.turn import Turn

__all__ = ["ChangeAbove", "change_above"]

Kind = Literal[
    "added",
    "again",
    "asked",
    "below",
    "deleted",
    "edited",
    "moved",
    "removed",
    "reordered",
    "saved",
]


@dataclass(frozen=True)
class ChangeAbove:
    """The first change above a turn.

    Parameters
    ----------
    kind : str
        What happened to the other turn: it was asked `again`, with an `edited` prompt, or
        `asked` for the first time; was `added` (moved up, or restored), `moved`, is now
        `below`, was `removed` from the conversation, or its cell was `deleted`. `reordered`:
        two turns changed places. `saved`: the turns differ from those that a replayed
        answer was saved with.
    typed : str
        The beginning of its prompt, "" where unknown.
    turn : Turn or None
        The other turn as it is now, None where it was removed.
    number : int or None
        Its number.
    """

    kind: Kind
    typed: str = ""
    turn: Turn | None = None
    number: int | None = None


def change_above(arrangement: Arrangement, turn: Turn) -> ChangeAbove | None:
    """Return what changed above a turn since it was asked, None where nothing did."""
    number, first = arrangement.number(turn), arrangement.stale(turn)
    if number is None:
        return None
    if turn.saved_above is not None:
        is_same = turn.saved_above == arrangement.chains[number - 1].sha
        return None if is_same else ChangeAbove("saved")
    if first is None:
        return None
    old = turn.before.turn_at(first)
    below = arrangement.number_at(old.key) if old is not None else None
    if old is not None and (below is None or below >= number):
        return _no_longer_above(arrangement, old, below)
    new = arrangement.turns[first - 1] if first < number else None
    return _change_at(arrangement, turn, old, new, first)


def _no_longer_above(arrangement: Arrangement, old: EarlierTurn, below: int | None) -> ChangeAbove:
    """Return what happened to a turn that is no longer above."""
    if below is not None:
        return _change_of(arrangement.turns[below - 1], "below", below)
    is_deleted = old.key in arrangement.deleted_keys
    return ChangeAbove("deleted" if is_deleted else "removed", old.typed)


def _change_at(
    arrangement: Arrangement, turn: Turn, old: EarlierTurn | None, new: Turn | None, number: int
) -> ChangeAbove:
    """Return the change at a number whose former turn is still above."""
    if new is None:  # of turns with the same content it doesn't matter which one is missing
        return ChangeAbove("removed", old.typed if old is not None else "")
    if old is not None and new.key == old.key:
        return _change_of(new, "again" if new.as_earlier.typed == old.typed else "edited", number)
    former = arrangement.search.number(turn.before, new.key)
    if old is None or former is None:
        return _newly_above(arrangement, turn, new, number)
    now = arrangement.number_at(old.key) or number
    # The one that is farther from its former number was moved; of neighbours it is unknown.
    farther = abs(former - number) - abs(now - number)
    if farther == 0:
        return ChangeAbove("reordered")
    moved = number if farther > 0 else now
    return _change_of(arrangement.turns[moved - 1], "moved", moved)


def _newly_above(arrangement: Arrangement, turn: Turn, new: Turn, number: int) -> ChangeAbove:
    """Return why a turn is above that was not above before."""
    was_below = arrangement.search.contains(new.before, turn.key)
    is_later = new.revision > turn.revision and not was_below
    return _change_of(new, "asked" if is_later else "added", number)


def _change_of(turn: Turn, kind: Kind, number: int) -> ChangeAbove:
    return ChangeAbove(kind, turn.as_earlier.typed, turn, number)
