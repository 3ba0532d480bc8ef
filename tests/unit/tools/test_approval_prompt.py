"""Asking for approval: again until a reply decides, and no where none comes."""

from __future__ import annotations

import contextlib
import signal
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import NotebookError
from groq_magic.tools.approval import Approval
from groq_magic.tools.approval_prompt import OpenQuestions, approval_by_input, sending_by_input

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTEBOOK = SimpleNamespace(kernel=SimpleNamespace(_allow_stdin=True))
WITHOUT_INPUT = SimpleNamespace(kernel=SimpleNamespace(_allow_stdin=False))


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """What was shown; the replies are set by `_replies`."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield []
    signal.signal(signal.SIGINT, before)


def _reply_with(monkeypatch: pytest.MonkeyPatch, asked: list[str], *replies: Any) -> None:
    left = list(replies)

    def reply(question: str) -> str:
        asked.append(question)
        found = left.pop(0)
        if isinstance(found, BaseException):
            raise found
        return str(found() if callable(found) else found)

    monkeypatch.setattr("builtins.input", reply)


def test_anything_else_asks_again(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    _reply_with(monkeypatch, asked, "", "y", "RUN", "all", "all abcd", "edit", "run")
    assert approval_by_input(NOTEBOOK, "Run f?", "bcdf") == Approval("run")
    assert len(asked) == 7
    assert asked[0] == "Run f? Type run, no REASON, all bcdf or stop: "
    assert asked[1].startswith("Unknown reply. Run f?")


def test_edit_is_a_reply_where_it_is_offered(
    monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    _reply_with(monkeypatch, asked, "edit")
    assert approval_by_input(NOTEBOOK, "Run it?", "bcdf", edits=True) == Approval("edit")
    assert "run, edit, no REASON" in asked[0]


def test_no_reply_in_time_is_no(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    _reply_with(monkeypatch, asked, lambda: time.sleep(60))
    found = approval_by_input(NOTEBOOK, "Run f?", "bcdf", patience=0.05)
    assert found == Approval("unanswered")
    assert not found.runs


def test_buttons_type_the_replies_and_go_with_the_question(
    monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    shown: list[Any] = []
    questions = OpenQuestions(show=lambda prompt, replies: shown.append((prompt, list(replies))))
    _reply_with(monkeypatch, asked, "maybe", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        approval_by_input(NOTEBOOK, "Run f?", "bcdf", questions=questions)
    buttons = [("Run", "run"), ("No", "no"), ("Stop", "stop")]
    assert shown == [(asked[0], buttons), (asked[0], []), (asked[1], buttons), (asked[1], [])]

    _reply_with(monkeypatch, asked, lambda: shown[-1][1][0][1])
    assert sending_by_input(NOTEBOOK, "Send it?", questions=questions)
    assert shown[-2][0].startswith("An older input box is open, so begin with ")


@pytest.mark.parametrize("failure", [EOFError(), NotImplementedError(), RuntimeError("lost")])
def test_where_nobody_answers_it_is_one_error(
    monkeypatch: pytest.MonkeyPatch, asked: list[str], failure: Exception
) -> None:
    _reply_with(monkeypatch, asked, failure)
    with pytest.raises(NotebookError, match="Nobody can approve"):
        approval_by_input(NOTEBOOK, "Run f?", "bcdf")


def test_without_input_nothing_is_asked(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    _reply_with(monkeypatch, asked, "run")
    with pytest.raises(NotebookError, match="Nobody can approve"):
        approval_by_input(WITHOUT_INPUT, "Run f?", "bcdf")
    assert not asked


def test_an_interrupt_gets_through(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    _reply_with(monkeypatch, asked, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        approval_by_input(NOTEBOOK, "Run f?", "bcdf")


@pytest.mark.parametrize("end", [lambda: time.sleep(60), KeyboardInterrupt()])
def test_a_reply_to_a_question_that_still_stands_is_none_to_the_next(
    monkeypatch: pytest.MonkeyPatch, asked: list[str], end: Any
) -> None:
    questions = OpenQuestions()
    _reply_with(monkeypatch, asked, end)
    with contextlib.suppress(KeyboardInterrupt):
        approval_by_input(NOTEBOOK, "Run f?", "bcdf", patience=0.05, questions=questions)

    def word() -> str:
        return asked[-1].split("Type ")[1].split()[0]

    _reply_with(monkeypatch, asked, "run", "all bcdf", "stop", lambda: f" {word()}  run")
    assert approval_by_input(NOTEBOOK, "Run g?", "bcdf", questions=questions) == Approval("run")
    _reply_with(monkeypatch, asked, "send", "no", lambda: f"{word()} no")
    assert not sending_by_input(NOTEBOOK, "Send it?", questions=questions)
