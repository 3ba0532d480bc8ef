"""The dropdown of models, and a function that closes a widget with its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import traitlets

__all__ = ["ModelPicker", "close_whole"]


class ModelPicker:
    """A dropdown (a native select) of models, two-way with `settings.model`.

    Parameters
    ----------
    settings : traitlets.HasTraits
        Has the trait `model`. An id that is not in the list is added to it: no id is refused.
    description : str
        The label before it, or "".
    hand_over : callable
        Runs a call in the thread that owns the settings: a callback can run in another thread.
    """

    def __init__(
        self,
        settings: traitlets.HasTraits,
        hand_over: Callable[[Callable[[], None]], None],
        description: str = "",
    ) -> None:
        self._settings: Any = settings
        self._hand_over = hand_over
        self._models: tuple[tuple[str, str], ...] = ()
        self.dropdown = ipywidgets.Dropdown(
            description=description,
            options=[(settings.model, settings.model)],  # type: ignore[attr-defined]  # a trait
            value=settings.model,  # type: ignore[attr-defined]  # a trait
        )
        self.dropdown.observe(self._picked, "value")
        self._settings.observe(self._set, "model")

    def models(self, models: Sequence[tuple[str, str]]) -> None:
        """Offer these (label, id) pairs, and the current id in any case."""
        self._models = tuple(models)
        self._offer()

    def close(self) -> None:
        """Close the dropdown, and stop following the settings."""
        self._settings.unobserve(self._set, "model")
        close_whole(self.dropdown)

    def _offer(self) -> None:
        model = self._settings.model
        known = any(model == value for _, value in self._models)
        options = self._models if known else ((model, model), *self._models)
        # Setting the options selects the first one.
        self.dropdown.unobserve(self._picked, "value")
        if self.dropdown.options != options:
            self.dropdown.options = options
        self.dropdown.value = model
        self.dropdown.observe(self._picked, "value")

    def _picked(self, change: Any) -> None:
        self._hand_over(lambda: setattr(self._settings, "model", change["new"]))

    def _set(self, _change: Any) -> None:
        if self.dropdown.value != self._settings.model:
            self._offer()


def close_whole(widget: Any) -> None:
    """Close a widget, its children, and the layouts and styles of all of them.

    Parameters
    ----------
    widget : ipywidgets.Widget
        Closing it alone would leave its layout and its style in the kernel.
    """
    for child in getattr(widget, "children", ()):
        close_whole(child)
    for name in ("layout", "style"):
        part = getattr(widget, name, None)
        if part is not None and hasattr(part, "close"):
            part.close()
    widget.close()
