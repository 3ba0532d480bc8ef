"""A turn: one prompt with its answer, tied to the cell it was asked in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.conversation.seen import Seen

__all__ = ["Turn", "TurnKey"]

_PARTIAL = frozenset({"interrupted", "truncated", "error"})


@dataclass(frozen=True)
class TurnKey:
    """Which ask of which cell a turn belongs to.

    Parameters
    ----------
    cell : str or None
        The cell's id; None where the front end tells none. The key is then
        unique in its session, so that turns append and never replace.
    ask : int
        From 1: the how-manieth ask of one execution of the cell.
    """

    cell: str | None
    ask: int


@dataclass(frozen=True)
class Turn:
    """One prompt with its answer.

    Parameters
    ----------
    key : TurnKey
        Its place: an ask under the same key replaces it.
    conversation : str
        The name of the conversation it was asked in.
    practice : bool
        Whether the practice server answered.
    prompt, answer : str
        As they were sent and received.
    model : str
        The model's id.
    finish_reason : str or None
        The API's `stop`, `length`, `tool_calls`, or our `interrupted`,
        `truncated`, `error`.
    usage : Mapping of str to int, or None
        `prompt_tokens`, `completion_tokens` and `total_tokens`, where known.
    revision : int
        Unique in its session: a turn asked again is another revision.
    seen : Seen
        The turns before it when it was asked, whether or not they fitted into
        the request.
    shown : TurnKey
        Where its answer is displayed; other than `key` for a retry that was
        typed in another cell.
    after : TurnKey or None
        The turn of its conversation that was asked just before it, whichever
        stands above it; None for the first. One asked again keeps its own.
    images : bool
        Whether images went with the prompt; they are not sent again.
    """

    key: TurnKey
    conversation: str
    practice: bool
    prompt: str
    answer: str
    model: str
    finish_reason: str | None
    usage: Mapping[str, int] | None
    revision: int
    seen: Seen
    shown: TurnKey
    after: TurnKey | None = None
    images: bool = False

    @property
    def messages(self) -> tuple[dict[str, str], dict[str, str]]:
        """The user's and the assistant's message, as the API takes them."""
        return (
            {"role": "user", "content": self.prompt},
            {"role": "assistant", "content": self.answer},
        )

    @property
    def partial(self) -> bool:
        """Whether the answer broke off."""
        return self.finish_reason in _PARTIAL
