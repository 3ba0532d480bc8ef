"""Waits before a try: how long, how often, and that they are seen."""

from __future__ import annotations

import time
from typing import Any

import pytest

from groq_magic.api.durations import requested_wait
from groq_magic.api.limits import Limit, Limits
from groq_magic.api.send import backoff
from groq_magic.errors import (
    ConnectionLostError,
    InterruptedAskError,
    RateLimitError,
    ServiceError,
)


class Clock:
    """Stands for `time` where waits pass at once, and counts how long they would have taken."""

    def __init__(self) -> None:
        self.passed = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.passed

    def time(self) -> float:
        return time.time() + self.passed


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock by which waits pass at once."""
    made = Clock()

    def at_once(_waits: Any, seconds: float, *_more: Any) -> bool:
        made.passed += seconds
        return True

    monkeypatch.setattr("groq_magic.api.send.time", made)
    monkeypatch.setattr("groq_magic.api.send._Waits.pause", at_once)
    return made


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits that were begun; none takes any time."""
    begun: list[float] = []

    def at_once(_waits: Any, seconds: float, *_more: Any) -> bool:
        begun.append(seconds)
        return True

    monkeypatch.setattr("groq_magic.api.send._Waits.pause", at_once)
    return begun


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        ("429:retry-after=2", 2.0),
        ("429:retry-after=2.5", 2.5),
        ("429:retry-after-ms=1500", 1.5),
        ("429:retry-after=547ms", 0.547),
        ("429:retry-after=1m2s", None),
        ("503:retry-after=7", 7.0),
        ("498:retry-after=3", 3.0),
        ("408:retry-after=3", 3.0),
    ],
)
def test_the_service_says_how_long(
    notebook: Any, practice: Any, waited: list[float], fault: Any, wait: Any
) -> None:
    practice.faults(fault, "ok")
    asked = notebook.ask()
    assert waited == ([wait] if wait is not None else [])
    assert (asked.error is None) == (wait is not None)


@pytest.mark.parametrize(
    "fault", ["429:retry-after=0", "503:retry-after=0", "429:retry-after-ms=0"]
)
def test_a_service_that_asks_for_no_pause_is_not_hammered(
    notebook_factory: Any, practice: Any, waited: list[float], fault: Any
) -> None:
    practice.faults(f"{fault}:times=3")
    assert notebook_factory(practice.url).ask().error is None
    assert [low < wait <= high for wait, (low, high) in zip(waited, BACKOFF, strict=True)] == [
        True
    ] * 3


@pytest.mark.parametrize("fault", ["429:retry-after=0.001", "503:retry-after-ms=1"])
def test_a_service_that_asks_for_hardly_any_pause_is_not_hammered(
    notebook: Any, practice: Any, waited: list[float], fault: Any
) -> None:
    practice.faults(f"{fault}:times=3")
    assert notebook.ask().error is None
    assert len(waited) == 3
    assert min(waited) >= 0.2


def test_a_date_is_a_wait_until_then(notebook: Any, practice: Any, waited: list[float]) -> None:
    practice.faults("429:date=30", "ok")
    assert notebook.ask().error is None
    assert len(waited) == 1
    assert 20 < waited[0] <= 31


def test_without_a_header_the_text_says_how_long(
    notebook: Any, practice: Any, waited: list[float]
) -> None:
    practice.faults("429:retry-after=none", "ok")
    assert notebook.ask().error is None
    assert waited == [2.0]


def test_without_any_word_the_waits_grow(
    notebook_factory: Any, practice: Any, waited: list[float]
) -> None:
    practice.faults("503:times=3", "ok")
    assert notebook_factory(practice.url).ask().error is None
    assert [low < wait <= high for wait, (low, high) in zip(waited, BACKOFF, strict=True)] == [
        True
    ] * 3


BACKOFF = ((0.7, 1.0), (1.4, 2.0), (2.9, 4.0))


def test_backoff_is_spread_and_bounded() -> None:
    waits = [backoff(9) for _ in range(50)]
    assert len(set(waits)) > 1
    assert all(10 < wait <= 20 for wait in waits)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": " 4 "}, 4.0),
        ({"retry-after": "2m59.56s"}, 179.56),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "9"}, 9.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 99 Oct 2015 07:28:00 GMT"}, None),
        ({}, None),
    ],
)
def test_any_form_of_retry_after_is_read(headers: Any, seconds: Any) -> None:
    assert requested_wait(headers) == pytest.approx(seconds)


@pytest.mark.parametrize("retry_after", ["61", "600", "86400"])
def test_a_longer_wait_than_allowed_ends_at_once_with_the_time(
    notebook: Any, practice: Any, waited: list[float], retry_after: Any
) -> None:
    practice.faults(f"429:retry-after={retry_after}:kind=rpd")
    now = time.time()
    asked = notebook.ask()
    assert waited == []
    assert len(practice.requests()) == 1
    assert isinstance(asked.error, RateLimitError)
    assert "1,000 requests a day" in str(asked.error)
    clocks = {time.strftime("%H:%M", time.localtime(now + float(retry_after) + d)) for d in (0, 9)}
    assert any(f"{clock}." in str(asked.error) for clock in clocks), asked.error


def test_an_overloaded_service_may_name_a_time_too(notebook: Any, practice: Any) -> None:
    practice.faults("503:retry-after=120")
    asked = notebook.ask()
    assert isinstance(asked.error, ServiceError)
    assert "2 min" in str(asked.error)


def test_the_waits_of_one_ask_are_bounded_in_all(
    notebook: Any, practice: Any, clock: Clock
) -> None:
    practice.faults("429:retry-after=25:times=9")
    asked = notebook.ask()
    assert isinstance(asked.error, RateLimitError)
    # The third would end after 75 s.
    assert len(practice.requests()) == 3
    assert 49 < clock.passed < 55


def test_the_settings_say_how_often_and_how_long(
    notebook_factory: Any, practice: Any, waited: list[float]
) -> None:
    practice.faults("503:retry-after=1:times=9")
    notebook_factory(practice.url, tries=2).ask()
    assert (len(practice.requests()), waited) == (2, [1.0])
    practice.forget_requests()
    notebook_factory(practice.url, max_wait=0.5).ask()
    assert len(practice.requests()) == 1


@pytest.mark.slow
def test_a_countdown_says_why_how_long_and_which_try(notebook: Any, practice: Any) -> None:
    practice.faults("429:retry-after=2.4", "503:retry-after=1", "ok")
    asked = notebook.ask()
    assert asked.error is None
    lines = list(dict.fromkeys(asked.view.waits))
    first = "Rate limit: 6,000 tokens a minute are used up. Trying again in"
    second = "The model is over capacity (503). Trying again in"
    expected = [
        f"{first} 2 s (try 2 of 4). ■ stops.",
        f"{first} 1 s (try 2 of 4). ■ stops.",
        f"{second} 1 s (try 3 of 4). ■ stops.",
    ]
    # A busy machine may draw no frame within a second.
    assert lines == [line for line in expected if line in lines]
    assert {line.partition(" Trying")[0] for line in lines} == {
        line.partition(" Trying")[0] for line in expected
    }


@pytest.mark.slow
def test_a_limit_that_is_known_to_be_used_up_is_waited_for_and_stop_ends_it(
    notebook: Any, practice: Any
) -> None:
    assert notebook.ask().error is None
    service = notebook.session.service

    def use_up(requests_a_minute: int) -> None:
        known = Limit("RPM", requests_a_minute, 0, None, time.time())
        service.limiter.note(service.last_model, Limits((known,)))

    use_up(20)
    asked = notebook.ask()
    assert asked.error is None
    assert asked.view.waits
    for line in asked.view.waits:
        assert line.startswith("Rate limit: 20 requests a minute are used up. Trying in ")
        assert line.endswith(" s (try 1 of 4). ■ stops.")
    use_up(2)
    stopped = notebook.ask(stop_when=lambda view: bool(view.waits))
    assert isinstance(stopped.error, InterruptedAskError)
    assert len(practice.requests()) == 2


@pytest.mark.parametrize("kind", ["tpm", "rpm", "tpd", "rpd", "otpm"])
def test_each_limit_is_named(notebook: Any, practice: Any, kind: Any) -> None:
    words = {
        "tpm": "6,000 tokens a minute",
        "rpm": "30 requests a minute",
        "tpd": "200,000 tokens a day",
        "rpd": "1,000 requests a day",
        "otpm": "3,000 output tokens a minute",
    }
    practice.faults(f"429:retry-after=3600:kind={kind}")
    asked = notebook.ask()
    assert words[kind] in str(asked.error)
    limit = notebook.session.service.limits.get(kind.upper())
    assert limit is not None


def test_a_service_that_is_not_there_is_tried_again(
    notebook_factory: Any, waited: list[float]
) -> None:
    asked = notebook_factory("http://127.0.0.1:9", tries=2).ask()
    assert isinstance(asked.error, ConnectionLostError)
    assert "Connection refused" in str(asked.error)
    assert len(waited) == 1


def test_nothing_is_tried_again_once_reasoning_came(
    notebook: Any, practice: Any, waited: list[float]
) -> None:
    practice.script([{"reasoning": "Let me think about it", "reply": "Yes."}])
    practice.faults("cut:bytes=900", "ok")
    asked = notebook.ask()
    assert asked.reply.reasoning
    assert asked.reply.text == ""
    assert isinstance(asked.error, ConnectionLostError)
    assert waited == []
