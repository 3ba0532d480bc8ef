"""The panel of `%groq`: the session's settings and facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from groq_magic.option_types import Text
from groq_magic.options import OPTIONS
from groq_magic.views.meter import meter_html
from groq_magic.views.panel_field import panel_field
from groq_magic.views.phrase import phrase_html
from groq_magic.views.picker import ModelPicker, close_whole
from groq_magic.views.slots import key_slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import traitlets

    from groq_magic.option import Option
    from groq_magic.views.session_facts import PanelFacts

__all__ = ["Panel"]

# Traits that the panel shows, and `%config` sets.
_PRIVACY = ("rows_sent", "private", "log")


class Panel:
    """The panel: controls that set and follow the settings, facts, two buttons.

    Parameters
    ----------
    settings : traitlets.HasTraits
        Has the trait `model`, and those of the options.
    facts : callable
        Returns the facts to show.
    undo, reset : callable
        Called by the buttons.
    hand_over : callable
        Runs a call in the thread that owns the settings: callbacks of controls can run in
        another thread.
    options : iterable of Option
        The table of options; those with a label are shown.
    """

    def __init__(  # noqa: PLR0913 - values and callables, so that no view knows the session
        self,
        settings: traitlets.HasTraits,
        facts: Callable[[], PanelFacts],
        *,
        undo: Callable[[], None],
        reset: Callable[[], None],
        hand_over: Callable[[Callable[[], None]], None],
        options: Iterable[Option] = OPTIONS,
    ) -> None:
        self._hand_over = hand_over
        self._facts = facts
        self._picker = ModelPicker(settings, hand_over, "Model")
        shown = [each for each in options if each.panel and each.name != "model"]
        # Texts need more room, and come last.
        shown.sort(key=lambda each: isinstance(each.type, Text))
        self._fields = [panel_field(each, settings, hand_over) for each in shown]
        self._conversation = ipywidgets.HTML(description="Conversation")
        self._minute = ipywidgets.HTML(description="This minute")
        self._day = ipywidgets.HTML(description="Today")
        self._key = ipywidgets.HTML(description="Key")
        self._privacy = ipywidgets.HTML(description="Privacy")
        self._page = ipywidgets.HTML(description="This page")
        rows = (
            (self._picker.dropdown,),
            *(each.row for each in self._fields),
            (
                self._conversation,
                _button("Undo", "Undo the conversation's last change", self._here(undo)),
                _button("Reset", "Empty the conversation", self._here(reset)),
            ),
            (self._minute,),
            (self._day,),
            (self._key,),
            (self._privacy,),
            (self._page,),
        )
        self.box = ipywidgets.VBox([ipywidgets.HBox(row) for row in rows])
        self.box.add_class("groq-panel")
        self._settings = settings
        settings.observe(self._privacy_changed, _PRIVACY)
        self.refresh()

    def models(self, models: Sequence[tuple[str, str]]) -> None:
        """Offer these (label, id) pairs."""
        self._picker.models(models)

    def refresh(self) -> None:
        """Draw the facts again."""
        facts = self._facts()
        self._key.value = key_slot(facts.key)
        self._conversation.value = phrase_html(facts.conversation)
        self._privacy.value = phrase_html(facts.privacy)
        self._page.value = phrase_html(facts.page)
        self._page.layout.display = None if facts.page else "none"
        meters = ((self._minute, facts.minute, "minute"), (self._day, facts.day, "day"))
        for row, meter, name in meters:
            row.layout.display = "none" if meter is None else None
            row.value = "" if meter is None else meter_html(meter, name)

    def close(self) -> None:
        """Close every widget of the panel, and stop following the settings."""
        for each in self._fields:
            each.close()
        self._picker.close()
        self._settings.unobserve(self._privacy_changed, _PRIVACY)
        close_whole(self.box)

    def _privacy_changed(self, _change: object) -> None:
        self.refresh()

    def _here(self, call: Callable[[], None]) -> Callable[[], None]:
        return lambda: self._hand_over(call)


def _button(label: str, tooltip: str, do: Callable[[], None]) -> Any:
    button = ipywidgets.Button(description=label, tooltip=tooltip)
    button.on_click(lambda _button: do())
    return button
