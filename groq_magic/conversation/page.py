"""The cells on the page and their order, from the lists that notebooks send."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["CellList", "Page"]

# A kernel has one notebook, or a few; more lists are forged, or a fault.
_MOST_LISTS = 20
# Only deleted cells with turns matter, but all are reported.
_MOST_DELETED = 10_000


@dataclass(frozen=True, eq=False)
class CellList:
    """The cells of one notebook, from top to bottom.

    Parameters
    ----------
    id : int
        Identifies the notebook, also after a rename.
    notebook : str
        Its name, "" where unknown.
    cells : tuple of str
        The ids of its cells; a cell is on one list only.
    """

    id: int
    notebook: str
    cells: tuple[str, ...]

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The cells' indexes."""
        return {cell: index for index, cell in enumerate(self.cells)}


@dataclass(frozen=True, eq=False)
class Page:
    """The cells of the notebooks on one kernel.

    A change that moves no turn keeps the objects `lists` and `deleted`: an
    arrangement compares them to find out whether it is of this page.

    Parameters
    ----------
    lists : tuple of CellList
        The latest of each notebook.
    deleted : Mapping of str to float
        When cells were deleted, in seconds since 1970; a later list that contains
        them restores them.
    current : int or None
        The id of the list of the notebook that ran a cell last.
    times : Mapping of int to float
        When each list was reported, in seconds since 1970.
    """

    lists: tuple[CellList, ...] = ()
    deleted: Mapping[str, float] = field(default_factory=dict)
    current: int | None = None
    times: Mapping[int, float] = field(default_factory=dict)

    def list_of(self, cell: str | None) -> CellList | None:
        """Return the list that contains a cell; None where no list contains it."""
        return next((each for each in self.lists if cell in each.positions), None)

    def above(self, cell: str | None) -> frozenset[str] | None:
        """Return the cells above a cell; None where no list contains it."""
        cells = self.list_of(cell)
        if cells is None or cell is None:
            return None
        return frozenset(cells.cells[: cells.positions[cell]])

    def with_list(self, cells: Iterable[str], *, at: float, notebook: str = "") -> Page:
        """Return the page with a new list of a notebook: cells missing from it are deleted.

        Parameters
        ----------
        cells : iterable of str
            Ids from top to bottom; of one that is named twice the first counts.
        at : float
            When the list was reported, in seconds since 1970.
        notebook : str
            The notebook's name. Two lists are of one notebook if their names
            are equal; with different names, if most of their cells are the same
            (it was renamed); without one, if they share a cell.
        """
        ids = tuple(dict.fromkeys(cells))
        former = self._list_of_notebook(ids, notebook)
        number = former.id if former else max((each.id for each in self.lists), default=0) + 1
        deleted = self._deleted_after(former, ids, at)
        lists = self.lists
        if former is None or former.cells != ids or (notebook and former.notebook != notebook):
            name = notebook or (former.notebook if former else "")
            lists = self._lists_with(CellList(number, name, ids))
        known = {each.id for each in lists}
        times = {key: time for key, time in self.times.items() if key in known} | {number: at}
        return Page(lists, deleted, number, times)

    def with_file(self, cells: Sequence[str], *, written: float) -> Page:
        """Return the page with the saved notebook's list, unless the known list is newer.

        Parameters
        ----------
        cells : sequence of str
            The ids of the file's cells.
        written : float
            When the file was saved, in seconds since 1970.
        """
        known = self._list_of_notebook(tuple(cells), "")
        if known is not None and self.times[known.id] >= written:
            return self
        return self.with_list(cells, at=written)

    def with_deleted(self, cells: Iterable[str], *, at: float, by: int | None) -> Page:
        """Return the page after deletions; cells that a list still contains are not deleted.

        Parameters
        ----------
        cells : iterable of str
            The front end's `deletedCells`, which contain cut and pasted cells too.
        at : float
            Seconds since 1970.
        by : int or None
            The id of the list in the same message: it is later than the
            deletion, and covers only its own notebook. None without a list.
        """
        new = {cell: at for cell in cells if by is None or not self._is_shown(cell, by)}
        if not new:
            return self
        every = {**{c: t for c, t in self.deleted.items() if c not in new}, **new}
        return replace(self, deleted=dict(list(every.items())[-_MOST_DELETED:]))

    def with_cell(self, cell: str) -> Page:
        """Return the page on which a cell runs: it is not deleted."""
        cells = self.list_of(cell)
        deleted = self.deleted
        if cell in deleted:
            deleted = {each: at for each, at in deleted.items() if each != cell}
        current = cells.id if cells is not None else self.current
        return replace(self, deleted=deleted, current=current)

    def _is_shown(self, cell: str, by: int) -> bool:
        """Whether the list `by`, or that of any named notebook, contains a cell."""
        cells = self.list_of(cell)
        return cells is not None and (cells.id == by or cells.notebook != "")

    def _list_of_notebook(self, cells: tuple[str, ...], notebook: str) -> CellList | None:
        """Return the list of the same notebook."""
        named = next((each for each in self.lists if notebook and each.notebook == notebook), None)
        if named is not None:
            return named
        best, most = None, 0
        for each in self.lists:
            shared = sum(map(each.positions.__contains__, cells))
            # Cells that were cut and pasted into another notebook are on both lists.
            renamed = 2 * shared > max(len(cells), len(each.cells))
            if shared > most and (renamed or not (notebook and each.notebook)):
                best, most = each, shared
        return best

    def _deleted_after(
        self, former: CellList | None, ids: tuple[str, ...], at: float
    ) -> Mapping[str, float]:
        cells = former.cells if former is not None and former.cells != ids else ()
        present = frozenset(ids if cells or self.deleted else ())
        restored = {cell for cell, time in self.deleted.items() if cell in present and time <= at}
        new = [cell for cell in cells if cell not in present and cell not in self.deleted]
        if not restored and not new:
            return self.deleted
        others = [(cell, time) for cell, time in self.deleted.items() if cell not in restored]
        return dict([*others, *((cell, at) for cell in new)][-_MOST_DELETED:])

    def _lists_with(self, new: CellList) -> tuple[CellList, ...]:
        """Return the lists with a new one; its cells are removed from the others."""
        lists: list[CellList] = []
        for each in self.lists:
            if each.id == new.id:
                continue
            if new.positions.keys().isdisjoint(each.cells):
                lists.append(each)
            else:
                rest = tuple(cell for cell in each.cells if cell not in new.positions)
                lists.append(replace(each, cells=rest))
        # Those that ran no cell for longest are removed first.
        lists.sort(key=lambda each: self.times[each.id])
        kept = [*lists[-(_MOST_LISTS - 1) :], new]
        return tuple(sorted(kept, key=lambda each: each.id))
