"""Small plots in characters: they survive every front end, trusted or not, and every theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["bar", "columns"]

_ROWS = " ▁▂▃▄▅▆▇█"
_EIGHTHS = 8
# So many columns stand apart from each other; more stand close together.
_APART = 30


def bar(share: float, width: int = 20) -> str:
    """Return a bar of `width` characters that is filled by a share between 0 and 1."""
    halves = round(min(1.0, max(0.0, share)) * width * 2)
    if share > 0:
        halves = max(1, halves)
    filled = "━" * (halves // 2) + "╸" * (halves % 2)
    return filled + "─" * (width - len(filled))


def columns(values: Sequence[float | None], height: int = 3) -> list[str]:
    """Return values as columns over a scale from 0 to the largest, in lines from the top.

    Parameters
    ----------
    values : sequence of float or None
        Not negative; None leaves its place empty.
    height : int
        Lines.
    """
    most = max((value for value in values if value is not None), default=0.0)
    top = f"{most:,.0f}"
    gap = " " if len(values) <= _APART else ""
    lines = []
    for row in range(height - 1, -1, -1):
        label = top if row == height - 1 else "0" if row == 0 else ""
        cells = (_cell(value, most, height, row) for value in values)
        lines.append(f"{label:>{len(top)}} ┤{gap.join(cells)}".rstrip())
    return lines


def _cell(value: float | None, most: float, height: int, row: int) -> str:
    if value is None or most <= 0:
        return " "
    eighths = round(value / most * height * _EIGHTHS) - row * _EIGHTHS
    if row == 0 and value > 0:
        eighths = max(1, eighths)
    return _ROWS[min(_EIGHTHS, max(0, eighths))]
