"""Text of a bounded size, whatever the value."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["clip", "cut", "flat", "number", "safe_repr"]

# An address says nothing to a model, and would make each run's request another one.
_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")
_LEAST_WHOLE, _MOST_WHOLE = 1e6, 1e15


def clip(text: str, limit: int) -> str:
    """Return `text` in at most `limit` characters, the last an ellipsis where it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters of `text`, and then how many were left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n[… {len(text) - limit:,} more characters left out]"


def flat(value: Any, limit: int) -> str:
    """Return `str(value)` on one line in at most `limit` characters."""
    text = value if isinstance(value, str) else _text(value, 4 * limit)
    # A cell may hold megabytes: split no more than can be shown.
    return clip(" ".join(text[: 4 * limit].split()) + "…" * (len(text) > 4 * limit), limit)


def _text(value: Any, limit: int) -> str:
    try:
        text = str(value)
    except Exception:  # noqa: BLE001 - a user's __str__ may raise anything
        return safe_repr(value, limit)
    return _ADDRESS.sub("", text[: 2 * limit]) + text[2 * limit :]


def number(value: Any) -> str:
    """Return a number in about six digits; whole and large ones in full."""
    if isinstance(value, float):
        whole = _LEAST_WHOLE <= abs(value) < _MOST_WHOLE
        return f"{value:.0f}" if whole else f"{value:.6g}"
    return flat(value, 40)


def safe_repr(value: Any, limit: int) -> str:
    """Return `repr(value)` without addresses, in about `limit` characters; it never raises."""
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 - a user's __repr__ may raise anything
        return f"<{type(value).__name__}, whose repr raised {type(error).__name__}>"
    return cut(_ADDRESS.sub("", text[: 2 * limit]) + text[2 * limit :], limit)
