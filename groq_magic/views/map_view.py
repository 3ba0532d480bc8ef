"""The views of a map: their protocol, a plain one, and one that can't break a run."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Literal, Protocol

from groq_magic.ledger.usage import dollars
from groq_magic.views.show import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from groq_magic.views.live import Live
    from groq_magic.views.map_facts import MapEnd, MapProgress, MapRow, MapStart

__all__ = ["GuardedMapView", "MapView", "PlainMapView", "map_view"]


class MapView(Protocol):
    """Protocol for views of one map: `open`, any of `progress` and `rows`, one ending.

    All of it is called in the main thread, at most ten times a second but for the last
    `progress`. Setting `stopped`, in any thread, ends the run as ■ does.
    """

    stopped: threading.Event

    def open(self, start: MapStart) -> None:
        """Begin to show."""

    def progress(self, progress: MapProgress) -> None:
        """Show how far it is, or what is waited for."""

    def rows(self, rows: Sequence[MapRow]) -> None:
        """Show the first rows that have answers, all that are known so far, at most five."""

    def finish(self, end: MapEnd) -> None:
        """Leave the static output and close what is alive."""

    def discard(self) -> None:
        """Leave nothing: the run failed before any row, or can't be summed up."""


class PlainMapView:
    """Shows one line, when the map is over."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._start: MapStart | None = None

    def open(self, start: MapStart) -> None:
        """Begin to show."""
        self._start = start
        if start.notices:
            say("\n".join(start.notices))

    def progress(self, _progress: MapProgress) -> None:
        """Show nothing."""

    def rows(self, _rows: Sequence[MapRow]) -> None:
        """Show nothing."""

    def finish(self, end: MapEnd) -> None:
        """Show how it ended."""
        progress = end.progress
        parts = [f"{progress.done:,} of {progress.total or 0:,} rows answered"]
        if progress.failed:
            parts.append(f"{progress.failed:,} failed")
        if progress.from_journal:
            parts.append(f"{progress.from_journal:,} from the journal")
        if progress.usage.total_tokens:
            parts.append(f"{progress.usage.total_tokens:,} tokens")
        if self._start is not None and self._start.practice:
            parts.append("practice mode")
        elif progress.cost:
            parts.append(dollars(progress.cost))
        ended = f"{end.reason} {end.remedy}".strip()
        lines = [" · ".join(parts), *([ended] if end.reason else ()), *end.notices]
        lines += [f"{line} ({count:,})" for line, count in end.errors]
        say("\n".join(lines))

    def discard(self) -> None:
        """Show nothing."""


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
        """Leave the static output, in plain words where the view can't."""
        self._draw(lambda: self._view.finish(end))
        if self._has_failed:
            self.discard()
            with contextlib.suppress(Exception):
                PlainMapView().finish(end)

    def discard(self) -> None:
        """Leave nothing."""
        with contextlib.suppress(Exception):
            self._view.discard()

    def _draw(self, call: Callable[[], None]) -> None:
        if self._has_failed:
            return
        try:
            call()
        except Exception:  # noqa: BLE001 - whatever a front end does, the rows are asked
            self._has_failed = True


def map_view(
    _kind: Literal["widgets", "static", "terminal"],
    _live: Callable[[], Live] | None = None,
) -> MapView:
    """Return the view of one map, not yet open.

    Parameters
    ----------
    _kind : {"widgets", "static", "terminal"}
        What the front end can show.
    _live : callable, optional
        Returns what the session's views share; needed for widgets.
    """
    return PlainMapView()
