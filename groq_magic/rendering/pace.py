"""How often the part of a stream that may still change is painted again."""

from __future__ import annotations

__all__ = ["Pace"]

# Work is counted in units of which reading a character of plain text costs one (about 0.1 µs).
# So much may be spent on painting a tail again, for each character that comes and at the start:
# this keeps the cost of any text within a few times that of prose.
_ALLOWED = 40
_AT_START = 100_000
# A frame that waited this many times as long as the last one took is painted anyway: at the
# speed of a real stream nothing waits, however long the tail.
_SHARE = 10
# And this many units a second, so that what is sent to the page stays bounded too.
_SECONDS_PER_UNIT = 2e-6


class Pace:
    """Tells when to paint the tail again, from what the last time cost."""

    def __init__(self) -> None:
        self._credit = float(_AT_START)
        self._expected = 0
        self._wait = 0.0
        self._painted_at = 0.0

    def is_due(self, fresh: int, now: float) -> bool:
        """Tell whether to paint now.

        Parameters
        ----------
        fresh : int
            Characters that have come since the last call.
        now : float
            Seconds of a steady clock.
        """
        self._credit = min(_AT_START, self._credit + fresh * _ALLOWED)
        return self._credit >= self._expected or now - self._painted_at >= self._wait

    def painted(self, work: int, start: float, end: float) -> None:
        """Note what painting the tail cost, in units and by the clock."""
        self._credit = max(-_AT_START, self._credit - work)
        self._expected = work
        self._wait = max(_SHARE * (end - start), work * _SECONDS_PER_UNIT)
        self._painted_at = end

    def expect_less(self) -> None:
        """Note that part of the tail settled: how much is left is not known."""
        self._expected = 0
