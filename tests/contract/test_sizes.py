"""What is too large, or can't be sent, is refused before anything leaves."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.api.limits import Limit, Limits
from groq_magic.errors import PromptError, TooLargeError

GENERAL, SMALL = "openai/gpt-oss-120b", "openai/gpt-oss-20b"


@pytest.fixture
def small_minute(notebook_factory: Any, practice_factory: Any) -> Any:
    """A notebook whose service allows 8,000 tokens a minute, as it has reported."""
    notebook = notebook_factory(practice_factory(tokens_per_minute=8_000).url)
    assert notebook.ask("Hello").error is None
    return notebook


def test_what_surely_does_not_fit_the_window_is_refused_unsent(
    notebook: Any, practice: Any
) -> None:
    asked = notebook.ask("word " * 150_000)
    assert isinstance(asked.error, TooLargeError)
    assert "187,5" in str(asked.error)
    assert "131,072" in str(asked.error)
    assert "56,4" in str(asked.error)
    assert practice.requests() == []
    assert notebook.turns == []


def test_the_answer_that_is_asked_for_counts(notebook: Any, practice: Any) -> None:
    asked = notebook.ask("word " * 80_000, max_tokens=65_536)
    assert isinstance(asked.error, TooLargeError)
    assert "--max-tokens" in str(asked.error)
    assert practice.requests() == []


def test_the_minute_that_the_service_reported_counts(small_minute: Any) -> None:
    asked = small_minute.ask("word " * 8_000)
    assert isinstance(asked.error, TooLargeError)
    assert "8,000 tokens a minute" in str(asked.error)


def test_another_models_minute_does_not_count(small_minute: Any) -> None:
    asked = small_minute.ask("word " * 8_000, model=SMALL)
    # It was sent, and the service refused it.
    assert isinstance(asked.error, TooLargeError)
    assert "nothing was sent" not in str(asked.error)


def test_a_minute_seen_long_ago_refuses_nothing(small_minute: Any) -> None:
    service = small_minute.session.service
    known = service.limiter.limits_of(GENERAL).get("TPM")
    old = Limit("TPM", known.limit, known.remaining, known.reset, known.seen - 7200)
    service.limiter.note(GENERAL, Limits((old,)))
    assert "nothing was sent" not in str(small_minute.ask("word " * 8_000).error)


def test_an_ask_teaches_the_estimate(notebook: Any) -> None:
    notebook.session.estimate.per_byte = 0.9
    notebook.ask("a, b; c. " * 400)
    assert notebook.session.estimate.per_byte == pytest.approx(0.25, rel=0.01)


def test_what_no_model_can_take_is_refused_for_an_unknown_one_too(
    notebook: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groq_magic.asking.plan._LARGEST_WINDOW", 100_000)
    asked = notebook.ask("word " * 100_000, model="someone/new")
    assert isinstance(asked.error, TooLargeError)
    assert practice.requests() == []


@pytest.mark.parametrize("text", ["half \ud83d of it", "\udcff raw", "\ud83d\ude00"])
def test_what_can_not_be_encoded_is_replaced_and_said(
    notebook: Any, practice: Any, text: Any
) -> None:
    asked = notebook.ask(text, system=text)
    assert asked.error is None
    assert any("replaced" in notice for notice in asked.view.settled.notices)
    (record,) = practice.requests()
    assert all("\ufffd" in message["content"] for message in record["body"]["messages"])


def test_control_characters_are_sent_as_they_are(notebook: Any, practice: Any) -> None:
    prompt = "a\x00b\x07c\x1b[31md\u202e\ufeff"
    assert notebook.ask(prompt).error is None
    (record,) = practice.requests()
    assert record["body"]["messages"][-1]["content"] == prompt


@pytest.mark.parametrize("value", [b"\x00\xff", bytearray(b"x"), memoryview(b"x")])
def test_binary_values_are_refused_with_a_reason(notebook: Any, practice: Any, value: Any) -> None:
    notebook.shell.user_ns["blob"] = value
    asked = notebook.ask("Look: {{blob}}")
    assert isinstance(asked.error, PromptError)
    assert "binary" in str(asked.error)
    assert practice.requests() == []


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_parameter_that_is_no_number_is_reported(
    notebook: Any, practice: Any, value: Any
) -> None:
    asked = notebook.ask(temperature=value)
    assert asked.error is not None
    assert "can't be sent" in str(asked.error)
    assert practice.requests() == []
