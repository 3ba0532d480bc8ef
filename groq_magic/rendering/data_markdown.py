"""JSON as Markdown: records as a table, one record as names and values, the rest as a tree."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip
from groq_magic.rendering.safe_text import escaped, line_starts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["data_markdown", "is_record", "shows_all", "table_head", "table_row"]

_MOST_ROWS = 100
_MOST_COLUMNS = 30
_MOST_ITEMS = 500
_LONGEST_CELL = 2_000
# Addresses of these characters become links; any other character is escaped as text.
_ADDRESS = re.compile(r"(https?://[\w./?=%#+-]+)")
_NOTHING = "\N{EN DASH}"


def data_markdown(data: Any) -> str:
    """Return Markdown that shows JSON data; texts in it are shown literally."""
    if isinstance(data, list) and data and all(is_record(each) for each in data):
        return _table(data)
    if is_record(data):
        return _pairs(data)
    if isinstance(data, dict | list) and data:
        return "\n".join(_Tree().lines(data, 0))
    return line_starts(_cell(data))


def shows_all(data: Any) -> bool:
    """Whether `data_markdown` shows this data completely."""
    parts = list(_parts(data))
    if isinstance(data, list) and data and all(map(is_record, data)):
        columns = {name for row in data for name in row}
        fits = len(data) <= _MOST_ROWS and len(columns) <= _MOST_COLUMNS
    else:
        fits = len(parts) <= (_MOST_ROWS if is_record(data) else _MOST_ITEMS)
    return fits and not any(isinstance(each, str) and len(each) > _LONGEST_CELL for each in parts)


def _parts(data: Any) -> Iterator[Any]:
    """Yield all values within data, at any depth."""
    waiting = [data]
    while waiting:
        each = waiting.pop()
        inner = list(each.values()) if isinstance(each, dict) else each
        if isinstance(inner, list):
            waiting += inner
        if each is not data:
            yield each


def is_record(value: Any) -> bool:
    """Whether a value is an object that contains no other objects, nor nested lists."""
    return isinstance(value, dict) and bool(value) and not any(map(_has_parts, value.values()))


def _has_parts(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value)
    return isinstance(value, list) and any(isinstance(each, dict | list) for each in value)


def _table(rows: Sequence[dict[str, Any]]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    shown = columns[:_MOST_COLUMNS]
    numeric = [_are_numbers(name, rows) for name in shown]
    lines = [table_head(shown, numeric), *(table_row(row, shown) for row in rows[:_MOST_ROWS])]
    left_out = [
        f"{count:,} more {what}"
        for count, what in (
            (len(rows) - _MOST_ROWS, "rows"),
            (len(columns) - _MOST_COLUMNS, "columns"),
        )
        if count > 0
    ]
    return "\n".join(lines) + _rest(left_out)


def table_head(columns: Sequence[str], numeric: Sequence[bool] = ()) -> str:
    """Return the first two lines of a table; columns of numbers are aligned right."""
    shown = columns[:_MOST_COLUMNS]
    right = [*numeric, *(False for _ in shown)]
    marks = ["---:" if at else "---" for at in right[: len(shown)]]
    return f"{_row([_escaped(name) for name in shown])}\n{_row(marks)}"


def table_row(record: dict[str, Any], columns: Sequence[str]) -> str:
    """Return a record as a line of a table."""
    return _row([_cell(record[name]) if name in record else "" for name in columns[:_MOST_COLUMNS]])


def _rest(left_out: Sequence[str]) -> str:
    return f"\n\n{' and '.join(left_out)} in `_groq.data`." if left_out else ""


def _pairs(record: dict[str, Any]) -> str:
    shown = list(record.items())[:_MOST_ROWS]
    rows = [_row([f"**{_escaped(name)}**", _cell(value)]) for name, value in shown]
    left_out = [f"{len(record) - len(shown):,} more fields"] if len(record) > len(shown) else []
    return "\n".join([_row(["field", "value"]), _row(["---", "---"]), *rows]) + _rest(left_out)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _are_numbers(name: str, rows: Sequence[dict[str, Any]]) -> bool:
    values = [row[name] for row in rows if row.get(name) is not None]
    return bool(values) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in values
    )


class _Tree:
    """A nested list, up to a number of items."""

    def __init__(self) -> None:
        self._left = _MOST_ITEMS

    def lines(self, value: Any, depth: int) -> Iterator[str]:
        """Yield the lines of a record or a list."""
        items = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for name, each in items:
            self._left -= 1
            if self._left < 0:
                if self._left == -1:
                    yield f"{'  ' * depth}- … more in `_groq.data`"
                return
            label = f"**{_escaped(str(name))}**" if isinstance(value, dict) else f"{name}\\."
            if isinstance(value, list) and is_record(each):
                yield f"{'  ' * depth}- {label} {_line(each)}"
                continue
            if each and (isinstance(each, dict) or _has_parts(each)):
                yield f"{'  ' * depth}- {label}"
                yield from self.lines(each, depth + 1)
            else:
                yield f"{'  ' * depth}- {label}{':' * isinstance(value, dict)} {_cell(each)}"


def _line(record: dict[str, Any]) -> str:
    """Return a record on one line."""
    return " · ".join(f"**{_escaped(name)}**: {_cell(value)}" for name, value in record.items())


def _cell(value: Any) -> str:
    if isinstance(value, list) and value and not _has_parts(value):
        return ", ".join(map(_cell, value))
    if value is None or value in ([], {}):
        return _NOTHING
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _escaped(" ".join(clip(text, _LONGEST_CELL).split()))


def _escaped(text: str) -> str:
    parts = _ADDRESS.split(" ".join(text.split()))
    parts[::2] = [escaped(part, hides_commands=True) for part in parts[::2]]
    return "".join(parts)
