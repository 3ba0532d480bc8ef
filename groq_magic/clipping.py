"""Text of a bounded size from any value.

A user's class may override anything, and its methods may raise anything: a value's
type is checked by `type()`, never by its `__class__`, and text becomes a plain
`str`, of any subclass.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "clip",
    "common_start",
    "count_of",
    "cut",
    "flat",
    "is_a",
    "number",
    "plain",
    "safe_repr",
    "tried",
    "type_name",
]

# Addresses are useless to a model, and would differ in each run's request.
_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+| id='\d+'")
_LEAST_WHOLE, _MOST_WHOLE = 1e6, 1e15
# Python refuses to write longer integers (4,300 digits), or is very slow without that limit.
_MOST_BITS = 13_000
_BITS_PER_DIGIT = 3.3219280949
_NAME = type.__dict__["__name__"]

_Read = TypeVar("_Read")


def is_a(value: Any, *kinds: type) -> bool:
    """Whether a value is of one of these types; mocks and proxies that claim to be do not count."""
    return issubclass(type(value), kinds)


def type_name(value: Any) -> str:
    """Return the name of a value's type; a metaclass can't change it."""
    name: str = _NAME.__get__(type(value))
    return clip(name, 60)


def plain(text: str) -> str:
    """Return a string as a plain `str`: a subclass may override anything."""
    return str.__str__(text)


def tried(read: Callable[[], _Read], otherwise: _Read) -> _Read:
    """Return what `read` returns, or `otherwise` if a user's code raises; interrupts pass."""
    try:
        return read()
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - a user's code may raise anything, SystemExit too
        return otherwise


def clip(text: str, limit: int) -> str:
    """Return `text` in at most `limit` characters, the last an ellipsis where it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters of `text`, and then how many were left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n[… {len(text) - limit:,} more characters left out]"


def common_start(one: str, other: str) -> int:
    """Return how many characters two texts have in common from their beginning."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in same)


def count_of(count: int, noun: str) -> str:
    """Return a number of things: `1 turn`, `2,000 turns`."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def flat(value: Any, limit: int) -> str:
    """Return `str(value)` on one line in at most `limit` characters."""
    text = plain(value) if is_a(value, str) else _text(value, 4 * limit)
    # A value may have megabytes of text: split only the part that is shown.
    return clip(" ".join(text[: 4 * limit].split()) + "…" * (len(text) > 4 * limit), limit)


def number(value: Any) -> str:
    """Return a number in about six digits; whole and large ones in full."""
    if is_a(value, float):
        value = float.__float__(value)
        whole = _LEAST_WHOLE <= abs(value) < _MOST_WHOLE
        return f"{value:.0f}" if whole else f"{value:.6g}"
    return flat(value, 40)


def safe_repr(value: Any, limit: int) -> str:
    """Return `repr(value)` without addresses, in about `limit` characters; it never raises."""
    if is_a(value, int) and int.bit_length(value) > _MOST_BITS:
        return _of_digits(value)
    try:
        text = plain(repr(value))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a user's __repr__ may raise anything
        return f"<{type_name(value)}, whose repr raised {type_name(error)}>"
    return cut(_ADDRESS.sub("", text[: 2 * limit]) + text[2 * limit :], limit)


def _text(value: Any, limit: int) -> str:
    if is_a(value, int) and int.bit_length(value) > _MOST_BITS:
        return _of_digits(value)
    text = tried(lambda: plain(str(value)), None)
    if text is None:
        return safe_repr(value, limit)
    return _ADDRESS.sub("", text[: 2 * limit]) + text[2 * limit :]


def _of_digits(value: int) -> str:
    digits = int(int.bit_length(value) / _BITS_PER_DIGIT) + 1
    return f"<{type_name(value)} of about {digits:,} digits>"
