"""The last plot of a cell: a figure, or an image among its outputs."""

from __future__ import annotations

import base64
import sys
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import is_a, tried
from groq_magic.errors import PromptError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LastPlot"]


class LastPlot:
    """Keeps the last figure, which matplotlib's inline backend closes.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._figure: Any = None
        self._cell = 0
        self._running = self._number()

    def begin(self) -> None:
        """Record the number of the cell that begins; IPython 8 increases it before its end."""
        self._running = self._number()

    def _number(self) -> int:
        return tried(lambda: int(self._shell.displayhook.prompt_count), 0)

    def keep_figure(self) -> None:
        """Keep the current figure; called after each cell, before figures are closed."""
        figure = _current_figure()
        if figure is not None and figure is not self._figure:
            self._figure = figure
            self._cell = self._running

    def install(self) -> None:
        """Register the callbacks: before each cell, and after it ahead of all others."""
        self._shell.events.register("pre_execute", self.begin)
        self._shell.events.register("post_execute", self.keep_figure)
        # The callback that shows and closes figures may be registered already.
        calls = self._shell.events.callbacks["post_execute"]
        calls.insert(0, calls.pop(calls.index(self.keep_figure)))

    def uninstall(self) -> None:
        """Unregister the callbacks, and release the figure."""
        for event, call in (("pre_execute", self.begin), ("post_execute", self.keep_figure)):
            if call in self._shell.events.callbacks[event]:
                self._shell.events.unregister(event, call)
        self._figure = None

    def value(self) -> Any:
        """Return a figure, or another object that `image_of` accepts.

        Raises
        ------
        PromptError
            When no cell has drawn a plot.
        """
        current = _current_figure()
        if current is not None and current is not self._figure:
            # Of the running cell.
            return current
        found = list(self._shown())
        if self._figure is not None:
            # A cell's figures are shown after its other outputs.
            found.append((self._cell, self._figure))
        if not found:
            raise PromptError(
                "No cell has drawn a plot yet.", "Run the cell of the plot first, or name a figure."
            )
        # The last one of the last cell.
        return max(reversed(found), key=lambda each: each[0])[1]

    def _shown(self) -> Iterator[tuple[int, Any]]:
        """Yield the images that cells have shown, with the cells' numbers."""
        # Its import is slow, and loading the extension imports this module.
        from groq_magic.prompt.image import is_image

        # IPython 8 keeps no outputs.
        outputs = getattr(self._shell.history_manager, "outputs", {})
        for number, records in tuple(outputs.items()):
            for record in records:
                if image := _png_in(record):
                    yield number, image
        results = self._shell.user_ns.get("Out")
        for number, value in tuple(results.items()) if is_a(results, dict) else ():
            if is_a(number, int) and is_image(value):
                yield number, value


def _current_figure() -> Any:
    """Return pyplot's current figure, None without one."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return None
    return tried(lambda: pyplot.gcf() if pyplot.get_fignums() else None, None)


def _png_in(record: Any) -> bytes:
    """Return the PNG of an output, empty without one."""

    def read() -> bytes:
        data = record.bundle["image/png"]
        return bytes(data) if is_a(data, bytes, bytearray) else base64.b64decode(data)

    return tried(read, b"")
