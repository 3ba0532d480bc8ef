"""Replies that fail in every way, among many that don't: each row has an answer or an error."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.mapping.conftest import row

# Tried again, until an answer comes.
PASSING = (
    *("408", "429:retry-after=0.01", "498", "500", "502", "503", "504", "empty-500"),
    *("str-500", "html-502", "text-502", "drop-before-headers", "reset-before-headers"),
    *("stall-before-headers", "drop:after=0", "reset:after=0", "drop:after=2", "cut:bytes=60"),
)
PASSING_IN_STREAMS = ("eof:after=0", "x-groq-error:after=0")
LASTING = {
    "400": "'temperature' : number",
    "403": "Access is denied",
    "409": "Conflict",
    "413": "too large",
    "context": "too large",
    "422": "well-formed",
    "json-validate-failed": "not valid JSON",
    "tool-use-failed": "tool call",
    "html-200": "web page",
    "wrong-json": "not a chat completion",
    "malformed-200": "not a chat completion",
}
LASTING_IN_STREAMS = {
    "drop:after=2": "connection broke",
    "reset:after=2": "connection broke",
    "malformed-json:after=2": "can't be read",
    "event-error:after=2": "tool call",
    "data-error:after=2": "tool call",
    "event-error-bare:after=2": "over capacity",
    "eof:after=2": "incomplete",
    "no-finish-reason": "incomplete",
    "x-groq-error:after=2": "cut off",
}
ODD_BUT_WHOLE = ("no-done", "no-blank-line", "ping:every=1", "comments", "crlf", "usage-apart")


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groq_magic.api.send._SHORTEST_WAIT", 0.01)
    monkeypatch.setattr("groq_magic.api.send.backoff", lambda _tried: 0.01)
    monkeypatch.setattr("groq_magic.mapping.sending.row_sender.backoff", lambda _tried: 0.01)


@pytest.mark.slow
@pytest.mark.parametrize("streamed", [False, True])
def test_one_reply_in_twenty_fails(practice: Any, run_of: Any, journal: Any, streamed: Any) -> None:
    lasting = LASTING_IN_STREAMS if streamed else LASTING
    passing = PASSING_IN_STREAMS + ODD_BUT_WHOLE if streamed else PASSING
    faults = [*passing, *lasting]
    count = 20 * len(faults)
    practice.script([{"pieces": ["one", " two", " three"]}])
    practice.faults(*(each for fault in faults for each in ["ok"] * 19 + [fault]))
    requests = (row(number, stream=streamed) for number in range(count))
    run = run_of(practice, requests, timeout=0.5)

    answers = dict(run)

    assert run.reason == ""
    assert len(answers) == count
    errors = [each.error for each in answers.values() if each.error]
    assert len(errors) == len(lasting), errors
    for expected in lasting.values():
        found = next((each for each in errors if expected in each), None)
        assert found is not None, (expected, errors)
        errors.remove(found)
        assert "\n" not in found
    assert all(each.text == "one two three" for each in answers.values() if not each.error)
    assert all((journal.get(key) is None) == bool(each.error) for key, each in answers.items())

    # Those that failed are asked by the next run, and no others.
    practice.forget_requests()
    later = run_of(practice, (row(number, stream=streamed) for number in range(count)))
    assert not any(each.error for each in dict(later).values())
    assert len(practice.requests()) == len(lasting)


def test_a_row_that_limits_refuse_often_is_answered_at_last(practice: Any, run_of: Any) -> None:
    practice.faults("429:retry-after=0.01:times=12")
    run = run_of(practice, [row(1)])
    assert dict(run)["key 1"].error == ""


def test_an_answer_that_reached_its_limit_is_an_answer(practice: Any, run_of: Any) -> None:
    practice.script([{"pieces": ["one"] * 9}])
    run = run_of(practice, [row(1, max_completion_tokens=1)])
    answer = dict(run)["key 1"]
    assert (answer.text, answer.finish_reason, answer.error) == ("one", "length", "")
