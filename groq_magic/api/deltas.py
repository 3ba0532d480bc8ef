"""Read the text of an event or of a whole reply; malformed parts count as missing."""

from __future__ import annotations

import codecs
from typing import Any, NamedTuple

from groq_magic.printable import SURROGATE, printable

__all__ = ["Chunk", "ThinkSplitter", "WholeCharacters", "chunk_of"]

_LONGEST_NAME = 200
_OPEN, _CLOSE = "<think>", "</think>"


# A named tuple: thousands are made a second, and a dataclass takes twice as long.
class Chunk(NamedTuple):
    """The content of one chunk; a missing part is empty or None.

    `cut` is the value of `x_groq.error`: the service ended the answer early.
    `recognised` is False for JSON that is not a chat completion at all.
    `tool_calls` and `executed_tools` are unchanged.
    """

    text: str = ""
    reasoning: str = ""
    finish_reason: str | None = None
    usage: dict[str, Any] | None = None
    model: str = ""
    request_id: str = ""
    error: object = None
    cut: object = None
    recognised: bool = True
    tool_calls: object = None
    executed_tools: object = None


def chunk_of(data: object) -> Chunk:
    """Return the chunk in parsed JSON, streamed (`delta`) or whole (`message`)."""
    if not isinstance(data, dict):
        return Chunk(recognised=False)
    inner = _mapping(data.get("x_groq"))
    error = data.get("error")
    choices = data.get("choices")
    first = _mapping(choices[0]) if isinstance(choices, list) and choices else {}
    delta = _mapping(first.get("delta") or first.get("message"))
    usage = data.get("usage") or inner.get("usage")
    return Chunk(
        text=_text(delta.get("content")),
        reasoning=_text(delta.get("reasoning")),
        finish_reason=_name(first.get("finish_reason")) or None,
        usage=usage if isinstance(usage, dict) else None,
        model=_name(data.get("model")),
        request_id=_name(inner.get("id")) or _name(data.get("id")),
        error=error or None,
        cut=inner.get("error") or None,
        recognised=bool(error) or isinstance(choices, list) or usage is not None,
        tool_calls=delta.get("tool_calls"),
        executed_tools=delta.get("executed_tools"),
    )


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _name(value: object) -> str:
    """Return a short, printable text."""
    if not value or not isinstance(value, str):
        return ""
    text = value[:_LONGEST_NAME]
    return text if text.isprintable() else printable(text)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


class ThinkSplitter:
    """Splits an answer that begins with `<think>` into reasoning and answer.

    A later tag is part of the answer.
    """

    def __init__(self) -> None:
        self._pending = ""
        self._state = "start"

    def feed(self, text: str) -> tuple[str, str]:
        """Read a delta; return its part of the answer and its part of the reasoning."""
        if self._state == "answer":
            return text, ""
        text, self._pending = self._pending + text, ""
        if self._state == "start":
            begun = text.lstrip()
            if _OPEN.startswith(begun[: len(_OPEN)]) and len(begun) < len(_OPEN):
                self._pending = text
                return "", ""
            if not begun.startswith(_OPEN):
                self._state = "answer"
                return text, ""
            self._state = "thinking"
            text = begun[len(_OPEN) :].lstrip("\n")
        return self._thinking(text)

    def finish(self) -> tuple[str, str]:
        """Return the text that was kept back as the possible beginning of a tag."""
        rest, self._pending = self._pending, ""
        return ("", rest) if self._state == "thinking" else (rest, "")

    def _thinking(self, text: str) -> tuple[str, str]:
        reasoning, closed, answer = text.partition(_CLOSE)
        if closed:
            self._state = "answer"
            return answer.lstrip("\n"), reasoning
        size = next((n for n in range(len(_CLOSE) - 1, 0, -1) if text.endswith(_CLOSE[:n])), 0)
        self._pending = text[len(text) - size :]
        return "", text[: len(text) - size]


class WholeCharacters:
    r"""Joins the halves of surrogate pairs, and replaces single halves by U+FFFD.

    JSON writes characters beyond U+FFFF as two escapes (`\ud83d\ude00`), and a
    token may end between them. Half a pair can't be displayed, saved or sent.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-16-le")(errors="replace")
        self._has_half = False

    def feed(self, text: str) -> str:
        """Read a delta; return its whole characters."""
        if not self._has_half and not SURROGATE.search(text):
            return text
        whole = self._decoder.decode(text.encode("utf-16-le", "surrogatepass"))
        self._has_half = bool(self._decoder.getstate()[0])
        return whole

    def finish(self) -> str:
        """Return U+FFFD for a half at the end, else ""."""
        self._has_half = False
        rest = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return rest
