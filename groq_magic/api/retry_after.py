"""How long the service asks to wait."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from groq_magic.api.durations import seconds_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["asked_wait"]


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


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    # NaN, infinity and a negative wait mean nothing.
    return value if value is not None and 0 <= value < float("inf") else None
