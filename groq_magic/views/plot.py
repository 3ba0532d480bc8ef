"""Small plots: as text for terminals, as images for pages, which need no style sheet."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["bar", "bar_image", "column_chart", "columns"]

_ROWS = " ▁▂▃▄▅▆▇█"
_EIGHTHS = 8
# The most columns that have gaps between them.
_APART = 30
_WIDTH, _HEIGHT = 300, 76
_LEFT, _TOP, _BASE = 54, 6, 60  # left edge, top of the largest, and base line of the columns
_DIGIT = 7  # pixels, at most, of a character in a label
_WIDEST = 18
# Readable on white and on black: an image does not know the page's theme.
_COLUMNS, _LINE = "#4a8fd8", "#7c7c7c"
_TICKS = (1.0, 0.5, 0.0)  # of the largest value
_BAR_WIDTH, _BAR_HEIGHT = 120, 10
_TEXT = f'fill="{_LINE}" font-family="sans-serif" font-size="11"'


def bar(share: float, width: int = 20) -> str:
    """Return a bar of `width` characters that is filled by a share between 0 and 1."""
    halves = round(min(1.0, max(0.0, share)) * width * 2)
    if share > 0:
        halves = max(1, halves)
    filled = "━" * (halves // 2) + "╸" * (halves % 2)
    return filled + "─" * (width - len(filled))


def bar_image(share: float) -> str:
    """Return a bar that is filled by a share between 0 and 1, as safe HTML.

    It has no description: the text beside it has the same fact.
    """
    width = max(1.0, min(1.0, share) * _BAR_WIDTH) if share > 0 else 0.0
    shape = f'<rect width="{width:.1f}" height="{_BAR_HEIGHT}" fill="{_COLUMNS}"/>'
    # On a narrow page it is shorter, but not thinner.
    return _image("", _BAR_WIDTH, _BAR_HEIGHT, shape, fit=' preserveAspectRatio="none"')


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


def column_chart(values: Sequence[float | None], description: str, ends: Sequence[str] = ()) -> str:
    """Return values as columns beside a scale from 0 to the largest, as safe HTML.

    Parameters
    ----------
    values : sequence of float or None
        Not negative; None leaves its place empty.
    description : str
        Read by screen readers.
    ends : sequence of str, optional
        The labels under the first and the last column.

    Notes
    -----
    It is an `img` with SVG data: JupyterLab removes `svg` elements from untrusted notebooks.
    """
    most = max((value for value in values if value), default=1.0)
    step = min(_WIDEST, (_WIDTH - _LEFT) / max(1, len(values)))
    drawn = "".join(
        _column(_LEFT + at * step, step, value / most)
        for at, value in enumerate(values)
        if value is not None
    )
    ends_shown = _ends(ends, step * len(values))
    shapes = f'{_scale(most)}<g fill="{_COLUMNS}">{drawn}</g>{ends_shown}'
    return _image(description, _WIDTH, _HEIGHT, shapes)


def _image(description: str, width: int, height: int, shapes: str, *, fit: str = "") -> str:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"{fit}>{shapes}</svg>'
    )
    return (
        f'<img class="groq-chart" alt="{escape(description)}" width="{width}" height="{height}" '
        f'src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}">'
    )


def _scale(most: float) -> str:
    """Return the numbers at the left with their lines; small ones have decimals."""
    ticks = []
    for share in _TICKS:
        y = _BASE - share * (_BASE - _TOP)
        # Half of a small count may not be a whole number.
        if share in {0.0, 1.0} or most >= 10:  # noqa: PLR2004 - two digits
            ticks.append(
                f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" {_TEXT}>'
                f"{_short(share * most)}</text>"
                f'<path d="M{_LEFT} {y:.1f}H{_WIDTH}" stroke="{_LINE}" '
                f'stroke-opacity="{0.35 if share else 1}"/>'
            )
    return "".join(ticks)


def _ends(names: Sequence[str], width: float) -> str:
    if not names:
        return ""
    first, last = names[0], names[-1]
    # The labels may take more room than a few columns.
    both = _DIGIT * (len(first) + 1 + len(last))
    end = (
        f'<text x="{_LEFT + max(width, both):.1f}" y="{_HEIGHT - 3}" text-anchor="end" '
        f"{_TEXT}>{escape(last)}</text>"
    )
    return (
        f'<text x="{_LEFT}" y="{_HEIGHT - 3}" {_TEXT}>{escape(first)}</text>'
        f"{end if len(names) > 1 else ''}"
    )


def _short(value: float) -> str:
    """Return a number of at most seven characters: `950`, `12,300`, `1.2e+09`."""
    return f"{value:,.0f}" if value < 1_000_000 else f"{value:.2g}"  # noqa: PLR2004 - seven characters


def _cell(value: float | None, most: float, height: int, row: int) -> str:
    if value is None or most <= 0:
        return " "
    eighths = round(value / most * height * _EIGHTHS) - row * _EIGHTHS
    if row == 0 and value > 0:
        eighths = max(1, eighths)
    return _ROWS[min(_EIGHTHS, max(0, eighths))]


def _column(left: float, step: float, share: float) -> str:
    # Even the smallest value is visible.
    height = max(1.0, share * (_BASE - _TOP)) if share else 0.0
    gap = min(2.0, step / 4)
    return (
        f'<rect x="{left:.1f}" y="{_BASE - height:.1f}" width="{step - gap:.1f}" '
        f'height="{height:.1f}"/>'
    )
