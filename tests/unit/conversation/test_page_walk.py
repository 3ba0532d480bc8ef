"""Any walk over the pages of two notebooks and a console, against a simple model."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from groq_magic.conversation import Conversations, messages_of
from groq_magic.errors import NotebookError
from tests.markers import examples
from tests.unit.conversation.walk_model import (
    Entry,
    NotebookModel,
    first_difference,
    place_of,
    placed,
)

NOTEBOOKS = ("n", "m")
notebooks = st.sampled_from([*"nnn", "m"])
places = st.integers(0, 30)


class Walk(RuleBasedStateMachine):
    """Edits pages, runs cells, and compares what is sent, shown and marked."""

    def __init__(self) -> None:
        super().__init__()
        self.conversations = Conversations()
        self.sheets = {"n": NotebookModel(["n0", "n1", "n2"]), "m": NotebookModel(["m0", "m1"])}
        self.entries: list[Entry] = []
        self.undos: list[list[Entry]] = []
        self.deleted: dict[str, int] = {}
        self.clock = self.made = 0

    # The page

    @rule(notebook=notebooks, place=places)
    def insert(self, notebook: str, place: int) -> None:
        self.made += 1
        cells = self.sheets[notebook].cells
        cells.insert(place % (len(cells) + 1), f"{notebook}new{self.made}")

    @rule(notebook=notebooks, place=places, to=places)
    def move(self, notebook: str, place: int, to: int) -> None:
        cells = self.sheets[notebook].cells
        cells.insert(to % len(cells), cells.pop(place % len(cells)))

    @rule(notebook=notebooks, place=places)
    def delete(self, notebook: str, place: int) -> None:
        sheet = self.sheets[notebook]
        if len(sheet.cells) > 1:
            index = place % len(sheet.cells)
            sheet.trash.append((index, sheet.cells.pop(index)))
            sheet.unsaid.append(sheet.trash[-1][1])

    @rule(notebook=notebooks, to=st.none() | places)
    def bring_back(self, notebook: str, to: int | None) -> None:
        """Undo a deletion, or paste what was cut: the front end goes on calling it deleted."""
        sheet = self.sheets[notebook]
        if sheet.trash:
            index, cell = sheet.trash.pop()
            sheet.cells.insert((index if to is None else to) % (len(sheet.cells) + 1), cell)

    @rule(notebook=notebooks, place=places)
    def split(self, notebook: str, place: int) -> None:
        """The first half has a new id."""
        self.made += 1
        cells = self.sheets[notebook].cells
        cells.insert(place % len(cells), f"{notebook}half{self.made}")

    @rule(notebook=notebooks, place=places)
    def merge(self, notebook: str, place: int) -> None:
        """The cell that two became has a new id."""
        self.made += 1
        sheet = self.sheets[notebook]
        if len(sheet.cells) > 1:
            index = place % (len(sheet.cells) - 1)
            sheet.unsaid += sheet.cells[index : index + 2]
            sheet.cells[index : index + 2] = [f"{notebook}both{self.made}"]

    @rule(notebook=notebooks)
    def save(self, notebook: str) -> None:
        self.clock += 1
        sheet = self.sheets[notebook]
        sheet.file = list(sheet.cells), self.clock

    # The kernel

    @rule(
        notebook=notebooks,
        place=places,
        asks=st.integers(0, 2),
        has_list=st.sampled_from([True, True, True, False]),
        fails=st.sampled_from([False, False, False, True]),
    )
    def run(self, notebook: str, place: int, asks: int, *, has_list: bool, fails: bool) -> None:
        sheet = self.sheets[notebook]
        cell = sheet.cells[place % len(sheet.cells)]
        reads = asks and not has_list and sheet.file and cell in sheet.file[0]
        file = sheet.file if reads else None
        if (has_list and not sheet.accepts(sheet.cells, by_name=True)) or (
            file and not sheet.accepts(file[0], by_name=False)
        ):
            return  # to the kernel it would be another notebook
        self.clock += 1
        unsaid, sheet.unsaid = sheet.unsaid, []
        page = self.conversations.page
        if has_list:
            page = page.with_list(sheet.cells, at=self.clock, notebook=notebook)
            self.learn(sheet, sheet.cells, self.clock)
            sheet.has_name = True
        page = page.with_deleted(unsaid, at=self.clock, by=page.current if has_list else None)
        listed = [cell for each in self.sheets.values() for cell in each.known]
        for gone in unsaid:
            if not (has_list and gone in listed):
                self.deleted[gone] = self.clock
        page = page.with_cell(cell)
        self.deleted.pop(cell, None)
        self.conversations.arrange(page)
        if file:
            cells, written = file
            self.conversations.arrange(page.with_file(cells, written=written))
            if written > sheet.known_at:
                self.learn(sheet, cells, written)
        self.execute(cell, asks, fails=fails)

    @rule(asks=st.integers(1, 2))
    def ask_in_a_console(self, asks: int) -> None:
        self.execute(None, asks, fails=False)

    @rule()
    def undo(self) -> None:
        if self.undos:
            self.conversations.undo()
            self.entries = self.undos.pop()
        else:
            with pytest.raises(NotebookError):
                self.conversations.undo()

    @rule()
    def reset(self) -> None:
        if self.conversations.reset("main"):
            self.change([])

    @rule(place=places)
    def drop(self, place: int) -> None:
        turns = self.conversations.get("main").turns
        if turns:
            turn = turns[place % len(turns)]
            self.conversations.drop(turn)
            self.change([each for each in self.entries if each.answer != turn.answer])

    # The model

    def learn(self, sheet: NotebookModel, cells: list[str], at: int) -> None:
        elsewhere = {c for each in self.sheets.values() if each is not sheet for c in each.known}
        for gone in set(sheet.known) - set(cells) - elsewhere:
            self.deleted.setdefault(gone, at)
        self.deleted = {c: t for c, t in self.deleted.items() if c not in cells or t >= at}
        sheet.known, sheet.known_at = list(cells), at

    def change(self, entries: list[Entry]) -> None:
        self.undos.append(self.entries)
        self.entries = entries

    def execute(self, cell: str | None, asks: int, *, fails: bool) -> None:
        self.clock += 1
        conversations, before = self.conversations, len(self.undos)
        conversations.start_cell(cell, self.clock)
        for ask in range(1, asks + 1):
            pending = conversations.begin(cell, self.clock, conversation="main")
            key = (cell, ask) if cell else (None, pending.shown.ask)
            held = next((each for each in self.entries if each.key == key), None)
            latest = max(self.entries, key=lambda each: each.asked, default=None)
            after = held.after if held else latest and latest.key
            new = Entry(key, f"{self.clock}.{ask}", self.clock * 10 + ask, after, [])
            entries = placed(self.entries, new)
            order = self.order(entries, self.notebook(new, entries))
            sent = [e for e in order[: order.index(new)] if e.key[0] not in self.deleted]
            assert [turn.answer for turn in pending.before] == [each.answer for each in sent]
            if fails and ask == asks:
                break
            new.saw = [each.asked for each in sent]
            conversations.add(
                pending, messages_of("p", new.answer), model="m", finish_reason="stop"
            )
            self.change(entries)
        conversations.end_cell(succeeded=not fails)
        stay = [e for e in self.entries if not (e.key[0] == cell and e.key[1] > asks)]
        if cell and asks and not fails and len(stay) < len(self.entries):
            # That they left is part of the execution's last change.
            assert len(self.undos) > before
            self.entries = stay

    def notebook(self, entry: Entry, entries: list[Entry]) -> str | None:
        """Return the notebook whose list orders a turn."""
        found: dict[Any, str | None] = {}
        last: Any = None
        for each in entries:
            place = place_of(each.key)
            if place not in found:
                before = place_of(each.after)
                own = next((n for n in NOTEBOOKS if each.key[0] in self.sheets[n].known), None)
                found[place] = own or found.get(before if before in found else last)
                last = place
        return found[place_of(entry.key)]

    def order(self, entries: list[Entry], base: str | None) -> list[Entry]:
        """Order turns by inserting one cell after the other."""
        groups: dict[Any, list[Entry]] = {}
        for each in entries:
            groups.setdefault(place_of(each.key), []).append(each)
        asked = list(groups)
        known = {name: self.sheets[name].known for name in NOTEBOOKS}
        before = {
            place: b
            if (b := place_of(group[0].after)) in asked[:index]
            else (asked[index - 1] if index else None)
            for index, (place, group) in enumerate(groups.items())
        }
        base = base or NOTEBOOKS[0]
        other = next(name for name in NOTEBOOKS if name != base)
        line = [cell for cell in known[base] if cell in groups]
        behind = 0
        for cell in known[other]:
            if cell in groups:
                anchor = before[cell]
                while anchor is not None and anchor not in known[base]:
                    anchor = before[anchor]
                at = line.index(anchor) + 1 if anchor is not None else 0
                behind = max(at, behind)
                line.insert(behind, cell)
                behind += 1
        for place in asked:
            if place not in known["n"] and place not in known["m"]:
                anchor = before[place]
                at = line.index(anchor) + 1 if anchor is not None else 0
                while at < len(line) and self.follows(line[at], anchor, before):
                    at += 1
                line.insert(at, place)
        return [each for place in line for each in groups[place]]

    def follows(self, place: Any, anchor: Any, before: dict[Any, Any]) -> bool:
        """Whether a place is on no list, and asked after an anchor or one that follows it."""
        while not any(place in self.sheets[name].known for name in NOTEBOOKS):
            place = before[place]
            if place == anchor or place is None:
                return place == anchor
        return False

    @invariant()
    def shows_what_the_model_has(self) -> None:
        shown = self.conversations.get("main")
        page = self.conversations.page
        # A list from a file has no name; each cell's id begins with its notebook's.
        current = next((each.cells[0][0] for each in page.lists if each.id == page.current), None)
        order = self.order(self.entries, current)
        live = [each for each in order if each.key[0] not in self.deleted]
        gone = [each for each in order if each.key[0] in self.deleted]
        assert [turn.answer for turn in shown.turns] == [each.answer for each in live]
        assert [turn.answer for turn in shown.deleted] == [each.answer for each in gone]
        assert [shown.number(turn) for turn in shown.turns] == list(range(1, len(live) + 1))

    @invariant()
    def marks_what_was_asked_after_something_else(self) -> None:
        turns = {turn.answer: turn for turn in self.conversations.get("main").turns}
        for each in self.entries:
            if each.answer in turns:
                order = self.order(self.entries, self.notebook(each, self.entries))
                above = [e.asked for e in order if e.key[0] not in self.deleted]
                above = above[: above.index(each.asked)]
                expected = first_difference(each.saw, above)
                assert self.conversations.stale(turns[each.answer]) == expected


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=examples(80), stateful_step_count=40)
