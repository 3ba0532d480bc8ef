"""Order turns by the cell lists; a turn on no list follows the turn asked before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from groq_magic.conversation.turn import TurnKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from groq_magic.conversation.page import Page
    from groq_magic.conversation.turn import Turn

__all__ = ["Place", "order_turns", "place_of"]

# A cell's id; for a turn without a cell its own key.
Place: TypeAlias = str | TurnKey


@dataclass(eq=False)
class _Unit:
    """The turns of one place, kept together in the order of their asks.

    Parameters
    ----------
    asked : int
        The place's index in the order of asking.
    turns : list of Turn
    notebook : int or None
        The id of its cell list; for a place on no list, that of the turn before.
    position : int
        Its index on that list, -1 without a list.
    base_position : int
        The position, on the list that others are merged into, of its cell or of
        the cell that it follows; -1 for the top.
    followers : list of _Unit
        Units on no list, each asked just after this one or another follower.
    """

    asked: int
    turns: list[Turn]
    notebook: int | None = None
    position: int = -1
    base_position: int = -1
    followers: list[_Unit] = field(default_factory=list)


def place_of(key: TurnKey) -> Place:
    """Return the place of a turn: all asks of a cell have the same one."""
    return key if key.cell is None else key.cell


def order_turns(
    turns: Sequence[Turn], page: Page, base: int | None
) -> tuple[tuple[Turn, ...], tuple[int, ...], dict[Place, int | None]]:
    """Order turns by the cells on the page, in n log n steps; without a list they stay.

    Turns of the base's list are in its order. One on no list follows the
    turn asked just before it. Those of another notebook are in the order
    of their own list, each after the turn asked just before it.

    Parameters
    ----------
    turns : sequence of Turn
        In the order of asking; those of one cell are adjacent.
    page : Page
    base : int or None
        The id of the list that the other notebooks' turns are merged into.

    Returns
    -------
    turns : tuple of Turn
    base_positions : tuple of int
        By turn, the position on the base's list of its cell, or of the cell that
        it follows; -1 for the top. They never decrease. Empty without a list.
    notebooks : dict of (str or TurnKey) to (int or None)
        By place, the id of the list that orders it.
    """
    if not page.lists:
        return tuple(turns), (), {}
    units, top = _linked(turns, page, base)
    ordered: list[Turn] = []
    base_positions: list[int] = []
    for base_position, head in [*((-1, unit) for unit in top), *_heads(units, base)]:
        for unit in _with_followers(head):
            ordered += unit.turns
            base_positions += [base_position] * len(unit.turns)
    notebooks = {place: unit.notebook for place, unit in units.items()}
    return tuple(ordered), tuple(base_positions), notebooks


def _linked(
    turns: Sequence[Turn], page: Page, base: int | None
) -> tuple[dict[Place, _Unit], list[_Unit]]:
    """Return the places in the order of asking, and those without a list or a turn before."""
    units: dict[Place, _Unit] = {}
    top: list[_Unit] = []
    last: _Unit | None = None
    for turn in turns:
        place = place_of(turn.key)
        if place in units:
            units[place].turns.append(turn)
            continue
        # The turn asked before may have been removed, and asked again later.
        before = (units.get(place_of(turn.after)) if turn.after is not None else None) or last
        last = units[place] = _unit(turn, len(units), page, base, before)
        if last.position < 0:
            (before.followers if before is not None else top).append(last)
    return units, top


def _unit(turn: Turn, asked: int, page: Page, base: int | None, before: _Unit | None) -> _Unit:
    unit = _Unit(asked, [turn])
    cells = page.list_of(turn.key.cell) if turn.key.cell is not None else None
    if before is not None:
        unit.notebook, unit.base_position = before.notebook, before.base_position
    if cells is not None and turn.key.cell is not None:
        unit.notebook, unit.position = cells.id, cells.positions[turn.key.cell]
        if cells.id == base:
            unit.base_position = unit.position
    return unit


def _heads(units: Mapping[Place, _Unit], base: int | None) -> list[tuple[int, _Unit]]:
    """Return the places that are on a list, in order, with their base positions."""
    lists: dict[int | None, list[_Unit]] = {}
    for unit in units.values():
        if unit.position >= 0:
            lists.setdefault(unit.notebook, []).append(unit)
    keyed: list[tuple[tuple[int, int, int], _Unit]] = []
    for notebook, own in lists.items():
        own.sort(key=lambda unit: unit.position)
        if notebook == base:
            keyed += (((unit.base_position, -1, unit.position), unit) for unit in own)
        else:
            keyed += _merged_in(own)
    keyed.sort(key=lambda each: each[0])
    return [(key[0], unit) for key, unit in keyed]


def _merged_in(units: Iterable[_Unit]) -> Iterator[tuple[tuple[int, int, int], _Unit]]:
    """Yield another notebook's places with sort keys that keep their order."""
    base_position = asked = -1
    for unit in units:
        base_position, asked = max(base_position, unit.base_position), max(asked, unit.asked)
        yield (base_position, asked, unit.position), unit


def _with_followers(head: _Unit) -> Iterator[_Unit]:
    """Yield a place, then its followers, each before its own followers."""
    # Not recursive: chains of followers are long.
    waiting = [head]
    while waiting:
        unit = waiting.pop()
        yield unit
        waiting += reversed(unit.followers)
