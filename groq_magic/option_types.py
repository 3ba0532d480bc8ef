"""The types of option values: each parses and checks a value from a line or from Python."""

from __future__ import annotations

import numbers
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from groq_magic.errors import OptionError
from groq_magic.printable import SURROGATE

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "HIGHEST",
    "Choice",
    "Flag",
    "Label",
    "Number",
    "OptionType",
    "Switch",
    "Text",
    "Texts",
    "Whole",
    "prompt_text",
    "quoted",
    "sendable",
    "try_value",
]

# The largest whole number that the API takes.
HIGHEST = 2**63 - 1
_LONGEST_LABEL = 200
_LONGEST_QUOTE = 40


class OptionType:
    """Base of the types.

    Attributes
    ----------
    unset : object
        The value of an option that was not given.
    takes_value : bool
        Whether a value follows the option on a line.
    repeats : bool
        Whether it may be given several times.
    values : tuple of str
        The completions at Tab.
    """

    unset: ClassVar[Any] = None
    takes_value: ClassVar[bool] = True
    repeats: ClassVar[bool] = False
    values: tuple[str, ...] = ()

    def read(self, flag: str, value: Any) -> Any:
        """Return the checked value of a text on a line, or of an object given in Python.

        Parameters
        ----------
        flag : str
            The option as it was written, for messages.
        value : object

        Raises
        ------
        OptionError
            For an invalid value.
        """
        raise NotImplementedError

    def saved(self, value: Any) -> Any:
        """Return a checked value for a notebook's metadata."""
        return list(value) if isinstance(value, tuple) else value


class Text(OptionType):
    """Any text that is not blank."""

    def read(self, flag: str, value: Any) -> str:
        """Return the text."""
        found = sendable(flag, value)
        if not found.strip():
            raise OptionError(f"{flag} is blank.", try_value(flag, "x"))
        return found


@dataclass(frozen=True)
class Texts(OptionType):
    """Texts, one each time that the option is given; an answer may end at a line break.

    Parameters
    ----------
    most : int
        How many there may be.
    """

    repeats: ClassVar[bool] = True
    most: int

    def read(self, flag: str, value: Any) -> tuple[str, ...]:
        """Return the texts: of a list, or the one that is given."""
        items = tuple(value) if issubclass(type(value), (list, tuple)) else (value,)
        texts = tuple(sendable(flag, item) for item in items)
        if not all(texts):
            raise OptionError(f"{flag} is empty.", try_value(flag, "END"))
        if len(texts) > self.most:
            raise OptionError(f"There are {len(texts)} texts for {flag}.", f"It takes {self.most}.")
        return texts


@dataclass(frozen=True)
class Label(OptionType):
    """The name of a model or a conversation: one short line.

    Parameters
    ----------
    values : tuple of str
        The completions at Tab, valid in upper or lower case; other names are valid too.
    """

    values: tuple[str, ...] = ()

    def read(self, flag: str, value: Any) -> str:
        """Return the name."""
        found = Text().read(flag, value).strip()
        if len(found) > _LONGEST_LABEL or not found.isprintable():
            raise OptionError(
                f"{flag} takes a name of at most {_LONGEST_LABEL} printable characters, "
                f"not {quoted(found)}.",
                try_value(flag, "x"),
            )
        return found.lower() if found.lower() in self.values else found


@dataclass(frozen=True)
class Whole(OptionType):
    """A whole number from `low` to `high`, else to the largest that the API accepts.

    Parameters
    ----------
    low : int
    example : int
        The number that an error suggests.
    high : int
    """

    low: int
    example: int = 100
    high: int = HIGHEST

    def read(self, flag: str, value: Any) -> int:
        """Return the number."""
        found = _number(value, int, numbers.Integral)
        if found is None or not self.low <= found <= self.high:
            bound = f" from {self.low} on" if self.low > -HIGHEST else ""
            bound = " below 2**63" if found is not None and found > HIGHEST else bound
            bound = f" from {self.low} to {self.high:,}" if self.high < HIGHEST else bound
            raise OptionError(
                f"{flag} takes a whole number{bound}, not {quoted(value)}.",
                try_value(flag, self.example),
            )
        return int(found)


@dataclass(frozen=True)
class Number(OptionType):
    """A number from `low` to `high`."""

    low: float
    high: float

    def read(self, flag: str, value: Any) -> float:
        """Return the number."""
        import decimal

        found = _number(value, float, numbers.Real, decimal.Decimal)
        if found is None or not self.low <= found <= self.high:
            raise OptionError(
                f"{flag} takes a number from {self.low:g} to {self.high:g}, not {quoted(value)}.",
                try_value(flag, float(f"{min(self.high, max(self.low, 0.7)):g}")),
            )
        return float(found)


@dataclass(frozen=True)
class Choice(OptionType):
    """One of `values`."""

    values: tuple[str, ...]

    def read(self, flag: str, value: Any) -> str:
        """Return the choice."""
        found = str.__str__(value) if issubclass(type(value), str) else ""
        if found not in self.values:
            raise OptionError(
                f"{flag} takes {_listed(self.values)}, not {quoted(value)}.",
                try_value(flag, self.values[0]),
            )
        return found


class Flag(OptionType):
    """On if given, else off."""

    unset: ClassVar[Any] = False
    takes_value: ClassVar[bool] = False

    def read(self, flag: str, value: Any) -> bool:
        """Return True or False, given from Python."""
        is_bool = type(value).__name__ in {"bool", "bool_"}
        if is_bool or (type(value) is int and value in {0, 1}):
            return bool(value)
        raise OptionError(
            f"{flag} takes True or False, not {quoted(value)}.", try_value(flag, value=True)
        )


class Switch(Flag):
    """On, off or unset: `--cache` and `--no-cache` are one switch."""

    unset: ClassVar[Any] = None


def sendable(flag: str, value: Any) -> str:
    """Return a text that a request can contain."""
    if not issubclass(type(value), str):
        raise OptionError(f"{flag} takes text, not {quoted(value)}.", try_value(flag, "x"))
    found = str.__str__(value)
    if SURROGATE.search(found):
        raise OptionError(
            f"{flag} contains half a surrogate pair, which can't be sent.", "Remove that character."
        )
    return found


def prompt_text(
    prompt: Any,
    function: str = "ask",
    remedy: str = 'To send a value, name it: `ask("What stands out in {{df}}?")`.',
) -> str:
    """Return a prompt that is given in Python as plain text.

    Parameters
    ----------
    prompt : object
    function, remedy : str
        The function that takes it, and the remedy for a value that is not text.

    Raises
    ------
    OptionError
        For anything other than text.
    """
    if not issubclass(type(prompt), str):
        from groq_magic.clipping import type_name

        raise OptionError(
            f"{function}() takes the prompt as text, not {type_name(prompt)}.", remedy
        )
    return str.__str__(prompt)


def _number(value: Any, read: Callable[[Any], Any], *types: type) -> Any:
    """Return a number, or a text that `read` parses; None for anything else."""
    if issubclass(type(value), bool) or not issubclass(type(value), (str, *types)):
        return None
    try:
        return read(value)
    except (ValueError, ArithmeticError):
        return None


def quoted(value: Any) -> str:
    """Return a value as a message quotes it: short, and with its type unless it is text."""
    if issubclass(type(value), str):
        found = str.__str__(value)
        return f"`{found[:_LONGEST_QUOTE]}{'…' * (len(found) > _LONGEST_QUOTE)}`"
    # Imported only for an error message.
    from groq_magic.clipping import clip, safe_repr, type_name

    return f"`{clip(safe_repr(value, 200), _LONGEST_QUOTE)}` ({type_name(value)})"


def try_value(flag: str, value: Any) -> str:
    """Return the remedy: a valid value, written as on a line or as in Python."""
    shown = f"{flag} {value:g}" if isinstance(value, float) else f"{flag} {value}"
    return f"Try `{flag}={value!r}`." if flag.isidentifier() else f"Try `{shown}`."


def _listed(values: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(values[:-1]), values[-1])))
