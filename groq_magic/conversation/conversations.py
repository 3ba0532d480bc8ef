"""What one session holds: all named conversations, real and practice."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from groq_magic.conversation.book import Book
from groq_magic.conversation.cell_run import CellRun
from groq_magic.conversation.pending import PendingTurn
from groq_magic.conversation.phrases import Phrases
from groq_magic.conversation.restoring import restorable, with_restored
from groq_magic.conversation.turn import Turn, TurnKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from groq_magic.conversation.conversation import Conversation
    from groq_magic.conversation.saved import SavedTurn

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
        self._books = {practice: Book(practice=practice) for practice in (False, True)}
        self._revisions = count(1)
        self._asks_without_cell = 0
        self._run: CellRun | None = None
        self._latest: dict[str, CellRun] = {}

    def get(self, name: str, practice: bool = False) -> Conversation:  # noqa: FBT001, FBT002 - half of the conversation's name
        """Return the conversation of that name, empty if there is none yet."""
        return self._books[practice].get(name)

    def names(self, practice: bool = False) -> tuple[str, ...]:  # noqa: FBT001, FBT002 - as in `get`
        """Return the names of the conversations that hold turns."""
        return tuple(self._books[practice].conversations)

    def number(self, turn: Turn) -> int | None:
        """Return the turn's number in its conversation; None if it left."""
        return self.get(turn.conversation, turn.practice).number(turn)

    def stale(self, turn: Turn) -> int | None:
        """Return the number of the first turn that is not what `turn` was asked after."""
        return self.get(turn.conversation, turn.practice).stale(turn)

    def shown(self, practice: bool = False) -> dict[TurnKey, Turn]:  # noqa: FBT001, FBT002 - as in `get`
        """Return which turn is displayed where; the answer of a key not in it is no turn (now)."""
        turns = sorted(self._books[practice].turns(), key=lambda turn: turn.revision)
        return {turn.shown: turn for turn in turns}

    def start_cell(self, cell: str | None, execution: int) -> CellRun | None:
        """Begin an execution of a cell, if it is another one: its asks count from 1.

        Returns
        -------
        CellRun or None
            The execution, None for a cell without an id.
        """
        run = self._run
        if cell is None:
            self._run = None
        elif run is None or (run.cell, run.execution) != (cell, execution):
            self._run = self._latest[cell] = CellRun(cell, execution)
        return self._run

    def end_cell(self, *, succeeded: bool = True) -> None:
        """End the execution: turns that it no longer asked for leave.

        They stay where it failed (it may not have come to them) and where it
        asked nothing. That they left is undone with the execution's last turn.
        """
        run, self._run = self._run, None
        if run is None:
            return
        # Changes keep earlier turns alive, and are not needed after this.
        changes, run.changes = run.changes, {}
        if not succeeded:
            return
        for practice in run.worlds:
            book = self._books[practice]
            after = book.without(lambda turn: run.leftover(turn.key))
            if book.last_change is not None and book.last_change is changes.get(practice):
                book.amend(after)
            else:
                book.change(after, self._phrases.leftovers_left())

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
        if pending.typed.cell is None:
            self._asks_without_cell += 1
            return pending
        run = run or self.start_cell(cell, execution)
        if run is not None:
            run.asks += 1
            run.worlds.add(practice)
            run.places.add(pending.place)
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
        typed = self._next_key(cell, execution, run)
        # One asked once takes no turn's place: it only gives its own cell's turn up.
        place = typed if once or place is None else place
        seen = () if once else self.get(conversation, practice).before(place)
        # A cell that now retries another's ask gives its own turn up: don't send it.
        before = tuple(turn for turn in seen if turn.key != typed)
        return PendingTurn(typed, place, conversation, practice, once, before)

    def settle(  # noqa: PLR0913 - a turn's content, named
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
        turn = Turn(
            key=pending.place,
            conversation=pending.conversation,
            practice=pending.practice,
            prompt=prompt,
            answer=answer,
            model=model,
            finish_reason=finish_reason,
            usage=usage,
            revision=next(self._revisions),
            seen=self.get(pending.conversation, pending.practice).seen(pending.before),
            shown=pending.typed,
            images=images,
        )
        self._put(pending, turn)
        return turn

    def reset(self, conversation: str, practice: bool = False) -> int:  # noqa: FBT001, FBT002 - as in `get`
        """Empty a conversation and return how many turns left it."""
        book = self._books[practice]
        leaving = book.get(conversation)
        after = {n: c for n, c in book.conversations.items() if n != conversation}
        book.change(after, self._phrases.reset(leaving))
        return len(leaving)

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
        return self._books[practice].undo()

    def restorable(
        self,
        saved: Iterable[SavedTurn],
        practice: bool = False,  # noqa: FBT001, FBT002 - as in `get`
    ) -> tuple[SavedTurn, ...]:
        """Return what `restore` would add: those of cells that hold no turn here yet."""
        return restorable(saved, self._books[practice])

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
        book = self._books[practice]
        after, added = with_restored(restorable(saved, book), book, self._revisions)
        book.change(after, self._phrases.restored(len(added)))
        return added

    def _next_key(self, cell: str | None, execution: int, run: CellRun | None) -> TurnKey:
        superseded = run is not None and self._latest.get(run.cell) is not run
        if cell is None or superseded:
            # An ask by a task of an earlier execution no longer belongs to the cell.
            return TurnKey(None, self._asks_without_cell + 1)
        if run is not None:
            return run.next_key()
        run = self._run
        if run is None or (run.cell, run.execution) != (cell, execution):
            return TurnKey(cell, 1)
        return run.next_key()

    def _put(self, pending: PendingTurn, turn: Turn) -> None:
        book = self._books[pending.practice]
        name, place, typed = pending.conversation, pending.place, pending.typed

        def leaves(old: Turn) -> bool:
            moves = old.key == place and (pending.once or old.conversation != name)
            return moves or (old.key == typed != place)

        after = book.without(leaves)
        if not pending.once:
            after[name] = after.get(name, book.get(name).without(leaves)).with_turn(turn)
        change = book.change(after, self._phrases.settled(book, pending))
        run = self._run
        if run is not None and change is not None and run.cell == typed.cell:
            run.changes[pending.practice] = change
