"""A turn: the messages of one ask and the key of its cell; a pending one is being asked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from groq_magic.conversation.chain import EMPTY, EarlierTurn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from groq_magic.conversation.chain import Chain
    from groq_magic.prompt import NamedValue, Privacy

__all__ = [
    "NO_DATA",
    "PendingTurn",
    "PromptData",
    "Turn",
    "TurnKey",
    "messages_of",
    "text_in",
    "whole_text",
]

_PARTIAL = frozenset({"interrupted", "truncated", "error"})
# Characters of a prompt that later turns keep: more than any warning shows.
_BEGINNING = 1_000


@dataclass(frozen=True)
class TurnKey:
    """The cell of a turn, and the number of its ask there.

    Parameters
    ----------
    cell : str or None
        The cell's id; None where the front end sends none. The key is then
        unique in its session, so that turns append and never replace.
    ask : int
        The ask's number in one execution of the cell, from 1.
    """

    cell: str | None
    ask: int


@dataclass(frozen=True)
class PromptData:
    """The data that a prompt is sent with.

    Parameters
    ----------
    values : tuple of NamedValue
        The values that it names, as they were then.
    privacy : Privacy or None
        The limits under which its text was made with data of the session; None without
        such data. Once less may be sent, what the user typed is sent instead.
    names : frozenset of str
        The names of all its values, also of those included in its text.
    seen : Privacy or None
        The limits on all data of its request, that of earlier turns too: the answer may
        quote it. Once less may be sent, the answer is left out.
    images : tuple of str
        Placeholders for its images in later requests.
    """

    values: tuple[NamedValue, ...] = ()
    privacy: Privacy | None = None
    names: frozenset[str] = frozenset()
    seen: Privacy | None = None
    images: tuple[str, ...] = ()


NO_DATA = PromptData()


@dataclass(frozen=True)
class Turn:
    """The messages of one ask.

    Parameters
    ----------
    key : TurnKey
        An ask under the same key replaces it.
    shown : TurnKey
        The key under which its answer is displayed; not `key` for a retry in
        another cell.
    conversation : str
        The name of the conversation it was asked in.
    practice : bool
        Whether the practice server answered.
    after : TurnKey or None
        The turn of its conversation that was asked just before it, which need
        not be the turn above; None for the first. A turn that is asked again keeps it.
    messages : tuple of Mapping
        For the API, from the user's to the assistant's last one, with the names of
        values, not their content.
    data : PromptData
    model : str
        The model's id.
    finish_reason : str or None
        The API's `stop`, `length`, `tool_calls`, or our `interrupted`,
        `truncated`, `error`.
    usage : Mapping of str to int, or None
        `prompt_tokens`, `completion_tokens` and `total_tokens`, where known.
    revision : int
        Unique in its session: a turn asked again is another revision.
    before : Chain
        The turns before it when it was asked, whether or not they fitted into
        the request.
    typed : str
        The prompt as typed, without values.
    cell_number : int or None
        The number in brackets beside the cell that asked it in this kernel.
    prompt_sha : str
        The SHA-256 of the prompt, as saved in notebooks.
    saved_above : str or None
        For a replayed answer that was saved below other turns, the SHA-256 of those.
    """

    key: TurnKey
    shown: TurnKey
    conversation: str
    practice: bool
    after: TurnKey | None = None
    messages: tuple[Mapping[str, Any], ...] = ()
    data: PromptData = NO_DATA
    model: str = ""
    finish_reason: str | None = None
    usage: Mapping[str, int] | None = None
    revision: int = 0
    before: Chain = EMPTY
    typed: str = ""
    cell_number: int | None = None
    prompt_sha: str = ""
    saved_above: str | None = None

    @cached_property
    def as_earlier(self) -> EarlierTurn:
        """The facts about this turn that later turns keep."""
        values = [(value.name, value.text) for value in self.data.values]
        content = hash(repr((self.messages, values)))
        text = f"{self.prompt_sha} {self.answer}".encode("utf-8", "surrogatepass")
        sha = hashlib.sha256(text).hexdigest()
        return EarlierTurn(self.key, content, sha, self.typed[:_BEGINNING])

    @property
    def above_sha(self) -> str:
        """The SHA-256 of the turns above it when it was asked, as saved in notebooks."""
        return self.before.sha if self.saved_above is None else self.saved_above

    @property
    def texts(self) -> tuple[str, ...]:
        """The text of each message, with the tool calls in it."""
        return tuple(map(whole_text, self.messages))

    @property
    def prompt(self) -> str:
        """The text of the first message of the user."""
        return next((text_in(each) for each in self.messages if each["role"] == "user"), "")

    @property
    def answer(self) -> str:
        """The text of the last message of the assistant."""
        latest = reversed(self.messages)
        return next((text_in(each) for each in latest if each["role"] == "assistant"), "")

    @property
    def partial(self) -> bool:
        """Whether the answer is incomplete."""
        return self.finish_reason in _PARTIAL


@dataclass(frozen=True)
class PendingTurn:
    """An ask in progress: `Conversations.add` makes a turn of it.

    One that fails before any text is dropped: it has changed nothing.

    Parameters
    ----------
    shown : TurnKey
        The key of the ask, under which its answer is displayed.
    key : TurnKey
        The key that its turn will have; not `shown` for a retry.
    conversation : str
        The name of the conversation it belongs to.
    practice : bool
        Whether the practice server answers.
    once : bool
        Whether it neither reads nor writes the conversation.
    after : TurnKey or None
        The turn asked just before it (see `Turn`).
    cell_number : int or None
        The number in brackets beside the cell that asks.
    before : tuple of Turn
        The turns above it.
    """

    shown: TurnKey
    key: TurnKey
    conversation: str
    practice: bool
    once: bool
    after: TurnKey | None
    cell_number: int | None
    before: tuple[Turn, ...] = ()

    @property
    def number(self) -> int:
        """The number that its turn will have, from 1."""
        return len(self.before) + 1

    @property
    def replaces(self) -> TurnKey | None:
        """The key of another cell's turn that it replaces, if any."""
        return None if self.key == self.shown else self.key

    @property
    def turn(self) -> Turn:
        """The turn, still without messages."""
        return Turn(
            self.key,
            self.shown,
            self.conversation,
            self.practice,
            self.after,
            cell_number=self.cell_number,
        )


def messages_of(
    prompt: str, answer: str, between: Iterable[Mapping[str, Any]] = ()
) -> tuple[Mapping[str, Any], ...]:
    """Return the user's and the assistant's message, for the API.

    Parameters
    ----------
    prompt : str
    answer : str
        "" without one, as after Stop during a call: empty messages may be refused.
    between : iterable of mapping
        The tool calls and their results.
    """
    asked = {"role": "user", "content": prompt}
    answered = ({"role": "assistant", "content": answer},) if answer else ()
    return (asked, *between, *answered)


def text_in(message: Mapping[str, Any]) -> str:
    """Return a message's text; there may be images beside it, and tool calls have no text."""
    content = message.get("content")
    if isinstance(content, list):
        return "\n".join(part["text"] for part in content if part["type"] == "text")
    return content or ""


def whole_text(message: Mapping[str, Any]) -> str:
    """Return a message's text and its tool calls: all that counts as tokens."""
    calls = message.get("tool_calls")
    return text_in(message) + (json.dumps(calls, ensure_ascii=False) if calls else "")
