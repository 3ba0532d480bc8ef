"""Durations in words."""

from __future__ import annotations

import math

__all__ = ["LONGEST", "in_words", "rounded"]

# A year: longer ones are mistakes, and local time can't represent all of them.
LONGEST = 366 * 86400.0
# Up to two digits of seconds are easier to read than minutes.
_LONG = 100


def in_words(seconds: float) -> str:
    """Return a duration in words, at least a second: `4 s`, `9 min`, `2 h 5 min`."""
    whole = max(1, rounded(min(seconds, LONGEST)))
    if whole < _LONG:
        return f"{whole} s"
    minutes = rounded(whole / 60)
    if minutes < 60:  # noqa: PLR2004 - minutes an hour
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def rounded(number: float) -> int:
    """Return the nearest whole number, a half rounded up."""
    # As in JavaScript, since the page continues this count; Python rounds half to even.
    return math.floor(number + 0.5)
