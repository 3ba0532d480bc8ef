"""What is left of the limits: counted on after an answer, and warned of in time."""

from __future__ import annotations

import time

import pytest

from groq_magic.api.limits import Limit, Limits
from groq_magic.session.quota import QuotaWatch, meter_of, quota_facts
from groq_magic.views.session_facts import QuotaFacts, Refill

NOW = 1_000_000.0
MODEL = "openai/gpt-oss-120b"


def limit(kind: str, whole: int, left: int) -> Limit:
    return Limit(kind, whole, left, None, NOW)


def test_it_refills_by_the_clock() -> None:
    minute = limit("TPM", 6_000, 3_000)
    assert [minute.left(NOW + after) for after in (0, 10, 30, 99)] == [3_000, 4_000, 6_000, 6_000]
    assert meter_of(minute, NOW + 10).label == "2,000 of 6,000 tokens used · back to 0 in 20 s"
    assert meter_of(minute, NOW + 60).label == "0 of 6,000 tokens used"


def test_a_page_receives_what_is_left_now_and_how_fast_it_refills() -> None:
    both = Limits((limit("TPM", 6_000, 3_000), limit("RPD", 1_000, 900)))
    facts = quota_facts(MODEL, both, NOW + 10)
    assert facts.model == MODEL
    assert facts.minute == Refill(6_000, 4_000, 60.0, 20.0, "tokens")
    assert (facts.day.left, facts.day.window, facts.day.unit) == (900, 86_400.0, "requests")
    assert quota_facts(MODEL, Limits()) == QuotaFacts(MODEL, None, None)


def test_a_long_wait_is_reported_with_the_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        day = limit("RPD", 1_000, 900)
        label = meter_of(day, NOW).label
        tomorrow = meter_of(limit("RPD", 1_000, 10), NOW).label
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    # 1970-01-12 22:46:40 in Tokyo
    assert label == "100 of 1,000 requests used · back to 0 in 2 h 24 min, at Tue 01:10"
    assert tomorrow.endswith("at Tue 22:32")


@pytest.mark.parametrize("kind", ["RPD", "TPD"])
def test_warns_at_80_and_at_95_percent_once_each(kind: str) -> None:
    watch = QuotaWatch()

    def said(used: int) -> tuple[str, ...]:
        return watch.lines(MODEL, Limits((limit(kind, 1_000, 1_000 - used),)), NOW)

    assert said(799) == ()
    (line,) = said(800)
    assert "800 of 1,000" in line
    assert "80 %" in line
    assert "\n" not in line
    assert said(900) == said(801) == ()
    (line,) = said(950)
    assert "95 %" in line
    assert said(999) == said(850) == ()


def test_a_jump_beyond_95_percent_is_one_warning() -> None:
    watch = QuotaWatch()
    day = Limits((limit("RPD", 1_000, 10),))
    assert len(watch.lines(MODEL, day, NOW)) == 1
    assert watch.lines(MODEL, day, NOW) == ()


def test_each_model_and_each_limit_is_warned_of() -> None:
    watch = QuotaWatch()
    both = Limits((limit("RPD", 1_000, 10), limit("TPD", 200_000, 10)))
    assert len(watch.lines(MODEL, both, NOW)) == 2
    assert len(watch.lines("other", both, NOW)) == 2


def test_limits_of_the_minute_are_no_matter_of_warnings() -> None:
    assert QuotaWatch().lines(MODEL, Limits((limit("TPM", 6_000, 0),)), NOW) == ()


def test_a_mark_warns_again_once_the_limit_has_come_back() -> None:
    watch = QuotaWatch()
    used = [85, 84, 70, 86, 10, 85, 96, 20, 96]
    reported = [
        bool(watch.lines(MODEL, Limits((limit("RPD", 100, 100 - each),)), NOW)) for each in used
    ]
    assert reported == [True, False, False, False, False, True, True, False, True]
