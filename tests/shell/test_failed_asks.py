"""Asks that fail, wait, or are cut off: what is kept and what is said."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from groq_magic.errors import (
    ConnectionLostError,
    GroqMagicError,
    ModelError,
    RateLimitError,
    RequestError,
    ServiceError,
)


def test_a_retired_model_is_one_line_with_the_nearest(cells: Any) -> None:
    ran = cells.run("%groq -m mixtral-8x7b-32768 Say hi", "a")
    assert isinstance(ran.error, ModelError)
    assert len(ran.text.strip().splitlines()) == 1
    assert "mixtral-8x7b-32768" in ran.text
    assert "-m openai/gpt-oss-120b" in ran.text
    assert "%groq_models" in ran.text
    assert cells.turns == []


def test_an_unknown_model_is_one_line_with_the_nearest(cells: Any) -> None:
    ran = cells.run("%groq -m gpt-oss-20 Say hi", "a")
    assert isinstance(ran.error, ModelError)
    assert "-m openai/gpt-oss-20b" in ran.text


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groq_magic.api.send.backoff", lambda _tried: 0.01)


@pytest.mark.usefixtures("_hasty")
def test_a_wait_ends_and_the_ask_goes_on(cells: Any, practice: Any) -> None:
    practice.faults("429:retry-after=0.05", "503", "drop-before-headers")
    practice.script([{"reply": "At last."}])
    ran = cells.fine("%groq Say hi", "a")
    assert ran.plain == "At last."
    assert len(practice.requests()) == 4
    assert len(cells.turns) == 1


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize("fault", ["drop:after=0", "eof:after=0"])
def test_a_reply_that_ends_before_any_text_is_tried_again(
    cells: Any, practice: Any, fault: Any
) -> None:
    practice.faults(fault)
    practice.script([{"pieces": ["At last."]}])
    assert cells.fine("%groq Say hi", "a").plain == "At last."


def test_a_long_wait_is_not_waited_for(cells: Any, practice: Any) -> None:
    practice.faults("429:retry-after=900")
    ran = cells.run("%groq Say hi", "a")
    assert isinstance(ran.error, RateLimitError)
    assert "15 min" in ran.text
    assert len(practice.requests()) == 1


def test_tries_come_to_an_end(cells: Any, practice: Any) -> None:
    cells.fine("%config GroqMagics.tries = 2")
    practice.faults("503:retry-after=0.01:times=9")
    ran = cells.run("%groq Say hi", "a")
    assert isinstance(ran.error, ServiceError)
    assert len(practice.requests()) == 2


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("drop:after=2", "error"),
        ("reset:after=2", "error"),
        ("malformed-json:after=2", "error"),
        ("event-error:after=2", "error"),
        ("event-error-bare:after=2", "error"),
        ("data-error:after=2", "error"),
    ],
)
def test_what_came_before_a_fault_is_kept_and_the_cell_fails(
    cells: Any, practice: Any, fault: Any, reason: Any
) -> None:
    practice.script([{"pieces": ["One ", "two ", "three ", "four"]}])
    practice.faults(fault)
    ran = cells.run("%groq -o answer Count", "a")
    assert isinstance(ran.error, GroqMagicError)
    assert len(ran.text.strip().splitlines()) == 1
    # A second output holds, folded, what the service refused.
    assert ran.outputs[0]["data"]["text/plain"] == "One two "
    assert ran.outputs[0]["metadata"]["groq_magic"]["finish_reason"] == reason
    assert cells.reply.text == "One two "
    assert cells.reply.error is ran.error
    assert cells.shell.user_ns["answer"] is cells.reply
    assert cells.turns == [("Count", "One two ")]


@pytest.mark.parametrize("fault", ["eof:after=2", "no-finish-reason", "x-groq-error:after=2"])
def test_an_answer_cut_off_is_marked_and_the_cell_succeeds(
    cells: Any, practice: Any, fault: Any
) -> None:
    practice.script([{"pieces": ["One ", "two ", "three"]}])
    practice.faults(fault)
    ran = cells.fine("%groq Count", "a")
    assert ran.record["finish_reason"] == "truncated"
    assert "cut off" in ran.data["text/html"]
    assert ran.plain.startswith("One two ")


@pytest.mark.parametrize(
    "fault", ["no-done", "no-blank-line", "crlf", "bytes", "comments", "ping:every=1", "old-usage"]
)
def test_an_odd_stream_is_read_whole(cells: Any, practice: Any, fault: Any) -> None:
    practice.script([{"pieces": ["Grüße ", "两 ", "three"]}])
    practice.faults(fault)
    ran = cells.fine("%groq Count", "a")
    assert ran.plain == "Grüße 两 three"
    assert ran.record["finish_reason"] == "stop"


def test_an_answer_at_the_token_limit_says_how_to_get_more(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "One two", "finish_reason": "length"}])
    ran = cells.fine("%groq Count", "a")
    assert ran.record["finish_reason"] == "length"
    assert "--max-tokens" in ran.data["text/html"]


def test_the_first_text_failing_leaves_no_output(cells: Any, practice: Any) -> None:
    practice.faults("500:times=9")
    cells.fine("%config GroqMagics.tries = 1")
    ran = cells.run("%groq Say hi", "a")
    assert ran.outputs == []
    assert cells.reply.error is ran.error
    assert cells.reply.text == ""


def test_a_wire_that_is_silent_is_given_up(cells: Any, practice: Any) -> None:
    cells.fine("%config GroqMagics.tries = 1")
    practice.faults("stall-before-headers")
    ran = cells.run("%groq --timeout 0.2 Say hi", "a")
    assert isinstance(ran.error, ConnectionLostError)
    assert "0.2 s" in ran.text


def test_a_failing_list_of_models_fails_no_ask(cells: Any, practice: Any) -> None:
    practice.faults(models=("500", "html-200", "wrong-json"))
    for cell in "abc":
        cells.fine("%groq -m fast Say hi", cell)
    assert len(practice.requests()) == 3


def test_no_thread_left_is_one_line(cells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def refused(thread: threading.Thread) -> None:
        if thread.name.startswith("groq-magic"):
            raise RuntimeError("can't start new thread")
        start(thread)

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        ran = cells.run("%groq Say hi", "a")
        assert isinstance(ran.error, RequestError)
        assert "can't start another thread" in str(ran.error)
        assert ran.outputs == []
    cells.fine("%groq_retry", "b")
