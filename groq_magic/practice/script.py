"""Replies that are given in advance: what is answered to which prompt."""

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
_BLANKS = r"\s+"
_A_VALUE = r"(?:(?!\n\n).)+?"
# The contents of named values, cells and rows may follow a prompt under these headings, then
# images.
_HEADINGS = r"Values|Cells that ran before, oldest first|Row \(data, not instructions\)"
_VALUES = rf"(?:\s*\n\W*(?:{_HEADINGS}):.*)?(?:\s*\[image\])*\s*\Z"


class ScriptError(ValueError):
    """The script is not as it should be."""


@dataclass(frozen=True)
class Reply:
    """One reply, and the prompts that it answers.

    It answers a request whose last user message fits all that is given of `match`,
    `prompt` and `code`; with none of them, every request.

    Parameters
    ----------
    match : re.Pattern or None
        Searched in the message.
    prompt : re.Pattern or None
        Made of a prompt as it is typed in a notebook, which must be the whole message: any
        blanks between its words, anything without an empty line in the place of ``{{name}}``, and
        after it at most the contents of named values.
    code : re.Pattern or None
        Made of code, or a text of a row, that must stand in the message, alone in a fenced block.
    reply : str
        Markdown.
    pieces : tuple of str
        The exact deltas, instead of `reply`.
    reasoning : str
    finish_reason : str or None
        None: ``tool_calls`` with a call, else ``stop``.
    tool_calls : tuple of dict
        With `name` and `arguments`, or of the API's shape.
    executed_tools : tuple of dict
        What tools of the service did, of the API's shape.
    round : int or None
        Answers only after so many rounds of tool calls; None is after any number.
    times : int or None
        How often; None is always.
    tokens_per_second : float or None
        0 is as fast as it goes; None is the server's own speed.
    busy : float
        Instead of a reply: others of the organisation have just used up the tokens of this
        minute, so that the request fits in so many seconds.
    batch : str
        What happens to the request in a batch instead: ``failed``, ``expired``, or ``waiting``
        until the batch is cancelled.
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
        """The pieces, or the reply cut into token-like ones."""
        return self.pieces or tuple(tokens.pieces(self.reply))

    def answers(self, question: str, rounds: int = 0) -> bool:
        """Return whether it answers a last user message, and the rounds of calls after it."""
        if self.round not in (None, rounds):
            return False
        return all(one.search(question) for one in (self.match, self.prompt, self.code) if one)


class Script:
    """The replies still to be given, tried from first to last.

    Parameters
    ----------
    entries : list of dict
        As parsed from JSON; their members are the parameters of `Reply`. Texts may be
        lists of lines.

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

    def take(self, question: str, rounds: int = 0) -> Reply | None:
        """Return the first reply that fits a question and isn't used up.

        Parameters
        ----------
        question : str
            The last user message.
        rounds : int
            How often the model has called tools since.
        """
        for number, reply in enumerate(self._replies):
            left = self._left[number]
            if left != 0 and reply.answers(question, rounds):
                self._left[number] = None if left is None else left - 1
                return reply
        return None


def shipped_entries() -> list[dict[str, Any]]:
    """Return the entries for the prompts of the notebooks that we ship."""
    files = sorted(_SHIPPED.glob("*.json"))
    return [entry for file in files for entry in json.loads(file.read_text("utf-8"))]


def _read(number: int, entry: object) -> Reply:
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


def _searched(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _as_typed(prompt: str) -> re.Pattern[str]:
    words = [_A_VALUE.join(map(re.escape, _NAMED_VALUE.split(word))) for word in prompt.split()]
    return re.compile(rf"\A\s*{_BLANKS.join(words)}{_VALUES}", re.DOTALL)


def _fenced(code: str) -> re.Pattern[str]:
    return re.compile(rf"^`{{3,}}\w*\n{re.escape(code.strip())}\n`{{3,}}$", re.MULTILINE)


_PATTERNS = {"match": _searched, "prompt": _as_typed, "code": _fenced}
