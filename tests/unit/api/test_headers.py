"""Headers and texts about limits and waits, whatever they say."""

from __future__ import annotations

import math
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.api.durations import requested_wait, seconds_of, wait_words
from groq_magic.api.fault import FaultContext
from groq_magic.api.limits import Limits, hit_in, limits_in
from groq_magic.api.sdk_faults import fault_of_body
from groq_magic.durations import in_words
from groq_magic.session.quota import meter_of, quota_facts

ASKED = FaultContext("m", str, 10.0, "http://127.0.0.1", "gsk_made_up")
NUMBERS = st.one_of(
    st.integers().map(str),
    st.floats().map(str),
    st.integers(1, 400).map(lambda digits: "9" * digits),
    st.sampled_from(["nan", "inf", "-inf", "-1", "0", "1e308", "1e309", "1_000", "\u0664", "soon"]),
    st.text(max_size=5),
)
UNITS = st.sampled_from(["", "s", "ms", "m", "h", "us", "m9s"])
DURATIONS = st.builds("{}{}".format, NUMBERS, UNITS)
DATES = st.sampled_from(
    ["Wed, 21 Oct 9999 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:00 GMT", "Mon, 01 Jan 0001 00:00:00"]
)
STATUSES = st.sampled_from([400, 413, 429, 498, 500, 503])
KINDS = st.sampled_from(["TPM", "RPD", "ITPM", "XYZ"])


def all_of(limits: Limits) -> None:
    """Ask of each limit what bars, panel and warnings ask."""
    for limit in limits.known:
        assert limit.limit > 0
        for now in (limit.seen, limit.seen + 1, limit.seen + 1e9):
            assert 0 <= limit.left(now) <= limit.limit
            assert 0 <= limit.full_in(now) < math.inf
        assert meter_of(limit, limit.seen).label
    quota_facts("m", limits)


@given(st.lists(NUMBERS, min_size=4, max_size=4), st.lists(DURATIONS, min_size=2, max_size=2))
def test_limits_are_sound_or_left_out(numbers: list[str], resets: list[str]) -> None:
    headers = {}
    for kind, (limit, left), reset in zip(
        ("requests", "tokens"), (numbers[:2], numbers[2:]), resets, strict=True
    ):
        headers[f"x-ratelimit-limit-{kind}"] = limit
        headers[f"x-ratelimit-remaining-{kind}"] = left
        headers[f"x-ratelimit-reset-{kind}"] = reset
    all_of(limits_in(headers))


@pytest.mark.parametrize("none", ["0", "-1", "nan", "1e300", "9" * 400])
def test_no_limit_is_not_a_limit_of_nothing(none: str) -> None:
    headers = {"x-ratelimit-limit-tokens": none, "x-ratelimit-remaining-tokens": "5"}
    assert limits_in(headers) == Limits()


def test_what_was_used_beyond_a_limit_leaves_nothing() -> None:
    headers = {"x-ratelimit-limit-tokens": "6000", "x-ratelimit-remaining-tokens": "-500"}
    (limit,) = limits_in(headers).known
    assert limit.left(limit.seen) == 0


@given(st.one_of(DURATIONS, DATES), st.one_of(DURATIONS, st.none()))
def test_a_wait_is_a_sound_number_or_unknown(header: str, milliseconds: str | None) -> None:
    headers = {"retry-after": header} | ({"retry-after-ms": milliseconds} if milliseconds else {})
    wait = requested_wait(headers)
    # What is longer than a lock's longest wait would end the reader's thread.
    assert wait is None or 0 <= wait < threading.TIMEOUT_MAX
    if wait is not None:
        assert in_words(wait)
        assert wait_words(wait)


@given(st.tuples(KINDS, NUMBERS, NUMBERS, DURATIONS), STATUSES, DURATIONS)
def test_any_refusal_is_one_line(
    reported: tuple[str, str, str, str], status: int, header: str
) -> None:
    text = "on tokens ({}): Limit {}, Used {}, Requested 9. Please try again in {}.".format(
        *reported
    )
    body = {"error": {"message": text, "code": "rate_limit_exceeded"}}
    fault = fault_of_body(status, body, {"retry-after": header}, ASKED)
    assert "\n" not in str(fault.error)
    assert fault.wait is None or 0 <= fault.wait < math.inf
    hit = hit_in(text)
    if hit is not None:
        all_of(Limits((hit.as_limit(1_000_000.0),)))


@given(DURATIONS)
def test_a_duration_is_a_sound_number_or_unknown(text: str) -> None:
    seconds = seconds_of(text)
    assert seconds is None or 0 <= seconds < math.inf
