"""What one session holds: all named conversations, real and practice."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from groq_magic.conversation.arrangement import Arrangement
from groq_magic.conversation.arrangements import Arrangements
from groq_magic.conversation.cell_run import CellRuns
from groq_magic.conversation.history import History
from groq_magic.conversation.page import Page
from groq_magic.conversation.pending import PendingTurn
from groq_magic.conversation.phrases import Phrases, Undone
from groq_magic.conversation.restoring import restorable, with_restored
from groq_magic.conversation.seen import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from groq_magic.conversation.arrangement import Arrangement
    from groq_magic.conversation.cell_run import CellRun
    from groq_magic.conversation.conversation import Conversation
    from groq_magic.conversation.page import Page
    from groq_magic.conversation.saved import SavedTurn
    from groq_magic.conversation.turn import Turn, TurnKey

__all__ = ["Conversations"]


class Conversations:
    """All conversations of a session. `begin` an ask, `settle` it; a failed one is dropped.

    Real and practice turns live apart: neither is seen, replaced or undone
    by an ask of the other kind.

    Parameters
    ----------
    unnamed : str
        The conversation of an ask that names none: phrases leave its name out.
    """

    def __init__(self, unnamed: str = "main") -> None:
        self._phrases = Phrases(unnamed)
        self._histories = {practice: History(practice=practice) for practice in (False, True)}
        self._revisions = count(1)
        self._arrangements = Arrangements()
        self._runs = CellRuns()

    @property
    def page(self) -> Page:
        """The cells on the page, by which turns are ordered and left out."""
        return self._arrangements.page

    def arrange(self, page: Page) -> bool:
        """Order all turns by a page; return whether any may stand elsewhere. Nothing to undo."""
        return self._arrangements.show(page)

    def get(self, name: str, practice: bool = False) -> Arrangement:  # noqa: FBT001, FBT002 - half of the conversation's name
        """Return the conversation of that name in the page's order, empty if there is none yet."""
        return self._arrangements.of(self._histories[practice].get(name))

    def names(self, practice: bool = False) -> tuple[str, ...]:  # noqa: FBT001, FBT002 - as in `get`
        """Return the names of the conversations that hold turns."""
        return tuple(self._histories[practice].conversations)

    def number(self, turn: Turn) -> int | None:
        """Return the turn's number in its conversation; None if it left."""
        return self._around(turn).number(turn)

    def stale(self, turn: Turn) -> int | None:
        """Return the number of the first turn that is not what `turn` was asked after."""
        return self._around(turn).stale(turn)

    def shown(self, practice: bool = False) -> dict[TurnKey, Turn]:  # noqa: FBT001, FBT002 - as in `get`
        """Return which turn is displayed where; the answer of a key not in it is no turn (now)."""
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
        """End the execution: turns that it no longer asked for leave.

        They stay where it failed (it may not have come to them) and where it
        asked nothing. That they left is undone with the execution's last turn.
        """
        run, self._runs.present = self._runs.present, None
        if run is None:
            return
        # Changes keep earlier turns alive, and are not needed after this.
        changes, run.changes = run.changes, {}
        if not succeeded:
            return
        for practice in run.worlds:
            history = self._histories[practice]
            after = history.without(lambda turn: run.leftover(turn.key))
            if history.last_change is not None and history.last_change is changes.get(practice):
                history.amend(after)
            else:
                history.change(after, Undone("leftovers"))

    def begin(  # noqa: PLR0913 - an ask's options, named
        self,
        cell: str | None,
        execution: int,
        *,
        conversation: str,
        practice: bool = False,
        once: bool = False,
        place: TurnKey | None = None,
        run: CellRun | None = None,
    ) -> PendingTurn:
        """Begin an ask that will be sent: it takes the next number of its cell.

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
        place : TurnKey or None
            For a retry, the `place` of the ask that is asked again.
        run : CellRun or None
            The execution that the ask was started from, where that need not
            be the one that runs: a task may ask later. `cell` is then its cell.
        """
        pending = self.peek(
            cell,
            execution,
            conversation=conversation,
            practice=practice,
            once=once,
            place=place,
            run=run,
        )
        self._runs.count(pending, execution, run)
        return pending

    def peek(  # noqa: PLR0913 - as in `begin`
        self,
        cell: str | None,
        execution: int,
        *,
        conversation: str,
        practice: bool = False,
        once: bool = False,
        place: TurnKey | None = None,
        run: CellRun | None = None,
    ) -> PendingTurn:
        """Return what `begin` would return, for an ask that is not sent."""
        typed = self._runs.next_key(cell, execution, run)
        # One asked once takes no turn's place: it only gives its own cell's turn up. Nor is
        # there a place where the cell was deleted.
        if once or place is None or place.cell in self.page.deleted:
            place = typed
        held = self._histories[practice].get(conversation)
        pending = PendingTurn(
            typed, place, conversation, practice, once, (), held.asked_before(place)
        )
        return pending if once else replace(pending, before=self._before(held, pending))

    def add(  # noqa: PLR0913 - a turn's content, named
        self,
        pending: PendingTurn,
        *,
        prompt: str,
        answer: str,
        model: str,
        finish_reason: str | None,
        usage: Mapping[str, int] | None = None,
        images: bool = False,
    ) -> Turn:
        """Make a turn of a pending one, in its place, as one undoable change.

        The turn that an earlier execution put under its key leaves, from
        whichever conversation. One asked `once` is returned but not kept.
        """
        around = self.get(pending.conversation, pending.practice)
        turn = pending.turn(
            prompt=prompt,
            answer=answer,
            model=model,
            finish_reason=finish_reason,
            usage=usage,
            revision=next(self._revisions),
            seen=around.chain_of(pending.before),
            images=images,
        )
        self._put(pending, turn)
        return turn

    def reset(self, conversation: str, practice: bool = False) -> int:  # noqa: FBT001, FBT002 - as in `get`
        """Empty a conversation and return how many turns left it, those of deleted cells too."""
        history = self._histories[practice]
        count = len(history.get(conversation).turns)
        after = {n: c for n, c in history.conversations.items() if n != conversation}
        history.change(after, Undone("reset", conversation))
        return count

    def drop(self, turn: Turn) -> None:
        """Remove one turn, as one undoable change."""
        history = self._histories[turn.practice]
        after = history.without(lambda each: each is turn)
        history.change(after, Undone("drop", turn.conversation, turn.key))

    def undo(self, practice: bool = False) -> str:  # noqa: FBT001, FBT002 - as in `get`
        """Revert the last change, whichever conversations it touched.

        Returns
        -------
        str
            What is so again: a phrase without capital and full stop.

        Raises
        ------
        NotebookError
            Where no change is left.
        """
        before = self._all(practice)
        change = self._histories[practice].undo()
        names = dict.fromkeys((*self.names(practice), *before, change.undone.name))
        now = {name: self.get(name, practice) for name in names}
        return self._phrases.undone(change.undone, before, now)

    def restorable(
        self,
        saved: Iterable[SavedTurn],
        practice: bool = False,  # noqa: FBT001, FBT002 - as in `get`
    ) -> tuple[SavedTurn, ...]:
        """Return what `restore` would add: those of cells that hold no turn here yet."""
        return restorable(saved, self._histories[practice])

    def restore(
        self,
        saved: Iterable[SavedTurn],
        practice: bool = False,  # noqa: FBT001, FBT002 - as in `get`
    ) -> tuple[Turn, ...]:
        """Put a saved notebook's turns before those present, as one undoable change.

        Returns
        -------
        tuple of Turn
            Those that were added.
        """
        history = self._histories[practice]
        after, added = with_restored(restorable(saved, history), history, self._revisions)
        history.change(after, Undone("restore", count=len(added)))
        return added

    def _all(self, practice: bool) -> dict[str, Arrangement]:  # noqa: FBT001 - as in `get`
        return {name: self.get(name, practice) for name in self.names(practice)}

    def _around(self, turn: Turn) -> Arrangement:
        """Return a turn's conversation in the order of its own notebook."""
        conversation = self._histories[turn.practice].get(turn.conversation)
        return self._arrangements.of_turn(conversation, turn)

    def _before(self, conversation: Conversation, pending: PendingTurn) -> tuple[Turn, ...]:
        """Return the turns that a pending one sees."""
        asked = pending.turn(
            prompt="", answer="", model="", finish_reason=None, revision=0, seen=NOTHING
        )
        above = self._arrangements.before(conversation, asked)
        # A cell that now retries another's ask gives its own turn up: don't send it.
        return tuple(turn for turn in above if turn.key != pending.shown)

    def _put(self, pending: PendingTurn, turn: Turn) -> None:
        history = self._histories[pending.practice]
        name, place, typed = pending.conversation, pending.place, pending.shown

        def leaves(old: Turn) -> bool:
            moves = old.key == place and (pending.once or old.conversation != name)
            return moves or (old.key == typed != place)

        after = history.without(leaves)
        if not pending.once:
            after[name] = after.get(name, history.get(name).without(leaves)).with_turn(turn)
        change = history.change(after, Undone("ask", name, place))
        run = self._runs.present
        if run is not None and change is not None and run.cell == typed.cell:
            run.changes[pending.practice] = change
