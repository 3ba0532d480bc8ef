"""What a walk over pages expects: turns, notebooks and their order, in the simplest way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Entry", "NotebookModel", "first_difference", "place_of", "placed"]


@dataclass
class Entry:
    """A turn, as the model has it."""

    key: Any
    answer: str
    asked: int
    after: Any
    saw: list[int]


@dataclass
class NotebookModel:
    """A notebook: its cells now, those that were deleted, and what the kernel knows of them."""

    cells: list[str]
    trash: list[tuple[int, str]] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)
    file: tuple[list[str], int] | None = None
    known: list[str] = field(default_factory=list)
    known_at: int = -1
    has_name: bool = False

    def accepts(self, cells: list[str], *, by_name: bool) -> bool:
        """Whether the kernel takes a list for this notebook's: by its name, or a shared cell."""
        named = by_name and self.has_name
        return named or not self.known or not set(self.known).isdisjoint(cells)


def place_of(key: Any) -> Any:
    return None if key is None else key[0] or key


def placed(entries: list[Entry], new: Entry) -> list[Entry]:
    """Return the turns, as asked, with a new one: at its cell's place if there is one."""
    if any(each.key == new.key for each in entries):
        return [new if each.key == new.key else each for each in entries]
    mates = [i for i, e in enumerate(entries) if e.key[0] and e.key[0] == new.key[0]]
    if not mates:
        return [*entries, new]
    group = sorted([*entries[mates[0] : mates[-1] + 1], new], key=lambda each: each.key[1])
    return [*entries[: mates[0]], *group, *entries[mates[-1] + 1 :]]


def first_difference(saw: list[int], now: list[int]) -> int | None:
    if saw == now:
        return None
    same = 0
    while same < min(len(saw), len(now)) and saw[same] == now[same]:
        same += 1
    return same + 1
