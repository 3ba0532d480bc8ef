"""Scripted replies: what to answer to which prompt, given in advance."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from groq_magic.practice import tokens

__all__ = ["Script", "ScriptError", "ScriptedReply"]

_MEMBERS = frozenset(
    {
        "finish_reason",
        "match",
        "pieces",
        "reasoning",
        "reply",
        "times",
        "tokens_per_second",
        "tool_calls",
    }
)


class ScriptError(ValueError):
    """The script is not as it should be."""


@dataclass(frozen=True)
class ScriptedReply:
    """One reply that is sent as it is.

    Parameters
    ----------
    match : re.Pattern or None
        Looked for in the last user message; None fits all.
    reply : str
        Markdown.
    pieces : tuple of str
        The exact deltas, instead of `reply`.
    reasoning : str
    finish_reason : str or None
        None: ``tool_calls`` with a call, else ``stop``.
    tool_calls : tuple of dict
        With `name` and `arguments`, or of the API's shape.
    times : int or None
        How often; None is always.
    tokens_per_second : float or None
        0 is as fast as it goes; None is the server's own speed.
    """

    match: re.Pattern[str] | None = None
    reply: str = ""
    pieces: tuple[str, ...] = ()
    reasoning: str = ""
    finish_reason: str | None = None
    tool_calls: tuple[dict[str, Any], ...] = ()
    times: int | None = None
    tokens_per_second: float | None = None

    @cached_property
    def deltas(self) -> tuple[str, ...]:
        """The pieces, or the reply cut into token-like ones."""
        return self.pieces or tuple(tokens.pieces(self.reply))


@dataclass
class Script:
    """The replies still to be given, tried from first to last."""

    replies: tuple[ScriptedReply, ...] = ()
    _given: dict[int, int] = field(default_factory=dict)

    @classmethod
    def from_json(cls, entries: object) -> Script:
        """Read a script.

        Raises
        ------
        ScriptError
            Saying which entry is wrong, and how.
        """
        if not isinstance(entries, list):
            raise ScriptError("a script is a JSON list of replies")
        return cls(tuple(_read(number, entry) for number, entry in enumerate(entries)))

    def take(self, question: str) -> ScriptedReply | None:
        """Give the first reply that fits a question and isn't used up."""
        for number, reply in enumerate(self.replies):
            given = self._given.get(number, 0)
            left = reply.times is None or given < reply.times
            if left and (reply.match is None or reply.match.search(question)):
                self._given[number] = given + 1
                return reply
        return None


def _read(number: int, entry: object) -> ScriptedReply:
    if not isinstance(entry, dict) or not entry.keys() <= _MEMBERS:
        known = ", ".join(sorted(_MEMBERS))
        raise ScriptError(f"reply {number} must be an object with some of: {known}")
    given = {name: value for name, value in entry.items() if value is not None}
    if not given.keys() & {"reply", "pieces", "tool_calls", "reasoning"}:
        raise ScriptError(f"reply {number} says nothing: it needs a reply, pieces or tool_calls")
    try:
        given["match"] = re.compile(given["match"], re.IGNORECASE) if "match" in given else None
    except (re.error, TypeError) as error:
        raise ScriptError(f"reply {number} has no regular expression to match: {error}") from error
    for name in ("pieces", "tool_calls"):
        given[name] = tuple(given.get(name, ()))
    return ScriptedReply(**given)
