"""How long the service asks to wait, and how long to wait when it doesn't say."""

from __future__ import annotations

import random
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from groq_magic.api.durations import seconds_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["asked_wait", "backoff"]

_FIRST, _FACTOR, _LONGEST = 1.0, 2.0, 20.0


def asked_wait(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds of `retry-after-ms` or `retry-after`: a number, a duration or a date.

    0 where the service asks for no pause, None where neither header is valid.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
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
    return seconds


def backoff(tried: int) -> float:
    """Return the seconds before the next try: doubling, with jitter, 20 s at the most."""
    longest = min(_LONGEST, _FIRST * _FACTOR ** (tried - 1))
    return longest * random.uniform(0.75, 1.0)  # noqa: S311 - spreads tries, guards nothing


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    # NaN, infinity and a negative wait mean nothing.
    return value if value is not None and 0 <= value < float("inf") else None
