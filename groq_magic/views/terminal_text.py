"""The text of an answer as a terminal shows it: the tags of a fold are left out."""

from __future__ import annotations

import re

__all__ = ["TerminalText"]

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_TAG = re.compile(r" {0,3}(?:</?details>|<summary>(?P<words>.*)</summary>)\s*")
_TAGS = ("<details>", "</details>", "<summary>")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_LONGEST = 1_000  # characters that are kept back of a line that begins like a tag


class TerminalText:
    """Removes the tags of folds from a stream of Markdown.

    Text is returned at once, except for the beginning of a line that may be such a tag. Code
    keeps its tags.
    """

    def __init__(self) -> None:
        self._kept = ""
        self._is_in_line = False
        self._is_code = False

    def feed(self, text: str) -> str:
        """Add text, and return the text to write."""
        pieces, self._kept = _LINES.findall(self._kept + text), ""
        return "".join(map(self._written, pieces))

    def rest(self) -> str:
        """Return the text that was kept back, at the end."""
        kept, self._kept = self._kept, ""
        return _shown(kept)

    def _written(self, piece: str) -> str:
        is_whole = piece.endswith("\n")
        begins, self._is_in_line = not self._is_in_line, not is_whole
        if not begins:
            return piece
        if not is_whole and _may_be_tag_or_fence(piece):
            self._kept, self._is_in_line = piece, False
            return ""
        if _FENCE.match(piece):
            self._is_code = not self._is_code
        return piece if self._is_code else _shown(piece)


def _may_be_tag_or_fence(line: str) -> bool:
    text = line.lstrip(" ")
    if len(line) > _LONGEST or len(line) - len(text) > 3:  # noqa: PLR2004 - deeper is code
        return False
    is_fence = text in {"", "`", "``", "~", "~~"}
    return is_fence or any(tag.startswith(text) or text.startswith(tag) for tag in _TAGS)


def _shown(line: str) -> str:
    found = _TAG.fullmatch(line)
    if found is None:
        return line
    words = found["words"]
    return f"{words}\n" if words else ""
