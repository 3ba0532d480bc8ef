"""One option of a magic."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groq_magic.errors import OptionError

__all__ = ["Option", "choice", "name", "number", "text", "whole"]

Reading = Callable[[str, str], Any]


@dataclass(frozen=True)
class Option:
    """One option.

    Parameters
    ----------
    flag : str
        The long form, `--max-tokens`.
    short : str
        The short form, `-t`, or "".
    metavar : str
        What its value is called; "" for an option without one.
    help : str
        One line.
    read : callable or None
        From the flag and the value's text to the value; None for an option
        without one.
    everyday : bool
        Whether the short help shows it.
    many : bool
        Whether it may be given several times.
    values : tuple of str
        What Tab offers.
    """

    flag: str
    short: str
    metavar: str
    help: str
    read: Reading | None = None
    everyday: bool = True
    many: bool = False
    values: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """Its name in Python: `max_tokens`."""
        return self.flag.removeprefix("--").replace("-", "_")

    @property
    def usage(self) -> str:
        """Both forms and the value's name, as help shows them."""
        forms = ", ".join(filter(None, (self.short, self.flag)))
        return f"{forms} {self.metavar}".rstrip()


def text(flag: str, value: str) -> str:
    """Read any text that is not blank."""
    if not value.strip():
        raise OptionError(f"{flag} is blank.", f"Give a value, such as `{flag} x`.")
    return value


def name(flag: str, value: str) -> str:
    """Read a Python identifier."""
    import keyword

    if not value.isidentifier() or keyword.iskeyword(value):
        raise OptionError(
            f"{flag} takes a name for a variable; `{value}` is none.", f"Try `{flag} answer`."
        )
    return value


def whole(low: int) -> Reading:
    """Read a whole number from `low` on."""

    def read(flag: str, value: str) -> int:
        try:
            found = int(value)
        except ValueError:
            found = low - 1
        if found < low:
            bound = f" from {low} on" if low > -(2**63) else ""
            raise OptionError(
                f"{flag} takes a whole number{bound}, not `{value}`.",
                f"Try `{flag} {max(low, 100)}`.",
            )
        return found

    return read


def number(low: float, high: float) -> Reading:
    """Read a number from `low` to `high`."""

    def read(flag: str, value: str) -> float:
        try:
            found = float(value)
        except ValueError:
            found = math.nan
        if not low <= found <= high:
            raise OptionError(
                f"{flag} takes a number from {low:g} to {high:g}, not `{value}`.",
                f"Try `{flag} {min(high, max(low, 0.7)):g}`.",
            )
        return found

    return read


def choice(*values: str) -> Reading:
    """Read one of `values`."""

    def read(flag: str, value: str) -> str:
        if value not in values:
            raise OptionError(
                f"{flag} takes {_listed(values)}, not `{value}`.",
                f"Try `{flag} {values[0]}`.",
            )
        return value

    return read


def _listed(values: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(values[:-1]), values[-1])))
