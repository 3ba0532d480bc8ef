"""Reasoning that some models write into the answer itself, between `<think>` tags."""

from __future__ import annotations

__all__ = ["ThinkSplitter"]

_OPEN, _CLOSE = "<think>", "</think>"


class ThinkSplitter:
    """Splits an answer that begins with `<think>` into reasoning and answer.

    Only the very beginning counts: a tag further down is the answer's own.
    """

    def __init__(self) -> None:
        self._held = ""
        self._state = "start"

    def feed(self, text: str) -> tuple[str, str]:
        """Take a delta; return what of it is answer, and what is reasoning."""
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
        """Return what was held back because a tag might have come of it."""
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
