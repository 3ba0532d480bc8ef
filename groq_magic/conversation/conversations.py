"""All named conversations of a session, real and practice."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, count, islice
from typing import TYPE_CHECKING, Any

from groq_magic.conversation.arrangement import Arrangements
from groq_magic.conversation.cell_runs import CellRuns
from groq_magic.conversation.change_above import change_above
from groq_magic.conversation.restoring import added_turns, with_turns_above
from groq_magic.conversation.turn import NO_DATA, PendingTurn, Turn
from groq_magic.conversation.undo import UndoHistory, undo_phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from groq_magic.conversation.arrangement import Arrangement
    from groq_magic.conversation.cell_runs import CellRun
    from groq_magic.conversation.change_above import ChangeAbove
    from groq_magic.conversation.page import Page
    from groq_magic.conversation.saved_turns import SavedTurn
    from groq_magic.conversation.turn import PromptData, TurnKey

__all__ = ["Conversations"]


class Conversations:
    """All conversations of a session: `begin` an ask, `add` its turn unless it got no answer.

    Real and practice turns are separate: neither is sent, replaced or undone
    by an ask of the other kind.
    """

    def __init__(self) -> None:
        self._histories = {practice: UndoHistory(practice=practice) for practice in (False, True)}
        self._revisions = count(1)
        self._arrangements = Arrangements()
        self._runs = CellRuns()

    @property
    def page(self) -> Page:
        """The cells of the page, by which turns are ordered."""
        return self._arrangements.page

    def arrange(self, page: Page) -> bool:
        """Order all turns by a page; return whether any may have moved. Not undoable."""
        return self._arrangements.use_page(page)

    def get(self, name: str, practice: bool = False) -> Arrangement:  # noqa: FBT001, FBT002 - half of the conversation's name
        """Return the conversation of that name in the page's order, empty at first."""
        return self._arrangements.of(self._histories[practice].get(name))

    def names(self, practice: bool = False) -> tuple[str, ...]:  # noqa: FBT001, FBT002 - as in `get`
        """Return the names of the conversations that have turns."""
        return tuple(self._histories[practice].conversations)

    def number(self, turn: Turn) -> int | None:
        """Return the turn's number in its conversation; None if it was removed."""
        return self._around(turn).number(turn)

    def stale(self, turn: Turn) -> int | None:
        """Return the number of the first change above a turn since it was asked."""
        return self._around(turn).stale(turn)

    def change_above(self, turn: Turn) -> ChangeAbove | None:
        """Return what changed above a turn since it was asked, None where nothing did."""
        return change_above(self._around(turn), turn)

    def count(self, practice: bool = False) -> int:  # noqa: FBT001, FBT002 - as in `get`
        """Return how many turns all conversations have, without those of deleted cells."""
        return sum(map(len, self._all(practice).values()))

    def is_last(self, turn: Turn) -> bool:
        """Whether the turn is the last one of its conversation."""
        turns = self.get(turn.conversation, turn.practice).turns
        return bool(turns) and turns[-1] is turn

    def shown(self, practice: bool = False) -> dict[TurnKey, Turn]:  # noqa: FBT001, FBT002 - as in `get`
        """Return the turns by the keys under which their answers are displayed."""
        found = [turn for each in self._all(practice).values() for turn in each.turns]
        return {turn.shown: turn for turn in sorted(found, key=lambda turn: turn.revision)}

    def start_cell(self, cell: str | None, execution: int) -> CellRun | None:
        """Begin an execution of a cell, if it is another one: its asks count from 1.

        Returns
        -------
        CellRun or None
            The execution, None for a cell without an id.
        """
        return self._runs.start(cell, execution)

    def end_cell(self, *, succeeded: bool = True) -> None:
        """End the execution: turns that it no longer asked for are removed.

        They stay where it failed, perhaps before their asks, and where it asked
        nothing. Undoing the execution's last turn restores them.
        """
        run, self._runs.current = self._runs.current, None
        if run is None or not succeeded:
            return
        for practice in run.modes:
            history = self._histories[practice]
            after = history.without(lambda turn: run.leftover(turn.key))
            if history.is_last_of(run):
                history.amend(after)
            else:
                history.change(after, "leftovers")

    def begin(  # noqa: PLR0913 - an ask's options, named
        self,
        cell: str | None,
        execution: int,
        *,
        conversation: str,
        practice: bool = False,
        once: bool = False,
        replaces: TurnKey | None = None,
        run: CellRun | None = None,
        is_sent: bool = True,
        cell_number: int | None = None,
    ) -> PendingTurn:
        """Begin an ask: one that will be sent takes the next number of its cell.

        Parameters
        ----------
        cell : str or None
            The id of the cell; None: the turn is appended.
        execution : int
            IPython's execution count.
        conversation : str
            The name of the conversation.
        practice, once : bool
            See `PendingTurn`.
        replaces : TurnKey or None
            For a retry, the key of the turn that is asked again.
        run : CellRun or None
            The execution that the ask was started from, which may be an earlier one: a
            task may ask later. `cell` is then its cell.
        is_sent : bool
            False for a dry run, which changes nothing.
        cell_number : int or None
            See `Turn`.
        """
        shown = self._runs.next_key(cell, execution, run)
        # An ask with `--once` only removes its own cell's turn; a deleted one can't be replaced.
        key = replaces or shown
        if once or key.cell in self.page.deleted:
            key = shown
        present = self._histories[practice].get(conversation)
        after = present.asked_before(key)
        pending = PendingTurn(shown, key, conversation, practice, once, after, cell_number)
        if not once:
            above = self._arrangements.before(present, pending.turn)
            # A cell that retries another cell's ask loses its own turn: it is not sent.
            pending = replace(pending, before=tuple(t for t in above if t.key != shown))
        if is_sent:
            self._runs.count(pending, execution, run)
        return pending

    def add(  # noqa: PLR0913 - a turn's facts, named
        self,
        pending: PendingTurn,
        messages: Iterable[Mapping[str, Any]],
        *,
        model: str,
        finish_reason: str | None,
        usage: Mapping[str, int] | None = None,
        typed: str = "",
        data: PromptData = NO_DATA,
        prompt_sha: str = "",
        saved_above: str | None = None,
    ) -> Turn:
        """Make a turn of a pending one, as one undoable change.

        The turn that an earlier execution of its cell left under this key is removed,
        from any conversation. One asked `once` is returned but not kept.

        `messages` go from the user's to the assistant's last one; the rest is as in `Turn`.
        """
        before = self.get(pending.conversation, pending.practice).chain_of(pending.before)
        turn = replace(
            pending.turn,
            messages=tuple(messages),
            model=model,
            finish_reason=finish_reason,
            usage=usage,
            typed=typed,
            data=data,
            revision=next(self._revisions),
            before=before,
            prompt_sha=prompt_sha,
            saved_above=None if saved_above == before.sha else saved_above,
        )
        self._put(pending, turn)
        return turn

    def reset(self, conversation: str, practice: bool = False) -> int:  # noqa: FBT001, FBT002 - as in `get`
        """Empty a conversation; return how many turns were removed, of deleted cells too."""
        history = self._histories[practice]
        count = len(history.get(conversation).turns)
        after = {n: c for n, c in history.conversations.items() if n != conversation}
        history.change(after, "reset", conversation)
        return count

    def drop(self, turn: Turn) -> None:
        """Remove one turn, as one undoable change."""
        history = self._histories[turn.practice]
        after = history.without(lambda each: each is turn)
        history.change(after, "drop", turn.conversation, turn.key)

    def undo(
        self,
        practice: bool = False,  # noqa: FBT001, FBT002 - as in `get`
        quote: Callable[[str], str] = "\u201c{}\u201d".format,
    ) -> str:
        """Revert the last change, whichever conversations it touched; `quote` quotes a prompt.

        Returns
        -------
        str
            What was restored: a phrase without capital and full stop.

        Raises
        ------
        NotebookError
            Where no change is left.
        """
        before = self._all(practice)
        change = self._histories[practice].undo()
        return undo_phrase(change, before, self._all(practice), quote)

    def restorable(
        self,
        saved: Iterable[SavedTurn],
        practice: bool = False,  # noqa: FBT001, FBT002 - as in `get`
    ) -> tuple[SavedTurn, ...]:
        """Return the turns that `restore` would add: of cells without a turn in this session.

        Turns of this session are newer than the file.
        """
        present = self._histories[practice].conversations.values()
        turns = chain.from_iterable(each.turns for each in present)
        here = {cell for turn in turns for cell in (turn.key.cell, turn.shown.cell)}
        return tuple(
            each
            for each in saved
            if each.practice == practice
            and here.isdisjoint((each.key.cell, each.shown.cell, each.recorded_cell or ""))
        )

    def restore(
        self,
        saved: Iterable[SavedTurn],
        practice: bool = False,  # noqa: FBT001, FBT002 - as in `get`
    ) -> tuple[Turn, ...]:
        """Add a saved notebook's turns before those present, as one undoable change; return them.

        It puts no answer out of date.
        """
        history, found = self._histories[practice], self.restorable(saved, practice)
        added = added_turns(found, islice(self._revisions, len(found)))
        after = dict(history.conversations)
        for name, turns in added.items():
            present = history.get(name)
            after[name] = present.with_turns((*turns, *present.turns))
        history.change(after, "restore")
        after |= {name: with_turns_above(after[name], added[name], self._around) for name in added}
        history.amend(after)
        keys = {turn.key for turns in added.values() for turn in turns}
        return tuple(t for name in added for t in after[name].turns if t.key in keys)

    def _all(self, practice: bool) -> dict[str, Arrangement]:  # noqa: FBT001 - as in `get`
        return {name: self.get(name, practice) for name in self.names(practice)}

    def _around(self, turn: Turn) -> Arrangement:
        """Return a turn's conversation in the order of its own notebook."""
        history = self._histories[turn.practice]
        return self._arrangements.of_turn(history.get(turn.conversation), turn)

    def _put(self, pending: PendingTurn, turn: Turn) -> None:
        history = self._histories[pending.practice]
        name, key, shown = pending.conversation, pending.key, pending.shown

        def is_removed(old: Turn) -> bool:
            is_moved = old.key == key and (pending.once or old.conversation != name)
            return is_moved or (old.key == shown != key)

        after = history.without(is_removed)
        if not pending.once:
            after[name] = after.get(name, history.get(name).without(is_removed)).with_turn(turn)
        run = self._runs.current
        run = run if run is not None and run.cell == shown.cell else None
        if run is not None:
            run.modes.add(pending.practice)  # a replayed answer may be of the other mode
        history.change(after, "ask", name, key, run)
