"""One option of a magic."""

from __future__ import annotations

import builtins
import decimal
import numbers
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groq_magic.errors import OptionError
from groq_magic.printable import SURROGATE
from groq_magic.settings import HIGHEST

__all__ = [
    "Option",
    "choice",
    "label",
    "name",
    "number",
    "piece",
    "sendable",
    "switch",
    "text",
    "whole",
]

# From the flag and the value, a text on a line or anything in Python, to the value that is meant.
Reading = Callable[[str, Any], Any]

_LONGEST_LABEL = 200
_LONGEST_QUOTE = 40
# The session's own names: its history, its results, ours, and Python's module attributes.
_IPYTHONS = re.compile(
    r"_{1,3}|_i{0,3}|_i?\d+|_[iod]h|_exit_code|_groq|__\w*__|In|Out|exit|quit|get_ipython|display"
)


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
        From the flag and the value to what is meant; None for an option
        without a value.
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


def text(flag: str, value: Any) -> str:
    """Read any text that is not blank."""
    found = sendable(flag, value)
    if not found.strip():
        raise OptionError(f"{flag} is blank.", _try(flag, "x"))
    return found


def piece(flag: str, value: Any) -> str:
    """Read any text that is not empty: an answer may end at a line break."""
    found = sendable(flag, value)
    if not found:
        raise OptionError(f"{flag} is empty.", _try(flag, "END"))
    return found


def label(flag: str, value: Any) -> str:
    """Read the name of a model or a conversation: one short line."""
    found = text(flag, value).strip()
    if len(found) > _LONGEST_LABEL or not found.isprintable():
        raise OptionError(
            f"{flag} takes a name of at most {_LONGEST_LABEL} printable characters, "
            f"not {_quoted(found)}.",
            _try(flag, "x"),
        )
    return found


def name(flag: str, value: Any) -> str:
    """Read a name for a variable, one that neither Python nor IPython uses itself."""
    import keyword

    # As Python reads it in a cell: else it could never be named there.
    found = unicodedata.normalize("NFKC", sendable(flag, value))
    if not found.isidentifier() or keyword.iskeyword(found):
        raise OptionError(f"{_quoted(found)} isn't a valid variable name.", _try(flag, "answer"))
    if _IPYTHONS.fullmatch(found) or found in vars(builtins):
        owner = "IPython" if _IPYTHONS.fullmatch(found) else "Python"
        raise OptionError(f"{owner} uses the name {_quoted(found)}.", _try(flag, "answer"))
    return found


def whole(low: int) -> Reading:
    """Read a whole number from `low` on."""

    def read(flag: str, value: Any) -> int:
        found = _number(value, int, numbers.Integral)
        if found is None or not low <= found <= HIGHEST:
            bound = f" from {low} on" if low > -HIGHEST else ""
            bound = " below 2**63" if found is not None and found > HIGHEST else bound
            raise OptionError(
                f"{flag} takes a whole number{bound}, not {_quoted(value)}.",
                _try(flag, max(low, 100)),
            )
        return int(found)

    return read


def number(low: float, high: float) -> Reading:
    """Read a number from `low` to `high`."""

    def read(flag: str, value: Any) -> float:
        found = _number(value, float, numbers.Real, decimal.Decimal)
        if found is None or not low <= found <= high:
            raise OptionError(
                f"{flag} takes a number from {low:g} to {high:g}, not {_quoted(value)}.",
                _try(flag, float(f"{min(high, max(low, 0.7)):g}")),
            )
        return float(found)

    return read


def choice(*values: str) -> Reading:
    """Read one of `values`."""

    def read(flag: str, value: Any) -> str:
        found = str.__str__(value) if issubclass(type(value), str) else ""
        if found not in values:
            raise OptionError(
                f"{flag} takes {_listed(values)}, not {_quoted(value)}.", _try(flag, values[0])
            )
        return found

    return read


def switch(flag: str, value: Any) -> bool:
    """Read True or False, given from Python to an option that takes no value on a line."""
    if type(value).__name__ in {"bool", "bool_"} or (type(value) is int and value in {0, 1}):
        return bool(value)
    raise OptionError(f"{flag} takes True or False, not {_quoted(value)}.", _try(flag, value=True))


def sendable(flag: str, value: Any) -> str:
    """Read any text that a request can hold."""
    if not issubclass(type(value), str):
        raise OptionError(f"{flag} takes text, not {_quoted(value)}.", _try(flag, "x"))
    found = str.__str__(value)
    if SURROGATE.search(found):
        raise OptionError(
            f"{flag} holds half a surrogate pair, which can't be sent.", "Remove that character."
        )
    return found


def _number(value: Any, read: Callable[[Any], Any], *kinds: type) -> Any:
    """Return a number, or a text that is one, as `read` does; None for anything else."""
    if issubclass(type(value), bool) or not issubclass(type(value), (str, *kinds)):
        return None
    try:
        return read(value)
    except (ValueError, ArithmeticError):
        return None


def _quoted(value: Any) -> str:
    """Return a value as a message quotes it: short, and with its type where it is no text."""
    if issubclass(type(value), str):
        found = str.__str__(value)
        return f"`{found[:_LONGEST_QUOTE]}{'…' * (len(found) > _LONGEST_QUOTE)}`"
    # What keeps a user's repr from raising is imported when there is something to refuse.
    from groq_magic.prompt.clipping import clip, safe_repr, type_name

    return f"`{clip(safe_repr(value, 200), _LONGEST_QUOTE)}` ({type_name(value)})"


def _try(flag: str, value: Any) -> str:
    """Return the remedy: a valid value, written as on a line or as in Python."""
    shown = f"{flag} {value:g}" if isinstance(value, float) else f"{flag} {value}"
    return f"Try `{flag}={value!r}`." if flag.isidentifier() else f"Try `{shown}`."


def _listed(values: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(values[:-1]), values[-1])))
