"""The views of a map: their protocol, a wrapper that can't fail, and the choice of a view."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Literal, Protocol

from groq_magic.views.map.progress import in_batch_words
from groq_magic.views.phrase import SEPARATOR
from groq_magic.views.show import show_lines

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from groq_magic.views.live import Live
    from groq_magic.views.map.facts import MapEnd, MapProgress, MapRow, MapStart

__all__ = ["GuardedMapView", "MapView", "map_view"]


class MapView(Protocol):
    """Protocol for views of one map.

    The main thread calls `open`, then `progress` and `rows` at most ten times a second, and at
    last `finish` or `discard`. Setting `stopped`, in any thread, ends the map as ■ does.
    """

    stopped: threading.Event

    def open(self, start: MapStart) -> None:
        """Begin to show."""

    def progress(self, progress: MapProgress) -> None:
        """Show the progress, or the reason for a wait."""

    def rows(self, rows: Sequence[MapRow]) -> None:
        """Show the first rows with answers, at most five."""

    def finish(self, end: MapEnd) -> None:
        """Show the static output, and close widgets."""

    def discard(self) -> None:
        """Remove the output: no row was asked, or the summary can't be made."""


class GuardedMapView:
    """A view whose failure doesn't end the map.

    Parameters
    ----------
    view : MapView
        After an exception it draws nothing more; the map continues.
    """

    def __init__(self, view: MapView) -> None:
        self.stopped = view.stopped
        self._view = view
        self._has_failed = False

    def open(self, start: MapStart) -> None:
        """Begin to show."""
        self._draw(lambda: self._view.open(start))

    def progress(self, progress: MapProgress) -> None:
        """Show the progress, or the reason for a wait."""
        self._draw(lambda: self._view.progress(progress))

    def rows(self, rows: Sequence[MapRow]) -> None:
        """Show the first rows with answers."""
        self._draw(lambda: self._view.rows(rows))

    def finish(self, end: MapEnd) -> None:
        """Show the static output, or plain text if the view fails."""
        self._draw(lambda: self._view.finish(end))
        if self._has_failed:
            self.discard()
            with contextlib.suppress(Exception):
                show_lines(_plain_end(end))

    def discard(self) -> None:
        """Remove the output."""
        with contextlib.suppress(Exception):
            self._view.discard()

    def _draw(self, call: Callable[[], None]) -> None:
        if self._has_failed:
            return
        try:
            call()
        except Exception:  # noqa: BLE001 - a failing front end must not end the map
            self._has_failed = True


def _plain_end(end: MapEnd) -> str:
    progress = end.progress
    words = f"{progress.done:,} rows answered{SEPARATOR}{progress.failed:,} failed"
    if waiting := in_batch_words(progress):
        words += f"{SEPARATOR}{waiting}"
    return "\n".join(filter(None, (words, end.reason, end.remedy)))


def map_view(
    kind: Literal["widgets", "static", "terminal"],
    live: Callable[[], Live],
) -> MapView:
    """Return the view for a kind of front end.

    Parameters
    ----------
    kind : {"widgets", "static", "terminal"}
    live : callable
        Returns the session's widgets; called only for "widgets".
    """
    if kind != "widgets":
        from groq_magic.views.map.text import TextMapView

        return TextMapView()
    from groq_magic.views.map.live import LiveMapView

    return LiveMapView(live())
