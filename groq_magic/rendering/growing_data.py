"""Typed data while it streams: a table that grows by whole rows, or else its JSON as code."""

from __future__ import annotations

from typing import Any

from groq_magic.rendering.data_markdown import is_record, table_head, table_row

__all__ = ["GrowingData"]

# No answer closes it.
_FENCE = "`" * 64
_MOST_ROWS = 100  # what the finished table shows too


class GrowingData:
    """Turns deltas of JSON into deltas of Markdown.

    Parameters
    ----------
    name : str
        The property of the root whose list is shown as a table.
    """

    def __init__(self, name: str = "items") -> None:
        self._name = name
        self._text = ""
        self._columns: tuple[str, ...] = ()
        self._rows = 0
        self._is_code = False

    def feed(self, delta: str) -> str:
        """Take a piece of JSON and return the Markdown that it adds; often none."""
        if self._is_code:
            return delta
        self._text += delta
        rows = self._whole_rows()
        if rows is None:
            self._is_code = True
            return f"{_FENCE}json\n{self._text}"
        new = rows[self._rows : _MOST_ROWS]
        head = ""
        if new and not self._columns:
            self._columns = tuple(new[0])
            head = f"{table_head(self._columns)}\n"
        self._rows += len(new)
        return head + "".join(f"{table_row(row, self._columns)}\n" for row in new)

    def restart(self, line: str) -> str:
        """Return the Markdown of a line after which an answer begins again."""
        ending = f"\n{_FENCE}" if self._is_code else ""
        self.__init__(self._name)  # type: ignore[misc]  # as new
        return f"{ending}\n\n{line}\n\n"

    def _whole_rows(self) -> list[dict[str, Any]] | None:
        """Return the records that are complete; None if there is no table to show."""
        # Only what streams typed data needs it, and it takes a while to import.
        from pydantic_core import from_json

        if not self._text.strip():
            return []
        try:
            data = from_json(self._text, allow_partial=True)
        except ValueError:
            return None
        if not isinstance(data, dict) or (data and next(iter(data)) != self._name):
            return None
        items = data.get(self._name, [])
        if not isinstance(items, list):
            return None
        # The last one may still grow.
        whole = items[:-1]
        if not all(map(is_record, whole[self._rows :])):
            return None if not self._columns else whole[: self._rows]
        return whole
