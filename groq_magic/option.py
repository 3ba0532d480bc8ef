"""The options of a magic: name, forms, type and help of each."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Self

from groq_magic.errors import OptionError
from groq_magic.option_types import Switch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.option_types import OptionType

__all__ = ["Option", "OptionTable", "option"]

_NOT_STICKY = object()


@dataclass(frozen=True)
class Option:
    """One option of a magic.

    Parameters
    ----------
    name : str
        Its name in Python, `max_tokens`; on a line `--max-tokens`.
    type : OptionType
    help : str
        One line.
    short : str
        The short form, `-t`, or "".
    metavar : str
        The name of its value in help; "" for an option without a value.
    everyday : bool
        Whether the short help shows it.
    default : object
        The default of its setting, which `%config GroqMagics` changes; missing for an
        option that has no setting.
    parameter : str
        The parameter of the API for it, "" without one.
    panel : str
        Its label in the panel; "" where the panel doesn't show it.
    plural : str
        Another name for it in Python, "" without one.
    """

    name: str
    type: OptionType
    help: str
    short: str = ""
    metavar: str = ""
    everyday: bool = True
    default: Any = _NOT_STICKY
    parameter: str = ""
    panel: str = ""
    plural: str = ""

    @property
    def flag(self) -> str:
        """The long form: `--max-tokens`."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms in which it can be written on a line."""
        off = (f"--no-{self.flag[2:]}",) if isinstance(self.type, Switch) else ()
        return tuple(filter(None, (self.short, self.flag, *off)))

    @property
    def usage(self) -> str:
        """Its forms and the value's name, as help shows them."""
        return f"{', '.join(self.forms)} {self.metavar}".rstrip()

    @property
    def is_sticky(self) -> bool:
        """Whether it has a setting, which stays until it is changed."""
        return self.default is not _NOT_STICKY

    def keyword(self, name: str) -> bool | None:
        """Return True for its keyword, False for the negative one (`no_stream`), else None."""
        if name in {self.name, self.plural}:
            return True
        return False if isinstance(self.type, Switch) and name == f"no_{self.name}" else None


def option(option_type: OptionType, text: str, short: str = "", **more: Any) -> Any:
    """Return a field of an `OptionTable`; the further parameters are those of `Option`."""
    declared = Option("", option_type, text, short, **more)
    return field(default=option_type.unset, metadata={"option": declared})


class OptionTable:
    """Base of dataclasses whose fields are options."""

    @classmethod
    def table(cls) -> tuple[Option, ...]:
        """Return the options, in the order in which help shows them."""
        return _table_of(cls)  # type: ignore[arg-type]  # mypy checks the hash of its instances

    @classmethod
    def of_keywords(cls, given: Mapping[str, Any]) -> Self:
        """Return Python keywords as options, checked like those on a line.

        Raises
        ------
        OptionError
            For an unknown name or an invalid value.
        """
        table = cls.table()
        values: dict[str, Any] = {}
        for keyword, value in given.items():
            found = next((one for one in table if one.keyword(keyword) is not None), None)
            if found is None:
                raise _unknown(keyword, table)
            if value is not None:
                read = found.type.read(keyword, value)
                values[found.name] = read if found.keyword(keyword) else not read
        return cls(**values)


@functools.cache
def _table_of(options: type[Any]) -> tuple[Option, ...]:
    return tuple(replace(each.metadata["option"], name=each.name) for each in fields(options))


def _unknown(keyword: str, table: tuple[Option, ...]) -> OptionError:
    import difflib

    close = difflib.get_close_matches(keyword, [each.name for each in table], n=1)
    names = ", ".join(each.name for each in table if each.everyday)
    remedy = f"Did you mean `{close[0]}`?" if close else f"Options: {names} …"
    return OptionError(f"There is no option `{keyword}`.", remedy)
