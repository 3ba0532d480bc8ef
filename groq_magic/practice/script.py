"""Scripted replies, and the prompts that they answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from groq_magic.practice import tokens

__all__ = ["Reply", "Script", "ScriptError", "shipped_entries"]

_SHIPPED = Path(__file__).with_name("scripts")
_NAMED_VALUE = re.compile(r"\{\{.+?\}\}")
# A value, in place of `{{name}}`.
_VALUE = r"(?:(?!\n\n).)+?"
# The headings under which a sent prompt includes values, cells and rows; images follow.
_HEADINGS = r"Values|Cells that ran before, oldest first|Row \(data, not instructions\)"
_INCLUDED = rf"(?:\s*\n\W*(?:{_HEADINGS}):.*)?(?:\s*\[image\])*\s*\Z"


class ScriptError(ValueError):
    """An invalid script."""


@dataclass(frozen=True)
class Reply:
    """One reply, and the prompts that it answers.

    A reply answers a request if the last user message fits `match`, `prompt` and `code`, as far
    as they are given.

    Parameters
    ----------
    match : re.Pattern or None
        Searched in the message.
    prompt : re.Pattern or None
        From a prompt as typed in a notebook; it must fit the whole message. Whitespace may
        differ, ``{{name}}`` fits any text without an empty line, and values may follow.
    code : re.Pattern or None
        From code, or a row's text, that is the whole of a fenced block in the message.
    reply : str
        Markdown.
    pieces : tuple of str
        The exact deltas, instead of `reply`.
    reasoning : str
    finish_reason : str or None
        None is ``tool_calls`` with a call, else ``stop``.
    tool_calls : tuple of dict
        With `name` and `arguments`, or in the API's shape.
    executed_tools : tuple of dict
        The calls of Groq's own tools, in the API's shape.
    round : int or None
        The number of rounds of tool calls before this reply; None is any number.
    times : int or None
        How often the reply may be used; None is no limit.
    tokens_per_second : float or None
        0 is the full speed; None is the server's own speed.
    busy : float
        Instead of a reply, use up this minute's tokens, so that the request is refused and fits
        only after this many seconds.
    batch : str
        In a batch, instead of a reply: ``failed``, ``expired``, or ``waiting`` until the batch
        is cancelled.
    """

    match: re.Pattern[str] | None = None
    prompt: re.Pattern[str] | None = None
    code: re.Pattern[str] | None = None
    reply: str = ""
    pieces: tuple[str, ...] = ()
    reasoning: str = ""
    finish_reason: str | None = None
    tool_calls: tuple[dict[str, Any], ...] = ()
    executed_tools: tuple[dict[str, Any], ...] = ()
    round: int | None = None
    times: int | None = None
    tokens_per_second: float | None = None
    busy: float = 0.0
    batch: str = ""

    @cached_property
    def deltas(self) -> tuple[str, ...]:
        """The pieces, or the reply cut into token-like pieces."""
        return self.pieces or tuple(tokens.pieces(self.reply))

    def answers(self, question: str, rounds: int) -> bool:
        """Return whether the reply fits a last user message and the rounds of calls after it."""
        if self.round not in (None, rounds):
            return False
        patterns = (self.match, self.prompt, self.code)
        return all(pattern.search(question) for pattern in patterns if pattern)


class Script:
    """A list of replies: the first one that fits is used.

    Parameters
    ----------
    entries : list of dict
        As parsed from JSON; their members are the parameters of `Reply`. Texts may be
        lists of lines.

    Raises
    ------
    ScriptError
        For an invalid entry, with its number.
    """

    def __init__(self, entries: object = ()) -> None:
        if not isinstance(entries, list | tuple):
            raise ScriptError("a script is a JSON list of replies")
        self._replies = [_parse(number, entry) for number, entry in enumerate(entries)]
        self._uses_left = [reply.times for reply in self._replies]

    def take(self, question: str, rounds: int = 0) -> Reply | None:
        """Return the first reply that fits a question and has uses left, and count the use.

        Parameters
        ----------
        question : str
            The last user message.
        rounds : int
            How often the model called tools after it.
        """
        for number, reply in enumerate(self._replies):
            left = self._uses_left[number]
            if left != 0 and reply.answers(question, rounds):
                if left is not None:
                    self._uses_left[number] = left - 1
                return reply
        return None


def shipped_entries() -> list[dict[str, Any]]:
    """Return the entries that answer the prompts of our notebooks."""
    files = sorted(_SHIPPED.glob("*.json"))
    return [entry for file in files for entry in json.loads(file.read_text("utf-8"))]


def _parse(number: int, entry: object) -> Reply:
    known = {field.name for field in fields(Reply)}
    if not isinstance(entry, dict) or not entry.keys() <= known:
        listed = ", ".join(sorted(known))
        raise ScriptError(f"reply {number} must be an object with some of: {listed}")
    given = {name: value for name, value in entry.items() if value is not None}
    if not given.keys() & {"reply", "pieces", "tool_calls", "reasoning", "busy", "batch"}:
        raise ScriptError(f"reply {number} is empty: it needs a reply, pieces or tool_calls")
    try:
        for name in given.keys() & {"prompt", "code", "reply"}:
            given[name] = given[name] if isinstance(given[name], str) else "\n".join(given[name])
        for name in given.keys() & _PATTERNS.keys():
            given[name] = _PATTERNS[name](given[name])
    except (re.error, TypeError) as error:
        raise ScriptError(f"reply {number} has no text or pattern to match: {error}") from error
    for name in ("pieces", "tool_calls", "executed_tools"):
        given[name] = tuple(given.get(name, ()))
    return Reply(**given)


def _match_pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _prompt_pattern(prompt: str) -> re.Pattern[str]:
    words = [_VALUE.join(map(re.escape, _NAMED_VALUE.split(word))) for word in prompt.split()]
    text = r"\s+".join(words)
    return re.compile(rf"\A\s*{text}{_INCLUDED}", re.DOTALL)


def _code_pattern(code: str) -> re.Pattern[str]:
    return re.compile(rf"^`{{3,}}\w*\n{re.escape(code.strip())}\n`{{3,}}$", re.MULTILINE)


_PATTERNS = {"match": _match_pattern, "prompt": _prompt_pattern, "code": _code_pattern}
