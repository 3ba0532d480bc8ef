"""Durations in the service's replies, and waits in words."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from groq_magic.durations import LONGEST, in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["requested_wait", "seconds_of", "wait_words"]

# `ms` comes before `m`, or 547ms would read as 547 minutes.
_PART = re.compile(r"(?<!\d)(\d++(?:\.\d++)?)(h|ms|m|µs|us|s)")
# Seconds; a longer wait is shown with its local time.
_CLOCK = 60
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "µs": 1e-6, "us": 1e-6}


def seconds_of(text: str | None) -> float | None:
    """Return a Go duration (`547ms`, `7.66s`, `2m59.56s`, `1h2m3s`) in seconds, a year at most."""
    parts = _PART.findall(text or "")
    if not parts or "".join(n + u for n, u in parts) != (text or "").strip():
        return None
    return min(LONGEST, sum(float(number) * _SECONDS[unit] for number, unit in parts))


def wait_words(seconds: float, now: float | None = None) -> str:
    """Return a wait in words, a long one with the local time at its end.

    Parameters
    ----------
    seconds : float
    now : float, optional
        Unix time.

    Returns
    -------
    str
        `4 s`, `9 min, at 14:32`, `22 h, at Tue 01:10`.
    """
    if seconds < _CLOCK:
        return in_words(seconds)
    start = time.time() if now is None else now
    then, today = time.localtime(start + min(seconds, LONGEST)), time.localtime(start)
    day = "" if then[:3] == today[:3] else "%a "
    return f"{in_words(seconds)}{time.strftime(f', at {day}%H:%M', then)}"


def requested_wait(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds of `retry-after-ms` or `retry-after`: a number, a duration or a date.

    0 for no pause, None where neither header is valid; a year at most.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return min(LONGEST, milliseconds / 1000)
    text = (headers.get("retry-after") or "").strip()
    seconds = _number(text)
    if seconds is None:
        seconds = seconds_of(text)
    if seconds is None and text:
        try:
            at = parsedate_to_datetime(text).timestamp()
        except (TypeError, ValueError, OverflowError):
            return None
        seconds = max(0.0, at - (time.time() if now is None else now))
    return seconds if seconds is None else min(LONGEST, seconds)


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    # NaN, infinity and negative waits are invalid.
    return value if value is not None and 0 <= value < float("inf") else None
