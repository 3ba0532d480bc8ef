"""What the views of one session share while its kernel lives."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from groq_magic.views.closing import close_whole
from groq_magic.views.finished_outputs import FinishedOutputs
from groq_magic.views.page_reports import PageReports
from groq_magic.views.panel import Panel
from groq_magic.views.picking import ModelPicker
from groq_magic.views.slots import SlotsWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import ipywidgets
    import traitlets

    from groq_magic.views.finished_outputs import FinishedOutput, Run
    from groq_magic.views.live_facts import LiveFacts
    from groq_magic.views.panel_facts import PanelFacts
    from groq_magic.views.quota_facts import QuotaFacts

__all__ = ["Live"]

# Seconds by which a front end may be behind.
CLOSED_AFTER = 2.0

# Seconds in which a page runs the session widget once it is made, if it can.
LOADED_AFTER = 1.5


class Live:
    """The picker, the panel and the slots of one session.

    Parameters
    ----------
    settings : traitlets.HasTraits
        The session's settings: the traits `model`, `temperature`,
        `max_tokens`, `reasoning_effort` and `system` follow the controls, and
        the controls follow them.
    panel_facts : callable
        Returns what the panel shows beside the settings.
    quota : callable
        Returns what is left of the limits now.
    undo, reset : callable
        What the panel's buttons do. They may be called from another thread.

    Attributes
    ----------
    finished : FinishedOutputs
        The outputs that no notebook file has yet.
    pages : PageReports
        What the open pages lack.
    """

    def __init__(
        self,
        settings: traitlets.HasTraits,
        *,
        panel_facts: Callable[[], PanelFacts],
        quota: Callable[[], QuotaFacts],
        undo: Callable[[], None],
        reset: Callable[[], None],
    ) -> None:
        self._settings: Any = settings
        self._panel_facts = panel_facts
        self._quota = quota
        self._undo = undo
        self._reset = reset
        self._models: tuple[tuple[str, str], ...] = ()
        self._picker = ModelPicker(settings)
        self._panel: Panel | None = None
        self._slots: SlotsWidget | None = None
        self._made_at = 0.0
        self._closing: list[Any] = []
        self.finished = FinishedOutputs()
        self.pages = PageReports()
        self._closed = False
        self._settings.observe(self._model_changed, "model")

    @property
    def picker(self) -> ipywidgets.Dropdown:
        """The session's picker, shown in every bar."""
        return self._picker.dropdown

    @property
    def panel(self) -> ipywidgets.VBox:
        """The session's panel, made when it is first asked for."""
        if self._panel is None:
            self._panel = Panel(
                self._settings, self._panel_facts, undo=self._undo, reset=self._reset
            )
            self._panel.models(self._models)
        return self._panel.box

    @property
    def lacks_page(self) -> bool:
        """Whether no page has run the session widget, though it had the time."""
        return not self.pages.has_page and time.monotonic() - self._made_at > LOADED_AFTER

    def models(self, models: Sequence[tuple[str, str]]) -> None:
        """Say which models there are to choose from.

        Parameters
        ----------
        models : sequence of (str, str)
            Labels and ids, in the order in which to show them.
        """
        self._models = tuple(models)
        self._picker.models(self._models)
        if self._panel is not None:
            self._panel.models(self._models)

    def start(self) -> None:
        """Make the widget that fills the slots, if it is not there."""
        self._drop_closed()
        if self._slots is None and not self._closed:
            self._made_at = time.monotonic()
            self._slots = SlotsWidget(
                self.picker.model_id,
                self._settings.model,
                lambda: str(self.panel.model_id),
                self._quota,
                finished=self.finished,
                pages=self.pages,
            )

    def put(self, slot: str, facts: LiveFacts, thought: tuple[str, str] | None = None) -> None:
        """Say what the bar of a settled answer shows.

        Parameters
        ----------
        slot : str
            The class of the bar.
        facts : LiveFacts
            What it says.
        thought : (str, str), optional
            Heading and safe HTML of the reasoning, shown while the session
            lives; what was given once is kept.
        """
        self.start()
        if self._slots is not None:
            self._slots.put(slot, facts, thought)

    def begin(self, run: Run, place: str) -> None:
        """Send that an answer's first output is displayed; see `SlotsWidget.begin`."""
        self.finished.begin(run)
        if self._slots is not None:
            self._slots.begin(run, place)

    def finish(self, output: FinishedOutput) -> None:
        """Keep a finished output and offer it to the pages.

        Parameters
        ----------
        output : FinishedOutput
            It is dropped where it is in no cell, nor in an Output widget.
        """
        if not (output.run.cell or output.captured):
            return
        offer = self.finished.add(output)
        if self._slots is not None:
            # Output widgets ignore updates by display id, whether a page was there or not.
            more = {"output": output.as_output(), "save": False} if output.captured else {}
            self._slots.send({"finished": [{**offer, **more}]})

    def speeds(self, speeds: Mapping[str, str]) -> None:
        """Say how quick models were.

        Parameters
        ----------
        speeds : mapping of str to str
            The class of a model's row in a listing, and what stands there.
        """
        if self._slots is not None:
            self._slots.say_speeds(speeds)

    def quota_changed(self) -> None:
        """Say in every bar and in the panel what is left of the limits now."""
        if self._slots is not None:
            self._slots.say_quota()

    def refresh(self) -> None:
        """Draw the panel's facts anew."""
        if self._panel is not None:
            self._panel.refresh()

    def close_soon(self, widget: Any) -> None:
        """Close a widget that is shown no more.

        Parameters
        ----------
        widget : ipywidgets.Widget
            Where a kernel's loop runs it is closed a little later: a front end
            that is behind would look for it, and report that it is gone.
        """
        self._closing.append(widget)
        try:
            asyncio.get_running_loop().call_later(CLOSED_AFTER, self._close_one, widget)
        except RuntimeError:  # no loop runs
            self._close_one(widget)

    def close(self) -> None:
        """Close every widget; the outputs show their static text again.

        Closing twice is closing once.
        """
        if self._closed:
            return
        self._closed = True
        self._settings.unobserve(self._model_changed, "model")
        if self._slots is not None:
            close_whole(self._slots)
            self._slots = None
        for widget in tuple(self._closing):
            self._close_one(widget)
        if self._panel is not None:
            self._panel.close()
            self._panel = None
        self._picker.close()

    def _drop_closed(self) -> None:
        # `Widget.close_all()` in a cell closes ours too: they are made again.
        if self._closed:
            return
        if self._panel is not None and self._panel.box.comm is None:
            self._panel.close()
            self._panel = None
        if self._picker.dropdown.comm is None:
            self._picker.close()
            self._picker = ModelPicker(self._settings)
            self._picker.models(self._models)
            if self._slots is not None:
                close_whole(self._slots)
        if self._slots is not None and self._slots.comm is None:
            self._slots = None

    def _close_one(self, widget: Any) -> None:
        if widget in self._closing:
            self._closing.remove(widget)
            close_whole(widget)

    def _model_changed(self, _change: Any) -> None:
        if self._slots is not None:
            self._slots.say_current(self._settings.model)
