"""A pending turn: an ask that has been begun, and has no answer yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from groq_magic.conversation.turn import Turn, TurnKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.conversation.seen import Seen

__all__ = ["PendingTurn"]


@dataclass(frozen=True)
class PendingTurn:
    """An ask under way: `Conversations.settle` makes a turn of it.

    One that fails before any text is simply dropped: nothing has changed.

    Parameters
    ----------
    shown : TurnKey
        Where it was typed, and its answer is displayed.
    place : TurnKey
        The key its turn will have; other than `shown` for a retry.
    conversation : str
        The name of the conversation it belongs to.
    practice : bool
        Whether the practice server answers.
    once : bool
        Whether it neither reads nor writes the conversation.
    before : tuple of Turn
        The turns it sees.
    after : TurnKey or None
        The turn asked just before it (see `Turn`).
    """

    shown: TurnKey
    place: TurnKey
    conversation: str
    practice: bool
    once: bool
    before: tuple[Turn, ...]
    after: TurnKey | None = None

    @property
    def number(self) -> int:
        """The number that its turn will have, from 1."""
        return len(self.before) + 1

    @property
    def replaces(self) -> TurnKey | None:
        """The turn whose place it takes though it was typed elsewhere."""
        return None if self.place == self.shown else self.place

    def turn(  # noqa: PLR0913 - a turn's content, named
        self,
        *,
        prompt: str,
        answer: str,
        model: str,
        finish_reason: str | None,
        revision: int,
        seen: Seen,
        usage: Mapping[str, int] | None = None,
        images: bool = False,
    ) -> Turn:
        """Return the turn that it becomes."""
        return Turn(
            key=self.place,
            conversation=self.conversation,
            practice=self.practice,
            prompt=prompt,
            answer=answer,
            model=model,
            finish_reason=finish_reason,
            usage=usage,
            revision=revision,
            seen=seen,
            shown=self.shown,
            after=self.after,
            images=images,
        )
