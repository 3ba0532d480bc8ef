"""Typed data while it streams: a table that grows row by row, or its JSON as code."""

from __future__ import annotations

from typing import Any

from groq_magic.rendering.data_markdown import is_record, table_head, table_row

__all__ = ["GrowingData"]

_ROOT = "items"  # the property whose list is shown as a table
# Too long for an answer to close.
_FENCE = "`" * 64
_MOST_ROWS = 100  # what the finished table shows too
# Characters: a longer text is parsed again when it has grown by a sixteenth, which keeps the
# total time linear.
_SHORT = 4_000
_SIXTEENTH = 16


class GrowingData:
    """Turns deltas of JSON into deltas of Markdown."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = self._due = 0
        self._columns: tuple[str, ...] = ()
        self._rows = 0
        self._is_code = False

    def feed(self, delta: str) -> str:
        """Read a delta of JSON and return the Markdown that it adds, often ""."""
        if self._is_code:
            return delta
        self._pieces.append(delta)
        self._length += len(delta)
        if self._length < self._due or self._rows >= _MOST_ROWS:
            return ""
        text = "".join(self._pieces)
        self._pieces = [text]
        if self._length > _SHORT:
            self._due = self._length + self._length // _SIXTEENTH
        rows = self._whole_rows(text)
        if rows is None:
            self._is_code = True
            return f"{_FENCE}json\n{text}"
        new = rows[self._rows : _MOST_ROWS]
        head = ""
        if new and not self._columns:
            self._columns = tuple(new[0])
            head = f"{table_head(self._columns)}\n"
        self._rows += len(new)
        return head + "".join(f"{table_row(row, self._columns)}\n" for row in new)

    def restart(self, line: str) -> str:
        """Begin again with a new answer; return the Markdown of a line above it."""
        ending = f"\n{_FENCE}" if self._is_code else ""
        self.__init__()  # type: ignore[misc]  # resets all state
        return f"{ending}\n\n{line}\n\n"

    def _whole_rows(self, text: str) -> list[dict[str, Any]] | None:
        """Return the complete records; None if the data is not shown as a table."""
        # Only typed data needs it, and its import is slow.
        from pydantic_core import from_json

        if not text.strip():
            return []
        try:
            data = from_json(text, allow_partial=True)
        except ValueError:
            return None
        if not isinstance(data, dict) or (data and next(iter(data)) != _ROOT):
            return None
        items = data.get(_ROOT, [])
        if not isinstance(items, list):
            return None
        # The last item may be incomplete.
        whole = items[:-1]
        if not all(map(is_record, whole[self._rows :])):
            return None if not self._columns else whole[: self._rows]
        return whole
