"""Runs: each row is asked once, each answer is written at once, and a run can be ended."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import ApiKeyError, ModelError, OptionError, ServiceError
from groq_magic.mapping.sending.budget import budget_of
from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest, Split
from tests.contract.mapping.conftest import row
from tests.rows_server import ANSWER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.mapping.sending.journal import Journal


def prompts(server: Any) -> Counter[str]:
    return Counter(server.counts()["answered"])


def test_each_row_is_asked_once_and_known_rows_need_no_key(rows_server: Any, run_of: Any) -> None:
    server = rows_server(delay=0.01)
    run = run_of(server, map(row, range(60)))

    answers = dict(run)

    assert answers.keys() == {f"key {number}" for number in range(60)}
    assert {(each.text, each.error) for each in answers.values()} == {(ANSWER, "")}
    assert prompts(server) == Counter(f"Row {number}" for number in range(60))
    progress = run.progress()
    assert (progress.done, progress.failed, progress.from_journal) == (60, 0, 0)
    assert (progress.is_over, run.reason, run.error) == (True, "", None)
    assert progress.usage.completion_tokens == 60 * 14
    assert progress.cost == pytest.approx((60 * 14 * 0.3 + progress.usage[_SENT] * 0.075) / 1e6)

    def no_key() -> Any:
        raise ApiKeyError("There is no key.")

    later = run_of(server, map(row, range(60)))
    later._account = no_key
    assert {key: each.text for key, each in later} == dict.fromkeys(answers, ANSWER)
    assert later.progress().from_journal == 60
    assert later.progress().usage.total_tokens == 0
    assert sum(prompts(server).values()) == 60

    more = run_of(server, map(row, range(61)))
    more._account = no_key
    assert len(dict(more)) == 60
    assert isinstance(more.error, ApiKeyError)


_SENT = "prompt_tokens"


def test_again_replaces_answers_in_the_journal(
    rows_server: Any, run_of: Any, journal: Journal
) -> None:
    server = rows_server(delay=0)
    journal.put("", "", {"key 1": RowAnswer("old", "stop", None, "m", "")})

    assert dict(run_of(server, [row(1)]))["key 1"].text == "old"
    assert dict(run_of(server, [row(1)], again=True))["key 1"].text == ANSWER
    assert journal.get("key 1").text == ANSWER


def test_concurrency_bounds_running_and_queued_requests(rows_server: Any, run_of: Any) -> None:
    server, made = rows_server(delay=0.2), []

    def requests() -> Iterator[RowRequest]:
        for number in range(100_000):
            made.append(number)
            yield row(number)

    run = run_of(server, requests(), concurrency=3)
    run.take(0)
    while not (came := run.take(0.5)):
        pass
    assert len(came) <= 3
    assert len(made) <= 3 * 8 + len(came)
    run.stop()
    assert run.reason == "Stopped."


def test_stop_in_another_thread_ends_a_run_and_keeps_the_answers(
    rows_server: Any, run_of: Any, journal: Journal
) -> None:
    server = rows_server(delay=0.1)
    run = run_of(server, map(row, range(1_000)), concurrency=5)
    began = []

    def stop() -> None:
        began.append(time.monotonic())
        run.stop()

    timer = threading.Timer(0.6, stop)
    timer.start()
    came = dict(run)
    took = time.monotonic() - began[0]
    timer.join()

    # All rows would take 20 seconds.
    assert took < 5
    assert came
    assert all(journal.get(key) == each for key, each in came.items())
    assert run.progress().done == len(came)
    assert (run.reason, run.error, run.is_over, run.take(0)) == ("Stopped.", None, True, [])


def test_stop_wakes_the_threads_that_wait_for_replies_and_for_limits(
    rows_server: Any, run_of: Any
) -> None:
    for options in ({"delay": 20}, {"delay": 0, "tokens": 100}):
        server = rows_server(**options)
        run = run_of(server, (row(number, max_completion_tokens=90) for number in range(99)))
        until = time.monotonic() + 10
        while len(run._exchanges) < 10 and time.monotonic() < until:
            run.take(0.05)
        run.take(0.1)
        began = time.monotonic()
        run.stop()
        # A reply takes 20 seconds, and the limits allow one in a minute.
        assert time.monotonic() - began < 5
        for thread in run._threads:
            thread.join(5)
            assert not thread.is_alive()


def test_an_interrupt_ends_a_run_within_a_moment_and_loses_no_answer(
    rows_server: Any, run_of: Any, journal: Journal
) -> None:
    server = rows_server(delay=0.05)
    run = run_of(server, map(row, range(1_000)), concurrency=5)
    # As ■ does; dozens of answers have come by then.
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.7)
    began = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            list(run)
    finally:
        signal.signal(signal.SIGALRM, previous)
    # All rows would take 10 seconds.
    assert time.monotonic() - began - 0.7 < 5
    kept = sum(journal.get(f"key {number}") is not None for number in range(1_000))
    # All but those that were running.
    assert kept >= sum(prompts(server).values()) - 5 > 0
    assert run.progress().done == kept


@pytest.mark.parametrize(
    ("fault", "error"),
    [("401", ApiKeyError), ("404", ModelError), ("decommissioned", ModelError)],
)
def test_a_wrong_key_or_model_ends_the_run_with_one_error(
    practice: Any, run_of: Any, fault: str, error: type[Exception]
) -> None:
    practice.faults(f"{fault}:times=1000")
    run = run_of(practice, map(row, range(500)))

    assert list(run) == []
    assert isinstance(run.error, error)
    assert run.reason == run.error.happened
    assert run.progress().done == run.progress().failed == 0
    # Those that were running, and perhaps some of an earlier test that arrived late.
    assert len(practice.requests()) <= 20


def test_a_run_may_end_while_it_queues_requests(
    practice: Any, run_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.faults("401:times=1000")
    run = run_of(practice, map(row, range(500)))
    send_in_thread = run._send_in_thread

    def late(request: RowRequest) -> None:
        if request.keys == ("key 10",):
            # The threads end first.
            for thread in run._threads:
                thread.join(10)
        send_in_thread(request)

    monkeypatch.setattr(run, "_send_in_thread", late)
    until = time.monotonic() + 10
    while not run.is_over:
        assert run.take(0.05) == []
        assert time.monotonic() < until
    assert isinstance(run.error, ApiKeyError)


def test_a_process_without_a_thread_left_ends_the_run(
    rows_server: Any, run_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    run = run_of(rows_server(), map(row, range(50)))
    monkeypatch.setattr(threading.Thread, "start", full)
    assert list(run) == []
    assert run.reason == "The request can't be sent: this process can't start another thread."


def test_a_closed_account_ends_the_run(rows_server: Any, run_of: Any) -> None:
    run = run_of(rows_server(delay=2), map(row, range(50)))
    run.take(0.3)
    run._account().close()

    assert list(run) == []
    assert run.reason == "The connection was closed."


def test_requests_that_all_fail_end_the_run_early(practice: Any, run_of: Any) -> None:
    practice.faults("400:times=1000")
    run = run_of(practice, map(row, range(900)))

    rows = list(run)

    assert all("'temperature'" in answer.error for _, answer in rows)
    assert len(rows) == 99
    assert run.reason.startswith("100 requests in a row failed: The service refuses")
    assert run.progress().failed == len(rows)


def test_a_budget_in_tokens_ends_the_run_within_it(rows_server: Any, run_of: Any) -> None:
    server = rows_server(delay=0.005)
    budget = budget_of("1k")
    run = run_of(server, map(row, range(500)), budget=budget)

    rows = dict(run)

    spent = run.progress().usage.total_tokens
    assert 900 < spent <= 1_000
    assert run.reason == "The budget of 1,000 tokens is used up."
    assert run.progress().done == len(rows) < 500
    # The next run continues where this one ended.
    later = run_of(server, map(row, range(500)))
    assert len(dict(later)) == 500
    assert later.progress().from_journal == len(rows)
    assert max(prompts(server).values()) == 1


def test_a_budget_in_dollars_needs_a_price(rows_server: Any, run_of: Any) -> None:
    server, budget = rows_server(delay=0), budget_of("0.0001usd")
    run = run_of(server, map(row, range(500)), budget=budget)
    assert dict(run)
    assert 0.00008 < run.progress().cost <= 0.0001

    unknown = replace(row(900), request={**row(1).request, "model": "a/new-one"})
    run = run_of(server, [unknown], budget=budget)
    assert list(run) == []
    assert isinstance(run.error, OptionError)


def test_rows_missing_from_a_pack_are_asked_alone(
    rows_server: Any, run_of: Any, journal: Journal
) -> None:
    pack = RowRequest(("a", "b", "c"), row(0).request, 5)

    def split(request: RowRequest, answer: RowAnswer) -> Split:
        if len(request.keys) == 1:
            return Split({request.keys[0]: replace(answer, text="alone")})
        alone = replace(row(1), keys=("c",))
        wrong = replace(answer, error="Not of the schema.")
        return Split({"a": replace(answer, text="packed"), "b": wrong}, (alone,))

    run = run_of(rows_server(delay=0), [pack], {"split": split})

    rows = {key: each.error or each.text for key, each in run}
    assert rows == {"a": "packed", "b": "Not of the schema.", "c": "alone"}
    assert [journal.get(key) is not None for key in "abc"] == [True, False, True]
    progress = run.progress()
    assert (progress.done, progress.failed) == (2, 1)


def test_only_the_rows_of_a_pack_without_an_answer_are_asked(
    rows_server: Any, run_of: Any, journal: Journal
) -> None:
    journal.put("", "m", dict.fromkeys("ab", RowAnswer("known", "stop", None, "m", "")))
    pack, made = RowRequest(("a", "b", "c"), row(0).request, 5), []

    def request_for(keys: list[str]) -> RowRequest:
        made.append(keys)
        return replace(row(1), keys=tuple(keys))

    server = rows_server(delay=0)
    run = run_of(server, [pack], {"request_for": request_for})
    rows = dict(run)

    assert sorted(rows) == ["a", "b", "c"]
    assert run.progress().done == 3
    assert made == [["c"]]
    assert rows["a"].text == "known"
    assert prompts(server) == {"Row 1": 1}


def test_an_exception_while_splitting_is_an_error_of_the_row(rows_server: Any, run_of: Any) -> None:
    def split(request: RowRequest, _answer: RowAnswer) -> Split:
        raise ValueError(request.keys)

    run = run_of(rows_server(delay=0), map(row, range(3)), {"split": split})
    assert {each.error for _, each in run} == {"The row failed (ValueError)."}


def test_an_exception_while_making_requests_ends_the_run(rows_server: Any, run_of: Any) -> None:
    def requests() -> Iterator[RowRequest]:
        yield row(1)
        raise ServiceError("The data is gone.")

    run = run_of(rows_server(delay=0), requests())
    with pytest.raises(ServiceError):
        list(run)
    # The answer to the request that was sent may come later.
    until = time.monotonic() + 20
    while not run.is_over and time.monotonic() < until:
        run.take(0.05)
    assert run.is_over


def test_a_full_flex_tier_is_answered_on_demand(practice: Any, run_of: Any) -> None:
    practice.faults("498")
    answers = dict(run_of(practice, [row(1, service_tier="flex")]))

    assert answers["key 1"].error == ""
    tiers = [record["body"].get("service_tier") for record in practice.requests()]
    assert tiers == ["flex", None]


def test_a_run_in_a_thread_of_its_own(rows_server: Any, run_of: Any) -> None:
    run = run_of(rows_server(delay=0.01), map(row, range(30)))
    came: list[Any] = []
    thread = threading.Thread(target=lambda: came.extend(run))
    thread.start()
    while thread.is_alive():
        progress = run.progress()
        assert 0 <= progress.done <= 30
        thread.join(0.01)
    assert len(came) == 30


def test_an_exception_while_sending_frees_its_reservation(rows_server: Any, run_of: Any) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    budget = budget_of("1k")
    run = run_of(rows_server(delay=0), map(row, range(3)), {"on_sent": fail}, budget=budget)
    until = time.monotonic() + 20
    found = []
    with run:
        while not run.is_over and time.monotonic() < until:
            found += run.take(0.05)
    assert [answer.error for _, answer in found] == ["The row failed (ZeroDivisionError)."] * 3
