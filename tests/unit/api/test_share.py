"""A share of the limits: what a run may use, and what others find beside it."""

from __future__ import annotations

import pytest

from groq_magic.api.limiter import Limiter
from groq_magic.api.limits import Limit, Limits
from groq_magic.api.share import Share
from groq_magic.ledger.usage import Usage

MODEL = "openai/gpt-oss-20b"
NOW = 1_800_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def limits(left: int, limit: int = 8_000, kind: str = "TPM", now: float = NOW) -> Limits:
    return Limits((Limit(kind, limit, left, None, now),))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> Limiter:
    made = Limiter(clock)
    made.note(MODEL, limits(8_000))
    return made


def sent(limiter: Limiter, share: Share | None, tokens: int = 1_000) -> int:
    """Send until the limiter holds one back; return how many."""
    count = 0
    while True:
        part = limiter.reserve(MODEL, tokens, share=share)
        if part.take() is not None:
            part.give_back()
            return count
        part.end(Usage(tokens, 0, tokens))
        count += 1


@pytest.mark.parametrize(("fraction", "count"), [(0.75, 6), (0.5, 4), (1.0, 8), (3.0, 8)])
def test_a_run_uses_its_part_and_leaves_the_rest(
    limiter: Limiter, fraction: float, count: int
) -> None:
    assert sent(limiter, Share(fraction)) == count
    assert sent(limiter, None) == 8 - count


def test_it_is_a_part_of_what_is_left(limiter: Limiter) -> None:
    limiter.note(MODEL, limits(4_000))
    assert sent(limiter, Share(0.5)) == 2


def test_of_what_refills_too(limiter: Limiter, clock: Clock) -> None:
    share = Share(0.5)
    assert sent(limiter, share) == 4
    count = 0
    for _ in range(600):
        clock.now += 1
        count += sent(limiter, share)
    # 8,000 a minute, for ten minutes.
    assert count == pytest.approx(40, abs=1)


def test_answers_shorter_than_they_might_be_are_given_back(limiter: Limiter) -> None:
    share = Share(0.5)
    for _ in range(15):
        part = limiter.reserve(MODEL, 50, answer=2_000, share=share)
        assert part.take() is None
        part.end(Usage(50, 50, 100))
    assert sent(limiter, share, 50) == (4_000 - 15 * 100) / 50


def test_a_refused_request_takes_nothing(limiter: Limiter) -> None:
    share = Share(0.5)
    for _ in range(40):
        part = limiter.reserve(MODEL, 3_000, share=share)
        assert part.take() is None
        part.give_back()
    assert sent(limiter, share) == 4


def test_a_request_larger_than_the_share_takes_all_of_it(limiter: Limiter, clock: Clock) -> None:
    share = Share(0.25)
    assert sent(limiter, share, 3_000) == 1
    part = limiter.reserve(MODEL, 3_000, share=share)
    delay = part.take()
    assert delay is not None
    assert delay.reason == "Rate limit: this run may use 2,000 tokens a minute (--share)."
    # It owes 1,000 and needs 2,000: at 2,000 a minute.
    assert delay.seconds == pytest.approx(90)
    clock.now += 91
    assert part.take() is None


def test_limits_that_change_change_the_share(limiter: Limiter, clock: Clock) -> None:
    share = Share(0.5)
    assert sent(limiter, share) == 4
    limiter.note(MODEL, limits(16_000, 16_000))
    assert sent(limiter, share) == 4
    limiter.note(MODEL, limits(1_000, 1_000, now=clock.now))
    assert sent(limiter, share, 100) == 0
    clock.now += 3_600
    assert sent(limiter, share, 100) == 5


def test_who_has_no_share_does_not_wait_for_rows_of_a_run(limiter: Limiter) -> None:
    share = Share(0.5)
    assert sent(limiter, share) == 4
    waiting = [limiter.reserve(MODEL, 1_000, share=share) for _ in range(10)]
    assert all(each.take() is not None for each in waiting)
    assert sent(limiter, None) == 4
    # Rows wait for those that came before them, whether they have a share or not.
    ask = limiter.reserve(MODEL, 3_000)
    row = limiter.reserve(MODEL, 100, share=Share(0.5))
    assert ask.take().seconds == pytest.approx(3_000 / 8_000 * 60)
    assert row.take().seconds > ask.take().seconds


def test_limits_apart_from_those_of_other_models(limiter: Limiter) -> None:
    limiter.note("other", limits(8_000))
    share = Share(0.5)
    assert sent(limiter, share) == 4
    part = limiter.reserve("other", 4_000, share=share)
    assert part.take() is None
