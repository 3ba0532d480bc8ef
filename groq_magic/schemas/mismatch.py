"""How a reply differs from its schema: where and why, each on one line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, tried, type_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import ValidationError

__all__ = ["MOST_FAULTS", "WHOLE", "Mismatch", "faults_of", "line", "place", "unreadable"]

WHOLE = "the answer"
MOST_FAULTS = 8
_LONGEST_FAULT = 200


class Mismatch(ValueError):  # noqa: N818 - a result of the check; the ask raises the error
    """A reply does not fit the schema.

    Parameters
    ----------
    faults : tuple of str
        Where and why, each on one line: "price: Input should be a valid number".
    """

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))

    def shown(self, most: int = 1) -> str:
        """Return what is wrong, for users; faults after the first `most` are only counted."""
        shown, more = self.faults[:most], self.faults[most:]
        # The sentence names the whole answer already.
        first = "; ".join(shown).removeprefix(f"{WHOLE}: ")
        rest = f"; {len(more)} more" if more else ""
        return f"The answer doesn't fit the schema: {first}{rest}."


def unreadable(error: ValueError | RecursionError) -> Mismatch:
    """Return the mismatch of a reply that could not be read as JSON."""
    if isinstance(error, RecursionError):
        return Mismatch((f"{WHOLE}: it is nested too deeply",))
    return Mismatch((f"{WHOLE}: it isn't valid JSON ({line(error)})",))


def faults_of(error: ValidationError, *, whole: str = WHOLE) -> tuple[str, ...]:
    """Return the faults that a validation found, each on one line: where, and why.

    Parameters
    ----------
    error : ValidationError
    whole : str
        The name of the whole, for a fault that concerns no single part.
    """
    found = error.errors(include_url=False)[:MOST_FAULTS]
    return tuple(f"{place(each['loc'], whole)}: {_why(each)}" for each in found)


def _why(error: Mapping[str, Any]) -> str:
    message = line(error["msg"])
    given = error.get("input")
    if isinstance(given, str | int | float | bool):
        message = f"{message} (it is {clip(json.dumps(given, ensure_ascii=False), 60)})"
    return message


def place(path: Iterable[Any], whole: str = WHOLE) -> str:
    """Return where in a reply a part is."""
    return ".".join(map(str, path)) or whole


def line(error: object) -> str:
    """Return the text of an error on one line."""
    return clip(" ".join(tried(lambda: str(error), type_name(error)).split()), _LONGEST_FAULT)
