"""What is left of the limits: counted before a request is sent, corrected when its reply is."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groq_magic.api.limiter import Limiter, Reservation
from groq_magic.api.limits import Limit, Limits, limits_in
from groq_magic.ledger.usage import Usage
from groq_magic.practice.quota import Limits as QuotaLimits
from groq_magic.practice.quota import Quota
from groq_magic.practice.refusals import Refusal

MODEL = "openai/gpt-oss-120b"
NOW = 1_000_000.0


@dataclass
class Clock:
    now: float = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> Limiter:
    return Limiter(clock)


def limit(kind: str, whole: int, left: float, reset: float | None = None) -> Limit:
    return Limit(kind, whole, left, reset, NOW)


def usage(prompt: int, completion: int) -> Usage:
    return Usage(prompt, completion, prompt + completion)


def sent(limiter: Limiter, tokens: int, **more: Any) -> Reservation:
    part = limiter.reserve(MODEL, tokens, **more)
    assert part.take() is None
    return part


def left(limiter: Limiter, kind: str = "TPM") -> int:
    known = limiter.limits_of(MODEL).get(kind)
    assert known is not None
    return known.left(limiter.clock())


def test_unknown_limits_hold_nothing_back(limiter: Limiter) -> None:
    for _ in range(100):
        sent(limiter, 10**9)
    assert limiter.limits_of(MODEL) == Limits()
    assert limiter.known() == {}


def test_headers_count_the_prompt_and_the_answer_is_added(limiter: Limiter) -> None:
    part = sent(limiter, 120)
    part.note_reply(Limits((limit("TPM", 6_000, 5_900), limit("RPD", 1_000, 999))))
    part.end(usage(100, 60))
    assert (left(limiter), left(limiter, "RPD")) == (5_840, 999)
    known = limiter.limits_of(MODEL).get("TPM")
    assert known.full_in(NOW) == pytest.approx(1.6)


def test_what_was_taken_beyond_the_limit_comes_back_first(limiter: Limiter, clock: Clock) -> None:
    over = Limit("TPM", 6_000, 0, 66.0, NOW)
    assert [over.left(NOW + passed) for passed in (0, 4, 6)] == [0, 0, 0]
    assert over.left(NOW + 7) == pytest.approx(100, abs=1)
    assert over.left(NOW + 66) == 6_000
    part = sent(limiter, 10)
    part.note_reply(Limits((limit("TPM", 6_000, 100),)))
    part.end(usage(100, 160))
    seen = []
    for clock.now in (NOW, NOW + 0.5, NOW + 1.6):
        seen.append(left(limiter))
    assert seen == [0, 0, 100]


def test_what_the_answer_might_have_had_and_had_not_comes_back(limiter: Limiter) -> None:
    part = sent(limiter, 100, answer=1_000)
    part.note_reply(Limits((limit("TPM", 6_000, 4_900),)))
    part.end(usage(100, 60))
    assert left(limiter) == 5_840


def test_limits_that_only_a_429_gives_are_counted_on(limiter: Limiter, clock: Clock) -> None:
    limiter.note(MODEL, Limits((limit("TPD", 200_000, 1_000), limit("RPM", 30, 10))))
    part = sent(limiter, 150)
    part.note_reply(Limits((limit("TPM", 6_000, 5_900),)))
    clock.now += 1
    part.end(usage(100, 60))
    assert left(limiter, "TPD") == 1_000 + 2 - 160
    assert left(limiter, "RPM") == 9


def test_a_limit_never_falls_below_nothing_nor_rises_above_itself(limiter: Limiter) -> None:
    part = sent(limiter, 10)
    part.note_reply(Limits((limit("TPM", 6_000, 10),)))
    part.end(usage(10, 60))
    assert left(limiter) == 0
    # Larger than the limit: the service's to refuse.
    part = sent(limiter, 0, answer=9_999)
    part.note_reply(Limits((limit("TPM", 6_000, 6_000),)))
    part.end(usage(0, 1))
    assert left(limiter) == 6_000


def test_an_answer_without_usage_changes_nothing(limiter: Limiter) -> None:
    part = sent(limiter, 100)
    part.note_reply(Limits((limit("TPM", 6_000, 5_900),)))
    known = limiter.limits_of(MODEL)
    part.end(None)
    assert limiter.limits_of(MODEL) == known


def test_a_request_that_fits_goes_out_and_the_next_waits_for_the_rest(
    limiter: Limiter, clock: Clock
) -> None:
    limiter.note(MODEL, Limits((limit("TPM", 6_000, 1_000),)))
    sent(limiter, 1_000)
    second, third = limiter.reserve(MODEL, 500), limiter.reserve(MODEL, 500)
    assert second.take().seconds == pytest.approx(5)
    assert third.take().seconds == pytest.approx(10)
    assert second.take().reason == "Rate limit: 6,000 tokens a minute are used up."
    clock.now += 5
    assert third.take() is not None
    assert second.take() is None
    clock.now += 5
    assert third.take() is None


def test_requests_a_minute_space_requests(limiter: Limiter, clock: Clock) -> None:
    limiter.note(MODEL, Limits((limit("RPM", 30, 0),)))
    parts = [limiter.reserve(MODEL, 10) for _ in range(3)]
    assert [part.take().seconds for part in parts] == pytest.approx([2, 4, 6])
    clock.now += 2
    assert [part.take() is None for part in parts] == [True, False, False]


def test_each_model_has_its_own(limiter: Limiter) -> None:
    limiter.note("other", Limits((limit("TPM", 6_000, 0),)))
    sent(limiter, 5_000)
    assert limiter.reserve("other", 10).take() is not None


def test_what_was_refused_or_never_sent_comes_back(limiter: Limiter) -> None:
    limiter.note(MODEL, Limits((limit("TPM", 6_000, 1_000),)))
    sent(limiter, 900).give_back()
    assert left(limiter) == 1_000
    sent(limiter, 900).give_back(Limits((limit("TPM", 6_000, 300),)))
    assert left(limiter) == 300


def test_one_that_gave_up_waiting_holds_nobody(limiter: Limiter) -> None:
    limiter.note(MODEL, Limits((limit("TPM", 6_000, 500),)))
    large, small = limiter.reserve(MODEL, 5_000), limiter.reserve(MODEL, 400)
    assert small.take() is not None
    large.give_back()
    assert small.take() is None
    assert left(limiter) == 100


def test_one_that_ends_before_it_was_sent_takes_nothing(limiter: Limiter) -> None:
    limiter.note(MODEL, Limits((limit("TPM", 6_000, 500),)))
    limiter.reserve(MODEL, 5_000).end(None)
    assert left(limiter) == 500


def test_one_that_ended_unanswered_counts(limiter: Limiter) -> None:
    limiter.note(MODEL, Limits((limit("TPM", 6_000, 500),)))
    sent(limiter, 300).end(None)
    assert left(limiter) == 200


def test_what_somebody_watches_waits_only_where_the_service_would_refuse(limiter: Limiter) -> None:
    limiter.note(MODEL, Limits((limit("TPM", 6_000, 100),)))
    assert limiter.reserve(MODEL, 5_000).take() is not None
    # The prompt is only estimated, and another's wait is not its own.
    watched = limiter.reserve(MODEL, 5_000, urgent=True)
    assert watched.take() is None
    watched.give_back()
    assert limiter.reserve(MODEL, 10, answer=200, urgent=True).take() is not None
    limiter.note(MODEL, Limits((limit("TPM", 6_000, 0),)))
    assert limiter.reserve(MODEL, 1, urgent=True).take() is not None


def test_headers_that_may_be_older_than_a_request_do_not_hide_it(limiter: Limiter) -> None:
    limiter.note(MODEL, Limits((limit("TPM", 6_000, 6_000),)))
    first, _second = sent(limiter, 100), sent(limiter, 2_000)
    first.note_reply(Limits((limit("TPM", 6_000, 5_900),)))
    assert left(limiter) == 3_900


def test_headers_that_may_be_older_than_an_ending_do_not_hide_it(limiter: Limiter) -> None:
    limiter.note(MODEL, Limits((limit("TPM", 6_000, 6_000),)))
    first, second = sent(limiter, 10), sent(limiter, 100)
    second.note_reply(Limits())
    second.end(usage(100, 50))
    first.note_reply(Limits((limit("TPM", 6_000, 5_000),)))
    assert left(limiter) == 4_850


def test_what_later_headers_may_have_given_back_does_not_come_back_twice(limiter: Limiter) -> None:
    first = sent(limiter, 250, answer=300)
    first.note_reply(Limits((limit("TPM", 600, 50),)))
    # The service has corrected the first already.
    sent(limiter, 40).note_reply(Limits((limit("TPM", 600, 310),)))
    first.end(usage(250, 0))
    assert left(limiter) == 310


def test_a_clock_that_is_set_back_holds_nothing(limiter: Limiter, clock: Clock) -> None:
    limiter.note(MODEL, Limits((limit("TPM", 6_000, 0),)))
    clock.now -= 3_600
    sent(limiter, 10)


@dataclass(eq=False)
class Request:
    """A request on its way: to the service, through it, and back."""

    part: Reservation
    prompt: int
    answer: int
    spent: int
    headers: Limits = field(default_factory=Limits)
    steps: int = 0


SIZES = st.lists(st.tuples(st.integers(1, 900), st.integers(1, 900)), max_size=20)


def admit(quota: Quota, request: Request) -> Limits:
    """Send a request to the service; return what its headers report."""
    quota.admit(request.prompt + request.answer, MODEL, "on_demand")
    return limits_in(quota.headers(), NOW)


def step(limiter: Limiter, quota: Quota, clock: Clock, request: Request) -> bool:
    """Do what comes next to a request; return whether it is over."""
    stage = request.steps
    if stage == 0 and request.part.take() is not None:
        return False
    if stage == 1:
        # It takes a moment to arrive: sums of floats differ by less than what refills in it.
        clock.now += 1e-6
        request.headers = admit(quota, request)
    elif stage == 2:
        seen = limiter.clock()
        known = tuple(
            Limit(each.kind, each.limit, each.remaining, each.reset, seen)
            for each in request.headers.known
        )
        request.part.note_reply(Limits(known))
    elif stage == 3:
        quota.correct(request.prompt + request.answer, request.prompt + request.spent)
    elif stage == 4:
        request.part.end(usage(request.prompt, request.spent))
    request.steps += 1
    return request.steps == 5


@settings(max_examples=200)
@given(st.integers(0, 2**32), st.sampled_from([600, 1_000, 3_000]), st.sampled_from([0, 9]))
def test_in_any_order_the_service_never_refuses_what_was_let_out(
    seed: int, tokens: int, requests_a_minute: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - an order of events, no secret
    clock = Clock(NOW)
    limits = QuotaLimits(
        tokens_per_minute=tokens, requests_per_minute=requests_a_minute, requests_per_day=50_000
    )
    quota, limiter = Quota(limits, clock), Limiter(clock)
    # As after a first reply, and a first 429.
    limiter.note(MODEL, limits_in(quota.headers(), NOW))
    if requests_a_minute:
        limiter.note(MODEL, Limits((limit("RPM", 9, 9),)))
    running: list[Request] = []
    for _ in range(150):
        if len(running) < 6 and chance.random() < 0.3:
            prompt, answer = chance.choice([10, 100, 250]), chance.choice([0, 0, 20, 300])
            spent = chance.choice([0, answer])
            part = limiter.reserve(MODEL, prompt, answer=answer)
            running.append(Request(part, prompt, answer, spent))
        elif running:
            request = chance.choice(running)
            if step(limiter, quota, clock, request):
                running.remove(request)
        clock.now += chance.choice([0.0] * 8 + [0.2, 2.0])
        known = limiter.limits_of(MODEL).known
        assert all(0 <= each.left(clock.now) <= each.limit for each in known)
    # Nobody waits for ever, whatever the others did.
    while running and clock.now < NOW + 100_000:
        clock.now += 1
        running = [request for request in running if not step(limiter, quota, clock, request)]
    assert running == []


@given(SIZES)
def test_answers_longer_than_was_counted_slow_down_and_block_nobody(
    sizes: list[tuple[int, int]],
) -> None:
    clock = Clock(NOW)
    quota = Quota(QuotaLimits(tokens_per_minute=1_000), clock)
    limiter = Limiter(clock)
    limiter.note(MODEL, limits_in(quota.headers(), NOW))
    for prompt, completion in sizes:
        part = limiter.reserve(MODEL, prompt)
        for _ in range(200):
            if part.take() is None:
                break
            clock.now += 1
        else:
            pytest.fail("it waited for more than the limit takes to refill")
        try:
            quota.admit(prompt, MODEL, "on_demand")
        except Refusal:
            pytest.fail("the service refused it")
        part.note_reply(limits_in(quota.headers(), clock.now))
        quota.correct(prompt, prompt + completion)
        part.end(usage(prompt, completion))


def test_many_threads_let_no_more_out_than_there_is() -> None:
    limiter = Limiter()
    limiter.note(
        MODEL,
        limits_in({"x-ratelimit-limit-tokens": "60000", "x-ratelimit-remaining-tokens": "60000"}),
    )
    out: list[int] = []
    start = threading.Barrier(12)

    def take() -> None:
        start.wait(10)
        for _ in range(50):
            part = limiter.reserve(MODEL, 150)
            if part.take() is None:
                out.append(150)
                part.note_reply(Limits())
                part.end(usage(100, 50))
            else:
                part.give_back()

    threads = [threading.Thread(target=take) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    known = limiter.limits_of(MODEL).get("TPM")
    # What it had, and what came back in a second or two.
    assert 60_000 <= sum(out) + known.left() + 150 <= 70_000
