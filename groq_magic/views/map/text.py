"""The view of a map without widgets: progress in one line, then the summary."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, TextIO

from groq_magic.ledger.usage import dollars
from groq_magic.printable import encodable, printable
from groq_magic.views.map.progress import (
    from_journal_words,
    in_batch_words,
    progress_words,
    unit_of,
    waiting_words,
)
from groq_magic.views.map.summary import map_bundle
from groq_magic.views.phrase import phrase_plain
from groq_magic.views.show import publish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.views.map.facts import MapEnd, MapProgress, MapRow, MapStart

__all__ = ["TextMapView"]

# Seconds between updates. A terminal overwrites the line; a file gets one more line each time.
_EVERY, _EVERY_IN_A_FILE = 0.2, 5.0


class TextMapView:
    """The view of one map as text: tqdm's bar if tqdm is installed, else a line of our own.

    Parameters
    ----------
    stream : file, optional
        Where the progress is written; the summary is displayed.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stopped = threading.Event()
        self._stream = stream or sys.stderr
        self._every = _EVERY if self._stream.isatty() else _EVERY_IN_A_FILE
        self._next = 0.0
        self._line: _TqdmLine | _PlainLine | None = None

    def open(self, start: MapStart) -> None:
        """Begin; `progress` writes the first line."""
        self._start = start
        # A map that ends at once needs no line.
        self._next = time.monotonic() + self._every

    def progress(self, progress: MapProgress) -> None:
        """Overwrite the line with the progress."""
        now = time.monotonic()
        if now < self._next or progress.is_over:
            return
        self._next = now + self._every
        if self._line is None:
            self._line = _new_line(self._stream, self._start, progress)
        self._line.write(progress, self._start)

    def rows(self, rows: Sequence[MapRow]) -> None:
        """Show nothing: the summary has the rows."""

    def finish(self, end: MapEnd) -> None:
        """Remove the line and display the summary."""
        self.discard()
        publish(map_bundle(self._start, end)[0])

    def discard(self) -> None:
        """Remove the line."""
        if self._line is not None:
            self._line.close()
            self._line = None


def _new_line(stream: TextIO, start: MapStart, progress: MapProgress) -> _TqdmLine | _PlainLine:
    try:
        from tqdm import tqdm
    except ImportError:
        return _PlainLine(stream)

    class Bar(tqdm):  # type: ignore[type-arg]  # not generic at runtime
        # tqdm's monitor thread would outlive the run.
        monitor_interval = 0

    bar = Bar(
        total=progress.total,
        initial=progress.done + progress.failed,
        unit=f" {unit_of(start)}",
        file=stream,
        leave=False,
        dynamic_ncols=True,
        # `progress` decides when to draw.
        mininterval=0,
        miniters=0,
    )
    return _TqdmLine(bar)


class _TqdmLine:
    """A line drawn by tqdm, which adds the bar, the rate and the time left."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def write(self, progress: MapProgress, start: MapStart) -> None:
        cost = dollars(progress.cost) if progress.cost and not start.practice else ""
        facts = (
            f"{progress.failed:,} failed" if progress.failed else "",
            from_journal_words(progress),
            in_batch_words(progress),
            f"{progress.usage.total_tokens:,} tokens" if progress.usage.total_tokens else "",
            "practice mode" if start.practice else cost,
            printable(waiting_words(progress)),
        )
        self._bar.set_postfix_str(", ".join(filter(None, facts)), refresh=False)
        self._bar.n = progress.done + progress.failed
        self._bar.refresh()

    def close(self) -> None:
        self._bar.close()


class _PlainLine:
    """A line of plain text."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._width = 0

    def write(self, progress: MapProgress, start: MapStart) -> None:
        words = waiting_words(progress) or progress_words(progress, start)
        self._write(phrase_plain(words)[: shutil.get_terminal_size().columns - 1])

    def close(self) -> None:
        self._write("")
        self._stream.write("\r")
        self._stream.flush()

    def _write(self, text: str) -> None:
        shown = encodable(printable(text), getattr(self._stream, "encoding", None))
        self._stream.write(f"\r{shown:<{self._width}}")
        self._width = len(shown)
        self._stream.flush()
