"""A tail that costs much is painted less often, and never waits long."""

from __future__ import annotations

from groq_magic.rendering.pace import Pace


def test_a_cheap_tail_is_painted_at_each_frame() -> None:
    pace = Pace()
    for frame in range(1_000):
        assert pace.is_due(50, 0.0), frame
        pace.painted(1_500, 0.0, 0.0001)


def test_what_painting_costs_is_bounded_by_what_comes() -> None:
    pace = Pace()
    spent = 0
    for size in range(50, 20_000, 50):
        if pace.is_due(50, 0.0):
            pace.painted(size * 35, 0.0, size * 35e-7)
            spent += size * 35
    assert 0 < spent <= 60 * 20_000


def test_a_costly_tail_is_painted_once_time_has_passed() -> None:
    pace = Pace()
    assert pace.is_due(1, 0.0)
    pace.painted(1_000_000, 0.0, 0.1)
    assert not pace.is_due(1, 0.2)
    assert pace.is_due(1, 2.2)


def test_a_tail_that_settled_is_no_reason_to_wait() -> None:
    pace = Pace()
    pace.painted(90_000, 0.0, 0.1)
    pace.painted(20_000, 0.1, 0.2)
    assert not pace.is_due(1, 0.2)
    pace.expect_less()
    assert pace.is_due(300, 0.2)
