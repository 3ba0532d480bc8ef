"""How often the tail of a stream, which may still change, is painted again."""

from __future__ import annotations

__all__ = ["Pace"]

# One unit of work is reading a character of plain text (about 0.1 µs). Units that may be spent on
# painting tails, per new character and at the start: they keep the cost of any text within a few
# times that of prose.
_ALLOWED = 40
_AT_START = 100_000
# A frame is painted in any case after this many times the duration of the last one: at the speed
# of real streams this never delays one, however long the tail.
_SHARE = 10
# And after so many seconds per unit of the last frame, which bounds the data sent to the page.
_SECONDS_PER_UNIT = 2e-6


class Pace:
    """Decides when to paint the tail again, by the cost of the last frame."""

    def __init__(self) -> None:
        self._credit = float(_AT_START)
        self._expected = 0
        self._wait = 0.0
        self._painted_at = 0.0

    def is_due(self, fresh: int, now: float) -> bool:
        """Return whether to paint the tail now.

        Parameters
        ----------
        fresh : int
            Characters received since the last call.
        now : float
            Seconds of a monotonic clock.
        """
        self._credit = min(_AT_START, self._credit + fresh * _ALLOWED)
        return self._credit >= self._expected or now - self._painted_at >= self._wait

    def painted(self, work: int, start: float, end: float) -> None:
        """Record the cost of painting the tail, in units and seconds."""
        self._credit = max(-_AT_START, self._credit - work)
        self._expected = work
        self._wait = max(_SHARE * (end - start), work * _SECONDS_PER_UNIT)
        self._painted_at = end

    def expect_less(self) -> None:
        """Record that part of the tail has settled: the cost of the rest is unknown."""
        self._expected = 0
