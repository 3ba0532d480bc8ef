"""A view that shows nothing, for maps outside of a cell."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.views.map.facts import MapEnd, MapProgress, MapRow, MapStart

__all__ = ["HiddenView"]


class HiddenView:
    """Shows nothing, and keeps the latest progress."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.latest: MapProgress | None = None

    def open(self, start: MapStart) -> None:
        """Show nothing."""

    def progress(self, progress: MapProgress) -> None:
        """Keep the latest."""
        self.latest = progress

    def rows(self, rows: Sequence[MapRow]) -> None:
        """Show nothing."""

    def finish(self, end: MapEnd) -> None:
        """Show nothing."""

    def discard(self) -> None:
        """Show nothing."""
