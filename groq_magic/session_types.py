"""The types of options whose values are objects of the session, or names for them."""

from __future__ import annotations

import builtins
import re
import typing
import unicodedata
from dataclasses import dataclass
from types import GenericAlias, UnionType
from typing import Any, ClassVar

from groq_magic.errors import OptionError
from groq_magic.option_types import OptionType, Text, quoted, sendable, try_value

__all__ = ["AnswerSchema", "Images", "ToolNames", "VariableName", "is_type", "tool_name"]

_FIELDS = "city, price float"
_MOST_TOOLS = 128  # the API's limit
# The session's own names: its history, its results, ours, and Python's module attributes.
_IPYTHONS = re.compile(
    r"_{1,3}|_i{0,3}|_i?\d+|_[iod]h|_exit_code|_groq|__\w*__|In|Out|exit|quit|get_ipython|display"
)


def is_type(value: Any) -> bool:
    """Whether a value is a type for annotations: a class, a union, `list[…]`."""
    if issubclass(type(value), (type, GenericAlias, UnionType)):
        return True
    # Only objects of `typing` are checked for an origin: a mock has any attribute.
    return type(value).__module__ == "typing" and typing.get_origin(value) is not None


class AnswerSchema(OptionType):
    """A schema: a name or list of fields as text, or in Python a type."""

    def read(self, flag: str, value: Any) -> Any:
        """Return the text or the type; it is checked when the ask is prepared."""
        if issubclass(type(value), str):
            if not str.strip(value):
                quote = "" if flag.isidentifier() else "'"
                raise OptionError(f"{flag} is blank.", try_value(flag, f"{quote}{_FIELDS}{quote}"))
            return Text().read(flag, value)
        if issubclass(type(value), dict) or is_type(value):
            return value
        raise OptionError(f"{flag} takes a type, not {quoted(value)}.", try_value(flag, _FIELDS))

    def saved(self, value: Any) -> Any:
        """Return the text, or the type's name."""
        return value if isinstance(value, str) else getattr(value, "__name__", "a schema")


@dataclass(frozen=True)
class Images(OptionType):
    """Images: on a line by name, path or address, in Python also as values.

    Parameters
    ----------
    most : int
        How many there may be.
    """

    repeats: ClassVar[bool] = True
    most: int
    values: tuple[str, ...] = ("plot",)

    def read(self, flag: str, value: Any) -> tuple[Any, ...]:
        """Return the images; they are checked when the ask is prepared."""
        items = tuple(value) if issubclass(type(value), (list, tuple)) else (value,)
        if len(items) > self.most:
            raise OptionError(f"There are {len(items)} images.", f"The model takes {self.most}.")
        return tuple(
            Text().read(flag, item) if issubclass(type(item), str) else item for item in items
        )

    def saved(self, value: Any) -> Any:
        """Return the texts, and the types of other values."""
        # Imported at its first use: few asks have an image.
        from groq_magic.clipping import is_a, type_name

        return [each if is_a(each, str) else type_name(each) for each in value]


class ToolNames(OptionType):
    """Tools: names separated by commas, in Python also functions."""

    repeats: ClassVar[bool] = True
    values: tuple[str, ...] = ("browser_search", "code_interpreter")

    def read(self, flag: str, value: Any) -> tuple[Any, ...]:
        """Return names and functions; they are checked when the ask is prepared."""
        items = tuple(value) if issubclass(type(value), (list, tuple)) else (value,)
        found: list[Any] = []
        for item in items:
            if issubclass(type(item), str):
                names = [name.strip() for name in Text().read(flag, item).split(",")]
                found += filter(None, names)
            elif callable(item):
                found.append(item)
            else:
                remedy = try_value(flag, "get_price")
                raise OptionError(f"{flag} takes functions, not {quoted(item)}.", remedy)
        if not found:
            raise OptionError(f"{flag} names no function.", try_value(flag, "get_price"))
        if len(found) > _MOST_TOOLS:
            raise OptionError(f"There are {len(found)} tools.", f"The model takes {_MOST_TOOLS}.")
        return tuple(found)

    def saved(self, value: Any) -> Any:
        """Return the names."""
        return [each if isinstance(each, str) else tool_name(each) for each in value]


def tool_name(function: Any) -> str:
    """Return the name of a function that is given in Python."""
    from groq_magic.clipping import is_a, tried

    name = tried(lambda: getattr(function, "func", function).__name__, None)
    return str.__str__(name) if is_a(name, str) else "function"


@dataclass(frozen=True)
class VariableName(OptionType):
    """A name for a variable that neither Python nor IPython uses.

    Parameters
    ----------
    example : str
        The name that an error suggests.
    """

    example: str = "answer"

    def read(self, flag: str, value: Any) -> str:
        """Return the name."""
        import keyword

        # Normalised as in Python source, else the name could not be used in a cell.
        found = unicodedata.normalize("NFKC", sendable(flag, value))
        if not found.isidentifier() or keyword.iskeyword(found):
            raise OptionError(
                f"{quoted(found)} isn't a valid variable name.", try_value(flag, self.example)
            )
        if _IPYTHONS.fullmatch(found) or found in vars(builtins):
            owner = "IPython" if _IPYTHONS.fullmatch(found) else "Python"
            raise OptionError(
                f"{owner} uses the name {quoted(found)}.", try_value(flag, self.example)
            )
        return found
