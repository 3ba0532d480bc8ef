"""The view of a map in a notebook: progress and the first rows, then a summary."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Literal

from groq_magic.durations import in_words
from groq_magic.views.live_output import LiveOutput
from groq_magic.views.map.progress import end_words, progress_html, waiting_words
from groq_magic.views.map.summary import map_bundle, rows_part
from groq_magic.views.phrase import phrase_html
from groq_magic.views.static import live_slot, notices_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.views.documents import Document
    from groq_magic.views.live import Live
    from groq_magic.views.map.facts import MapEnd, MapProgress, MapRow, MapStart

__all__ = ["LiveMapView"]

# Seconds between updates: more frequent ones can't be read.
_EVERY = 0.2
# The same where no page draws the widgets: then each update sends the whole output.
_STATIC_EVERY = 2.0
# A map that ends sooner, with an error or all answers from the journal, shows no progress.
_SHOWN_AFTER = 0.25
_UNFINISHED = (
    "This map is not finished. Answers so far are in the journal; "
    "if its kernel has stopped, run the cell again: it asks only the rest."
)


class LiveMapView:
    """The view of one map in a notebook that shows widgets.

    Parameters
    ----------
    live : Live
        The session's widgets.
    """

    def __init__(self, live: Live) -> None:
        self.stopped = threading.Event()
        self._live = live
        self._output = LiveOutput(live, self.stopped, self._placeholder)
        self._facts: dict[str, str] = {}
        self._next = self._next_static = 0.0

    def open(self, start: MapStart) -> None:
        """Begin; nothing is shown yet."""
        self._start = start

    def progress(self, progress: MapProgress) -> None:
        """Draw the progress, and the reason for a wait."""
        now = time.monotonic()
        is_shown = self._output.document is not None or progress.waiting_for
        is_early = not is_shown and progress.seconds < _SHOWN_AFTER
        if progress.is_over or now < self._next or is_early:
            return
        self._next = now + _EVERY
        self._draw(
            progress=progress_html(progress, self._start),
            waiting=phrase_html(waiting_words(progress)),
            figures=in_words(progress.seconds),
        )
        if self._live.lacks_page and now >= self._next_static:
            self._next_static = now + _STATIC_EVERY
            self._output.update()

    def rows(self, rows: Sequence[MapRow]) -> None:
        """Draw the first rows that have answers."""
        self._facts["rows"] = rows_part(self._start, rows, "the first answers:").html
        if self._output.document is not None:
            self._draw()

    def finish(self, end: MapEnd) -> None:
        """Make the output static."""
        data, slot = map_bundle(self._start, end)
        words = end_words(end.progress, self._start, is_stopped=bool(end.reason))
        self._output.finish(dict(data), {}, self._end(end.reason), slot, words)

    def discard(self) -> None:
        """Empty the output, if anything was shown."""
        if self._output.document is not None:
            self._output.finish(
                {"text/html": "", "text/plain": ""}, {}, "failed", words="Map failed"
            )

    def _end(self, reason: str) -> Literal["complete", "stopped", "failed"]:
        if not reason:
            return "complete"
        # Otherwise an error or the budget ended it.
        is_stopped = self.stopped.is_set() or reason.startswith("Stopped")
        return "stopped" if is_stopped else "failed"

    def _draw(self, **facts: str) -> None:
        self._facts.update(facts)
        models = self._start.models
        model = models[0] if len(models) == 1 else f"{len(models)} models"
        self._output.open(self._start.notices, model, {}).show(self._facts)

    def _placeholder(self, document: Document, with_text: bool) -> dict[str, Any]:  # noqa: FBT001 - as it is called
        names = ("progress", "rows", "waiting") if with_text else ()
        facts = (self._facts.get(name, "") for name in names)
        html = "".join((notices_html(self._start.notices), *facts))
        return live_slot(document.slot, html, "" if with_text else _UNFINISHED)
