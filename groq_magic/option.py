"""One option of a magic: its name and forms, its type and its help."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groq_magic.option_types import Switch

if TYPE_CHECKING:
    from groq_magic.option_types import OptionType

__all__ = ["Option", "option"]

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
        What its value is called; "" for an option without one.
    everyday : bool
        Whether the short help shows it.
    default : object
        The default of its setting, which `%config GroqMagics` changes; missing for an
        option that has no setting.
    parameter : str
        The parameter of the API that it is sent as, "" if it is not sent as one.
    panel : str
        Its label in the panel; "" where the panel doesn't show it.
    plural : str
        Another name for it in Python, "" for none.
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
    """Return a field of `AskOptions`; the further parameters are those of `Option`."""
    declared = Option("", option_type, text, short, **more)
    return field(default=option_type.unset, metadata={"option": declared})
