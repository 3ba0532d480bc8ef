"""The panel's controls: each shows the value of a setting, and sets it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets
from traitlets import TraitError

from groq_magic.errors import OptionError
from groq_magic.option_types import Choice, Flag, Number, Whole
from groq_magic.views.slots import value_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.option import Option

__all__ = ["PanelField", "panel_field"]

DEFAULT = "the model's default"


class PanelField:
    """A control for a text; subclasses are controls for other types of options.

    Parameters
    ----------
    option : Option
    settings : traitlets.HasTraits
        Has a trait of the option's name.
    hand_over : callable
        Runs a call in the thread that owns the settings: callbacks of controls can run in
        another thread.

    Attributes
    ----------
    row : tuple of ipywidgets.Widget
        The control, and the widgets beside it.
    """

    def __init__(
        self, option: Option, settings: Any, hand_over: Callable[[Callable[[], None]], None]
    ) -> None:
        self.option = option
        self._settings = settings
        self._hand_over = hand_over
        self._following = False
        self.row = self._widgets()
        self._observe(self.row[0], self._enter)
        self._settings.observe(self._changed, option.name)
        self.follow()

    def follow(self) -> None:
        """Show the setting's value."""
        self._following = True
        try:
            self._show(getattr(self._settings, self.option.name))
        finally:
            self._following = False

    def close(self) -> None:
        """Stop following the setting."""
        self._settings.unobserve(self._changed, self.option.name)

    def _widgets(self) -> tuple[Any, ...]:
        return (
            ipywidgets.Textarea(
                description=self.option.panel, placeholder="none", rows=2, continuous_update=False
            ),
        )

    def _show(self, value: Any) -> None:
        self.row[0].value = value

    def _enter(self, value: Any) -> None:
        self._set(value)

    def _set(self, value: Any) -> None:
        setattr(self._settings, self.option.name, value)

    def _changed(self, _change: Any) -> None:
        self.follow()

    def _observe(self, control: Any, use: Callable[[Any], None]) -> None:
        """Call `use` with each value that the user enters, in the thread that owns the settings."""

        def changed(change: Any) -> None:
            if not self._following:
                self._hand_over(lambda: use(change["new"]))

        control.observe(changed, "value")


class _SwitchField(PanelField):
    def _widgets(self) -> tuple[Any, ...]:
        return (ipywidgets.Checkbox(description=self.option.panel, indent=False),)


class _ChoiceField(PanelField):
    def _widgets(self) -> tuple[Any, ...]:
        return (ipywidgets.Dropdown(description=self.option.panel, options=self._options("")),)

    def _options(self, present: str) -> tuple[tuple[str, str], ...]:
        # The API's `default` means the same as the empty value: the model's own.
        values = [value for value in self.option.type.values if value != "default"]
        unset = ((DEFAULT, ""),) if self.option.default == "" else ()
        more = [present] if present and present not in values else []
        return (*unset, *((value, value) for value in (*values, *more)))

    def _show(self, value: str) -> None:
        self.row[0].options = self._options(value)
        self.row[0].value = value


class _NumberField(PanelField):
    """A field for a number, with a slider if the number has bounds, and a message."""

    def __init__(self, *args: Any) -> None:
        # The number can also be typed: front ends intercept a slider's arrow keys.
        self._message = ipywidgets.HTML()
        self._message.layout.display = "none"
        self._slider: Any = None
        super().__init__(*args)

    def _widgets(self) -> tuple[Any, ...]:
        field = ipywidgets.Text(
            description=self.option.panel, placeholder=DEFAULT, continuous_update=False
        )
        match self.option.type:
            case Number(low, high):
                self._slider = ipywidgets.FloatSlider(
                    min=low, max=high, step=0.1, readout=False, continuous_update=False
                )
                # The slider's place while no number is set.
                self._middle = (low + high) / 2
                self._observe(self._slider, lambda value: self._set(round(value, 2)))
                return field, self._slider, self._message
        return field, self._message

    def _show(self, value: float | None) -> None:
        if self._slider is not None:
            self._slider.value = self._middle if value is None else value
        self.row[0].value = "" if value is None else value_text(value)

    def _changed(self, change: Any) -> None:
        # A new value replaces the one that was refused.
        self._refuse("")
        super()._changed(change)

    def _enter(self, value: str) -> None:
        """Set the typed number, or show beside the field why not; the text stays in the field."""
        typed = value.strip()
        if isinstance(self.option.type, Whole):
            typed = typed.replace(",", "")  # as in 1,000
        try:
            self._set(self.option.type.read(self.option.name, typed) if typed else None)
        except (OptionError, TraitError):
            kept = getattr(self._settings, self.option.name)
            in_use = DEFAULT if kept is None else value_text(kept)
            self._refuse(f"Not set. Enter {self._wanted()}. Still in use: {in_use}.")
            return
        self._refuse("")
        self.follow()

    def _wanted(self) -> str:
        match self.option.type:
            case Whole(low):
                return f"a whole number, {low} or more"
            case Number(low, high):
                return f"a number from {low:g} to {high:g}"
        return "a number"

    def _refuse(self, text: str) -> None:
        # A screen reader announces an alert when it appears.
        alert = f'<span class="groq-refused" role="alert">{escape(text)}</span>'
        self._message.value = alert if text else ""
        self._message.layout.display = None if text else "none"


def panel_field(
    option: Option, settings: Any, hand_over: Callable[[Callable[[], None]], None]
) -> PanelField:
    """Return the field for an option, by its type; the parameters are those of `PanelField`."""
    match option.type:
        case Number() | Whole():
            field: type[PanelField] = _NumberField
        case Choice():
            field = _ChoiceField
        case Flag():
            field = _SwitchField
        case _:
            field = PanelField
    return field(option, settings, hand_over)
