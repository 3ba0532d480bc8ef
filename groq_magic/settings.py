"""The settings, as traits: values that stay until they are changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from traitlets import Bool, Enum, Float, Int, List, TraitError, TraitType, Unicode
from traitlets.config import Configurable

from groq_magic.errors import OptionError
from groq_magic.option_types import Choice, Number, Switch, Texts, Whole
from groq_magic.options import AskOptions

if TYPE_CHECKING:
    from collections.abc import Collection

    from groq_magic.option import Option
    from groq_magic.option_types import OptionType

__all__ = ["Settings", "traits_of"]


class BoundedFloat(Float):  # type: ignore[type-arg]  # at run time it takes no type arguments
    """A number from `low` to `high`; the `min` and `max` of traitlets let nan pass."""

    def __init__(self, low: float, high: float, default: float | None, text: str) -> None:
        super().__init__(default, allow_none=True, help=text)
        self.allow_none = default is None
        self._low, self._high = low, high
        self.tag(config=True)

    def validate(self, obj: Any, value: Any) -> Any:
        number = super().validate(obj, value)
        if not self._low <= number <= self._high:
            raise TraitError(f"{self.name} goes from {self._low:,g} to {self._high:,.15g}.")
        return number


class _OptionTrait(TraitType[Any, Any]):
    """Checks values as the option does on a line; accepts an empty default, too."""

    option_type: OptionType

    def validate(self, obj: Any, value: Any) -> Any:
        found = super().validate(obj, value)  # type: ignore[misc]  # the class beside it has it
        if found is None or (not found and found == self.default()):
            return found
        try:
            read = self.option_type.read(self.name or "", found)
        except OptionError as error:
            raise TraitError(str(error)) from None
        return list(read) if isinstance(found, list) else read


class OptionText(_OptionTrait, Unicode):  # type: ignore[type-arg]  # at run time it takes no type arguments
    """A text, checked as an option's."""


class OptionTexts(_OptionTrait, List):  # type: ignore[type-arg]  # at run time it takes no type arguments
    """Texts, checked as an option's."""


class OptionInt(_OptionTrait, Int):  # type: ignore[type-arg]  # at run time it takes no type arguments
    """A whole number, checked as an option's: `Int` accepts True."""


def traits_of(options: Collection[Option]) -> dict[str, TraitType[Any, Any]]:
    """Return the traits of the sticky options, by name."""
    traits = {each.name: _trait_of(each).tag(config=True) for each in options if each.is_sticky}
    for each in options:
        if isinstance(trait := traits.get(each.name), _OptionTrait):
            trait.option_type = each.type
    return traits


def _trait_of(option: Option) -> Any:
    default = option.default
    text = f"{option.help}."
    if default is None:
        text += " None leaves it to the model."
    elif default == "":
        text += " Empty for none."
    match option.type:
        case Number(low, high):
            return BoundedFloat(low, high, default, text)
        case Whole():
            return OptionInt(default, allow_none=default is None, help=text)  # type: ignore[call-overload]  # it wants a literal
        case Choice(choices):
            unset = ("",) if default == "" else ()
            return Enum((*unset, *choices), default, help=text)
        case Texts():
            return OptionTexts(Unicode(), list(default), help=text)
        case Switch():
            return Bool(default, help=text)
        case _:
            return OptionText(default, help=text)


class Settings(Configurable):
    """The values that stay set until they are changed.

    `%config GroqMagics.temperature = 0.2` and
    `c.GroqMagics.temperature = 0.2` in `ipython_config.py` set them, and the
    picker and the panel show the same values.
    """

    ask_options: ClassVar[type[AskOptions]] = AskOptions
    # The options that have a sticky default.
    vars().update(traits_of(ask_options.table()))

    tries = Int(4, min=1, help="How often an ask is tried before the first token.").tag(config=True)
    max_wait = BoundedFloat(0.0, float("inf"), 60.0, "Seconds of waiting in all per ask.")
    history_share = BoundedFloat(
        0.0, 1.0, 0.4, "The share of the tokens a minute that earlier turns may take; 0 to 1."
    )
    assistant_tokens = Int(
        4_000,
        min=200,
        help="About how many tokens of code and values %groq_fix and --recent include.",
    ).tag(config=True)
    confirm_tools = Bool(True, help="Whether you are asked before each tool call.").tag(  # noqa: FBT003 - traitlets' signature
        config=True
    )
    tool_timeout = BoundedFloat(
        0.1, 86_400.0, 60.0, "Seconds that one call of a function may take; 0.1 to 86,400."
    )
    rows_sent = Int(
        5, min=0, help="Rows that are sent of a large table; 0 sends no value of any cell."
    ).tag(config=True)
    private = List(
        Unicode(), help="Columns, keys and attributes that are never sent: ['email', '*_id']."
    ).tag(config=True)
    log = Unicode(
        "", help="A file that gets one line of JSON per request, without content; empty for none."
    ).tag(config=True)
    store = Enum(
        ("metadata", "none"), "metadata", help="none writes nothing of the turn into the output."
    ).tag(config=True)

    if TYPE_CHECKING:
        # Type checkers can't see the traits that come from the table.
        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...

    def defaults(self) -> AskOptions:
        """Return the settings as the default options of an ask."""
        return self.ask_options(
            **{
                each.name: _as_option(getattr(self, each.name))
                for each in self.ask_options.table()
                if each.is_sticky
            }
        )


def _as_option(value: Any) -> Any:
    """Return a trait's value as an option's: None for an empty one."""
    if value in ("", []):
        return None
    return tuple(value) if isinstance(value, list) else value
