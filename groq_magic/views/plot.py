"""Small plots: in characters for terminals, as pictures for pages, which need no style sheet."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["bar", "column_chart", "columns"]

_ROWS = " ▁▂▃▄▅▆▇█"
_EIGHTHS = 8
# So many columns stand apart from each other; more stand close together.
_APART = 30
_WIDTH, _HEIGHT = 300, 48
_WIDEST = 18
# Read on white and on black: a picture does not know the page's theme.
_COLUMNS, _LINE = "#4a8fd8", "#8a8a8a"


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


def column_chart(values: Sequence[float | None], description: str) -> str:
    """Return values as columns over a line, from 0 to the largest, as safe HTML.

    Parameters
    ----------
    values : sequence of float or None
        Not negative; None leaves its place empty.
    description : str
        Read where the picture is not shown.

    Notes
    -----
    It is an `img` with its SVG in it: JupyterLab removes `svg` elements from untrusted notebooks.
    """
    most = max((value for value in values if value), default=1.0)
    step = min(_WIDEST, _WIDTH / max(1, len(values)))
    drawn = "".join(
        _column(at * step, step, value / most)
        for at, value in enumerate(values)
        if value is not None
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}"><g fill="{_COLUMNS}">{drawn}</g>'
        f'<rect y="{_HEIGHT - 1}" width="{step * len(values):.1f}" height="1" '
        f'fill="{_LINE}"/></svg>'
    )
    return (
        f'<img class="groq-chart" alt="{escape(description)}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}">'
    )


def _cell(value: float | None, most: float, height: int, row: int) -> str:
    if value is None or most <= 0:
        return " "
    eighths = round(value / most * height * _EIGHTHS) - row * _EIGHTHS
    if row == 0 and value > 0:
        eighths = max(1, eighths)
    return _ROWS[min(_EIGHTHS, max(0, eighths))]


def _column(left: float, step: float, share: float) -> str:
    # The smallest value is still seen.
    height = max(1.0, share * (_HEIGHT - 1)) if share else 0.0
    gap = min(2.0, step / 4)
    return (
        f'<rect x="{left:.1f}" y="{_HEIGHT - 1 - height:.1f}" width="{step - gap:.1f}" '
        f'height="{height:.1f}"/>'
    )
