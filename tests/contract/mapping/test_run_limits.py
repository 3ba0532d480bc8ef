"""Runs against limits that refill continuously; a minute of them takes a second or two here."""

from __future__ import annotations

import threading
import time
from typing import Any

import groq  # noqa: F401 - its import is not timed
import pytest

from groq_magic.api import limits
from tests.contract.mapping.conftest import row

WINDOW = 2.0


@pytest.fixture(autouse=True)
def _scaled_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("RPM", "TPM", "OTPM"):
        monkeypatch.setitem(limits._WINDOWS, kind, WINDOW)
    monkeypatch.setattr("groq_magic.api.send._SHORTEST_WAIT", 0.02)


@pytest.mark.slow
def test_a_run_takes_little_longer_than_the_limits_allow(rows_server: Any, run_of: Any) -> None:
    server = rows_server(delay=0.02, window=WINDOW, requests=30, tokens=8_000)
    requests = [row(number, max_completion_tokens=200) for number in range(60)]
    run = run_of(server, requests, share=1.0)
    began = time.monotonic()
    waits = set()
    while not run.is_over:
        run.take(0.05)
        waits.add(run.progress().waiting_for)
    took = time.monotonic() - began

    least = (60 - 30) / 30 * WINDOW
    # tests/benchmarks/mapping.py measures it on a quiet machine: below 1.1.
    assert took / least < 1.5
    assert "Rate limit: 30 requests a minute are used up." in waits
    # No header states the requests a minute: the first refusals do, those running at once.
    refused = server.counts()["refused"]
    assert len(refused) <= 10
    assert max(refused) - min(refused) < WINDOW / 2
    assert run.progress().done == 60


@pytest.mark.slow
def test_a_run_leaves_its_share_to_others(rows_server: Any, run_of: Any) -> None:
    server = rows_server(delay=0, window=WINDOW, tokens=4_000)
    # Each takes 15 tokens in the end, and 201 at its admission.
    requests = [row(number, max_completion_tokens=200) for number in range(250)]
    run = run_of(server, requests, share=0.5)
    began = time.monotonic()
    waits = set()
    while not run.is_over:
        run.take(0.05)
        waits.add(run.progress().waiting_for)
    took = time.monotonic() - began

    # 3,750 tokens, of which 2,000 may be used at once, and then 2,000 in each window.
    assert took > (3_750 - 2_400) / 2_000 * WINDOW
    assert "Rate limit: this run may use 2,000 tokens a minute (--share)." in waits
    assert server.counts()["refused"] == []


def test_limits_may_change_during_a_run(rows_server: Any, run_of: Any) -> None:
    server = rows_server(delay=0.01, window=WINDOW, tokens=20_000)
    requests = [row(number, max_completion_tokens=200) for number in range(300)]
    run = run_of(server, requests, share=1.0)
    while run.progress().done < 50:
        run.take(0.05)
    server.limit(0, 2_000)
    while run.progress().done < 120:
        run.take(0.05)
    refused = len(server.counts()["refused"])
    # Those that were running, or sent by what was known before.
    assert refused <= 10
    server.limit(0, 100_000)
    assert len(list(run)) > 0
    assert len(server.counts()["refused"]) == refused
    assert (run.progress().done, run.progress().failed) == (300, 0)


def test_an_ask_does_not_wait_for_a_running_map(rows_server: Any, run_of: Any) -> None:
    server = rows_server(delay=0, window=WINDOW, tokens=1_000)
    requests = [row(number, max_completion_tokens=200) for number in range(1_000)]
    run = run_of(server, requests, share=0.5)
    while not run.progress().waiting_for:
        run.take(0.05)
    limiter = run._account().limiter
    part = limiter.reserve("openai/gpt-oss-20b", 20, answer=100)
    free = threading.Event()
    until = time.monotonic() + 5
    while part.take() is not None:
        assert time.monotonic() < until
        free.wait(0.01)
        run.take(0)
    part.give_back()
    run.stop()
