"""From one event of a stream, or one whole reply, to text: read without trust in its shape."""

from __future__ import annotations

import codecs
from typing import Any, NamedTuple

from groq_magic.printable import SURROGATE, printable

__all__ = ["Chunk", "ThinkSplitter", "WholeCharacters", "chunk_of"]

_LONGEST_NAME = 200
_OPEN, _CLOSE = "<think>", "</think>"


# Named tuples: of these, thousands are made a second, and a dataclass takes twice as long.
class Chunk(NamedTuple):
    """The content of one chunk; a missing part is empty or None.

    `cut` is what `x_groq.error` holds: the service ended the answer early.
    `recognised` is False for JSON that is not a chat completion at all.
    `tool_calls` and `executed_tools` are as they came.
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
    """Return the chunk that parsed JSON holds, streamed (`delta`) or whole (`message`)."""
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
    """Return a short text that is shown as it is."""
    if not value or not isinstance(value, str):
        return ""
    text = value[:_LONGEST_NAME]
    return text if text.isprintable() else printable(text)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


class ThinkSplitter:
    """Splits an answer that begins with `<think>` into reasoning and answer.

    Only the very beginning counts: a tag further down is the answer's own.
    """

    def __init__(self) -> None:
        self._held = ""
        self._state = "start"

    def feed(self, text: str) -> tuple[str, str]:
        """Take a delta; return its part of the answer and its part of the reasoning."""
        if self._state == "answer":
            return text, ""
        text, self._held = self._held + text, ""
        if self._state == "start":
            begun = text.lstrip()
            if _OPEN.startswith(begun[: len(_OPEN)]) and len(begun) < len(_OPEN):
                self._held = text
                return "", ""
            if not begun.startswith(_OPEN):
                self._state = "answer"
                return text, ""
            self._state = "thinking"
            text = begun[len(_OPEN) :].lstrip("\n")
        return self._thinking(text)

    def finish(self) -> tuple[str, str]:
        """Return the text that was held back as the possible beginning of a tag."""
        held, self._held = self._held, ""
        return ("", held) if self._state == "thinking" else (held, "")

    def _thinking(self, text: str) -> tuple[str, str]:
        reasoning, closed, answer = text.partition(_CLOSE)
        if closed:
            self._state = "answer"
            return answer.lstrip("\n"), reasoning
        held = next((n for n in range(len(_CLOSE) - 1, 0, -1) if text.endswith(_CLOSE[:n])), 0)
        self._held = text[len(text) - held :]
        return "", text[: len(text) - held]


class WholeCharacters:
    r"""Joins the halves of characters, and replaces halves that stay alone by U+FFFD.

    JSON writes what lies beyond U+FFFF as two escapes (`\ud83d\ude00`), and a
    token may end between them. Half a character can be neither displayed
    nor saved nor sent again.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-16-le")(errors="replace")
        self._holds = False

    def feed(self, text: str) -> str:
        """Take a delta; return what of it is whole."""
        if not self._holds and not SURROGATE.search(text):
            return text
        whole = self._decoder.decode(text.encode("utf-16-le", "surrogatepass"))
        self._holds = bool(self._decoder.getstate()[0])
        return whole

    def finish(self) -> str:
        """Return U+FFFD for a half that was left, else ""."""
        self._holds = False
        rest = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return rest
