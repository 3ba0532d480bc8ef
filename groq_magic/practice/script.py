"""Replies that are given in advance: what is answered to which prompt."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from groq_magic.practice import tokens

__all__ = ["Reply", "Script", "ScriptError"]


class ScriptError(ValueError):
    """The script is not as it should be."""


@dataclass(frozen=True)
class Reply:
    """One reply, sent as it is.

    Parameters
    ----------
    match : re.Pattern or None
        Searched in the last user message; None fits all.
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


class Script:
    """The replies still to be given, tried from first to last.

    Parameters
    ----------
    entries : list of dict
        As parsed from JSON; their members are the parameters of `Reply`.

    Raises
    ------
    ScriptError
        Stating which entry is wrong, and how.
    """

    def __init__(self, entries: object = ()) -> None:
        if not isinstance(entries, list | tuple):
            raise ScriptError("a script is a JSON list of replies")
        self._replies = [_read(number, entry) for number, entry in enumerate(entries)]
        self._left = [reply.times for reply in self._replies]

    def take(self, question: str) -> Reply | None:
        """Return the first reply that fits a question and isn't used up."""
        for number, reply in enumerate(self._replies):
            left = self._left[number]
            if left != 0 and (reply.match is None or reply.match.search(question)):
                self._left[number] = None if left is None else left - 1
                return reply
        return None


def _read(number: int, entry: object) -> Reply:
    known = {field.name for field in fields(Reply)}
    if not isinstance(entry, dict) or not entry.keys() <= known:
        listed = ", ".join(sorted(known))
        raise ScriptError(f"reply {number} must be an object with some of: {listed}")
    given = {name: value for name, value in entry.items() if value is not None}
    if not given.keys() & {"reply", "pieces", "tool_calls", "reasoning"}:
        raise ScriptError(f"reply {number} is empty: it needs a reply, pieces or tool_calls")
    try:
        given["match"] = re.compile(given["match"], re.IGNORECASE) if "match" in given else None
    except (re.error, TypeError) as error:
        raise ScriptError(f"reply {number} has no regular expression to match: {error}") from error
    for name in ("pieces", "tool_calls"):
        given[name] = tuple(given.get(name, ()))
    return Reply(**given)
