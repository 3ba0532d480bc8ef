"""Durations as the service writes them."""

from __future__ import annotations

import re

__all__ = ["in_words", "seconds_of"]

# `ms` stands before `m`, or 547ms would read as 547 minutes.
_PART = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|µs|us|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "µs": 1e-6, "us": 1e-6}


def seconds_of(text: str | None) -> float | None:
    """Return a Go duration (`547ms`, `7.66s`, `2m59.56s`, `1h2m3s`) in seconds."""
    parts = _PART.findall(text or "")
    if not parts or "".join(n + u for n, u in parts) != (text or "").strip():
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def in_words(seconds: float) -> str:
    """Return a wait as people say it: `4 s`, `9 min`, `2 h 5 min`."""
    whole = max(1, round(seconds))
    if whole < 100:  # noqa: PLR2004 - two digits of seconds read faster than minutes
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:  # noqa: PLR2004 - minutes an hour
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"
