"""The views of a map: their protocol, one that can't break a run, and the choice of one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Literal, Protocol

from groq_magic.views.map.progress import in_batch_words
from groq_magic.views.phrase import SEPARATOR
from groq_magic.views.show import say

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from groq_magic.views.live import Live
    from groq_magic.views.map.facts import MapEnd, MapProgress, MapRow, MapStart

__all__ = ["GuardedMapView", "MapView", "map_view"]


class MapView(Protocol):
    """Protocol for views of one map: `open`, any of `progress` and `rows`, one ending.

    All of it is called in the main thread, at most ten times a second but for the last
    `progress`. Setting `stopped`, in any thread, ends the run as ■ does.
    """

    stopped: threading.Event

    def open(self, start: MapStart) -> None:
        """Begin to show."""

    def progress(self, progress: MapProgress) -> None:
        """Show the progress, or the reason for a wait."""

    def rows(self, rows: Sequence[MapRow]) -> None:
        """Show the first rows that have answers, all that are known so far, at most five."""

    def finish(self, end: MapEnd) -> None:
        """Show the static output, and close widgets."""

    def discard(self) -> None:
        """Remove the output: the run failed before any row, or its summary can't be made."""


class GuardedMapView:
    """A view that can't break a run.

    Parameters
    ----------
    view : MapView
        Once it fails it draws no more; the run goes on.
    """

    def __init__(self, view: MapView) -> None:
        self.stopped = view.stopped
        self._view = view
        self._has_failed = False

    def open(self, start: MapStart) -> None:
        """Begin to show."""
        self._draw(lambda: self._view.open(start))

    def progress(self, progress: MapProgress) -> None:
        """Show how far it is, or what is waited for."""
        self._draw(lambda: self._view.progress(progress))

    def rows(self, rows: Sequence[MapRow]) -> None:
        """Show the first rows that have answers."""
        self._draw(lambda: self._view.rows(rows))

    def finish(self, end: MapEnd) -> None:
        """Show the static output, or one plain line if the view fails."""
        self._draw(lambda: self._view.finish(end))
        if self._has_failed:
            self.discard()
            with contextlib.suppress(Exception):
                say(_plain_end(end))

    def discard(self) -> None:
        """Remove the output."""
        with contextlib.suppress(Exception):
            self._view.discard()

    def _draw(self, call: Callable[[], None]) -> None:
        if self._has_failed:
            return
        try:
            call()
        except Exception:  # noqa: BLE001 - whatever a front end does, the rows are asked
            self._has_failed = True


def _plain_end(end: MapEnd) -> str:
    progress = end.progress
    words = f"{progress.done:,} rows answered{SEPARATOR}{progress.failed:,} failed"
    if waiting := in_batch_words(progress):
        words += f"{SEPARATOR}{waiting}"
    return "\n".join(filter(None, (words, end.reason, end.remedy)))


def map_view(
    kind: Literal["widgets", "static", "terminal"],
    live: Callable[[], Live] | None = None,
) -> MapView:
    """Return the view of one map, not yet open.

    Parameters
    ----------
    kind : {"widgets", "static", "terminal"}
        What the front end can show.
    live : callable, optional
        Returns what the session's views share; needed for widgets.

    Raises
    ------
    ValueError
        When widgets are asked for without `live`.
    """
    if kind != "widgets":
        from groq_magic.views.map.text import TextMapView

        return TextMapView()
    if live is None:
        raise ValueError("a view with widgets needs live")
    from groq_magic.views.map.live import LiveMapView

    return LiveMapView(live())
