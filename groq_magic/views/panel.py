"""The panel of `%groq`: the session's settings and where it stands."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets
from traitlets import TraitError

from groq_magic.views.phrase import phrase_html
from groq_magic.views.picker import ModelPicker, close_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import traitlets

    from groq_magic.views.session_facts import Meter, PanelFacts

__all__ = ["Panel"]

DEFAULT = "the model's default"
EFFORTS = ((DEFAULT, ""), ("none", "none"), ("low", "low"), ("medium", "medium"), ("high", "high"))

# Where the slider stands while the temperature is left to the model.
MIDDLE = 1.0


class Panel:
    """The panel: controls that are one with the settings, facts, two buttons.

    Parameters
    ----------
    settings : traitlets.HasTraits
        With the traits `model`, `temperature`, `max_tokens`,
        `reasoning_effort` and `system`.
    facts : callable
        Returns what is shown beside the settings.
    undo, reset : callable
        What the buttons do.
    hand_over : callable
        Runs a call in the thread that owns the settings: what the user does with a control
        can come in another one.
    """

    def __init__(
        self,
        settings: traitlets.HasTraits,
        facts: Callable[[], PanelFacts],
        *,
        undo: Callable[[], None],
        reset: Callable[[], None],
        hand_over: Callable[[Callable[[], None]], None],
    ) -> None:
        self._settings: Any = settings
        self._hand_over = hand_over
        self._facts = facts
        self._following = False
        self._picker = ModelPicker(settings, hand_over, "Model")
        # The number can be typed: front ends take a slider's arrow keys away.
        self._temperature = ipywidgets.Text(
            description="Temperature", placeholder=DEFAULT, continuous_update=False
        )
        self._slider = ipywidgets.FloatSlider(
            min=0.0, max=2.0, step=0.1, readout=False, continuous_update=False
        )
        self._max_tokens = ipywidgets.Text(
            description="Max tokens", placeholder=DEFAULT, continuous_update=False
        )
        self._effort = ipywidgets.Dropdown(description="Reasoning", options=EFFORTS)
        self._system = ipywidgets.Textarea(
            description="System prompt", placeholder="none", rows=2, continuous_update=False
        )
        self._conversation = ipywidgets.HTML(description="Conversation")
        self._minute = ipywidgets.HTML(description="This minute")
        self._day = ipywidgets.HTML(description="Today")
        self._key = ipywidgets.HTML(description="Key")
        self._page = ipywidgets.HTML(description="This page")
        self._refused = {
            "temperature": _message(),
            "max_tokens": _message(),
        }
        rows = (
            (self._picker.dropdown,),
            (self._temperature, self._slider, self._refused["temperature"]),
            (self._max_tokens, self._refused["max_tokens"]),
            (self._effort,),
            (self._system,),
            (
                self._conversation,
                _button("Undo", "Take the conversation's last change back", self._here(undo)),
                _button("Reset", "Empty the conversation", self._here(reset)),
            ),
            (self._minute,),
            (self._day,),
            (self._key,),
            (self._page,),
        )
        self.box = ipywidgets.VBox([ipywidgets.HBox(row) for row in rows])
        self.box.add_class("groq-panel")
        self._follow()
        self._settings.observe(self._changed, self._names())
        self._observe(self._temperature, self._typed_temperature)
        self._observe(self._slider, lambda value: self._assign("temperature", round(value, 2)))
        self._observe(self._max_tokens, self._typed_max_tokens)
        self._observe(self._effort, lambda value: self._assign("reasoning_effort", value))
        self._observe(self._system, lambda value: self._assign("system", value))
        self.refresh()

    def models(self, models: Sequence[tuple[str, str]]) -> None:
        """Offer these (label, id) pairs."""
        self._picker.models(models)

    def refresh(self) -> None:
        """Draw the facts anew."""
        facts = self._facts()
        self._key.value = phrase_html(facts.key)
        self._conversation.value = phrase_html(facts.conversation)
        self._page.value = phrase_html(facts.page)
        self._page.layout.display = None if facts.page else "none"
        meters = ((self._minute, facts.minute, "minute"), (self._day, facts.day, "day"))
        for row, meter, name in meters:
            row.layout.display = "none" if meter is None else None
            row.value = "" if meter is None else _meter_html(meter, name)

    def close(self) -> None:
        """Close every widget of the panel, and follow the settings no longer."""
        self._settings.unobserve(self._changed, self._names())
        self._picker.close()
        close_whole(self.box)

    def _names(self) -> list[str]:
        return ["temperature", "max_tokens", "reasoning_effort", "system"]

    def _changed(self, change: Any) -> None:
        # A new value replaces the one that was refused.
        self._say(change["name"], "")
        self._follow()

    def _follow(self) -> None:
        settings = self._settings
        self._following = True
        try:
            unset = settings.temperature is None
            self._slider.value = MIDDLE if unset else settings.temperature
            if not self._refused["temperature"].value:
                self._temperature.value = "" if unset else f"{settings.temperature:g}"
            if not self._refused["max_tokens"].value:
                most = settings.max_tokens
                self._max_tokens.value = "" if most is None else str(most)
            self._effort.options = _efforts(settings.reasoning_effort)
            self._effort.value = settings.reasoning_effort
            self._system.value = settings.system
        finally:
            self._following = False

    def _here(self, call: Callable[[], None]) -> Callable[[], None]:
        return lambda: self._hand_over(call)

    def _observe(self, control: Any, use: Callable[[Any], None]) -> None:
        """Use what the user enters in a control, in the thread that owns the settings."""

        def changed(change: Any) -> None:
            if not self._following:
                self._hand_over(lambda: use(change["new"]))

        control.observe(changed, "value")

    def _assign(self, name: str, value: Any) -> None:
        setattr(self._settings, name, value)

    def _typed_temperature(self, text: str) -> None:
        typed = text.strip()
        self._set("temperature", lambda: float(typed) if typed else None, "a number from 0 to 2")

    def _typed_max_tokens(self, text: str) -> None:
        typed = text.strip().replace(",", "")
        self._set("max_tokens", lambda: int(typed) if typed else None, "a whole number, 1 or more")

    def _set(self, name: str, read: Callable[[], float | None], wanted: str) -> None:
        """Set what was typed, or say beside the field why not: it stays there to be corrected."""
        try:
            value = read()
            setattr(self._settings, name, value)
        except (ValueError, TraitError):
            kept = getattr(self._settings, name)
            held = DEFAULT if kept is None else f"{kept:g}" if name == "temperature" else str(kept)
            self._say(name, f"Not set. Enter {wanted}. Still in use: {held}.")
            return
        self._say(name, "")
        self._follow()

    def _say(self, name: str, text: str) -> None:
        if name in self._refused:
            row = self._refused[name]
            # A screen reader announces an alert when it appears.
            alert = f'<span class="groq-refused" role="alert">{escape(text)}</span>'
            row.value = alert if text else ""
            row.layout.display = None if text else "none"


def _efforts(present: str) -> tuple[tuple[str, str], ...]:
    known = any(present == value for _, value in EFFORTS)
    return EFFORTS if known else (*EFFORTS, (present, present))


def _message() -> Any:
    message = ipywidgets.HTML()
    message.layout.display = "none"
    return message


def _button(label: str, tooltip: str, do: Callable[[], None]) -> Any:
    button = ipywidgets.Button(description=label, tooltip=tooltip)
    button.on_click(lambda _button: do())
    return button


def _meter_html(meter: Meter, name: str) -> str:
    label = escape(meter.label)
    return (
        f'<progress class="groq-meter groq-meter-{name}" max="{max(meter.limit, 1)}" '
        f'value="{meter.used}" aria-label="{label}"></progress><div>{label}</div>'
    )
