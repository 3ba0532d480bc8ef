"""Questions are repeated until a reply is valid; without a reply nothing runs."""

from __future__ import annotations

import contextlib
import time
from types import SimpleNamespace
from typing import Any

import pytest

from groq_magic.errors import NotebookError
from groq_magic.tools.decision import Decision
from groq_magic.tools.question import OpenQuestions, ask_decision, ask_to_send

NOTEBOOK = SimpleNamespace(kernel=SimpleNamespace(_allow_stdin=True))
WITHOUT_INPUT = SimpleNamespace(kernel=SimpleNamespace(_allow_stdin=False))


@pytest.fixture
def asked() -> list[str]:
    """The questions that were shown; `_reply_with` sets the replies."""
    return []


def _reply_with(monkeypatch: pytest.MonkeyPatch, asked: list[str], *replies: Any) -> None:
    left = list(replies)

    def reply(question: str) -> str:
        asked.append(question)
        found = left.pop(0)
        if isinstance(found, BaseException):
            raise found
        return str(found() if callable(found) else found)

    monkeypatch.setattr("builtins.input", reply)


def test_an_unknown_reply_repeats_the_question(
    monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    _reply_with(monkeypatch, asked, "", "y", "RUN", "all", "all abcd", "edit", "run")
    assert ask_decision(NOTEBOOK, "Run f?", "bcdf") == Decision("run")
    assert len(asked) == 7
    assert asked[0] == "Run f? Type run, no REASON, all bcdf or stop: "
    assert asked[1].startswith("Unknown reply. Run f?")


def test_edit_is_valid_when_offered(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    _reply_with(monkeypatch, asked, "edit")
    assert ask_decision(NOTEBOOK, "Run it?", "bcdf", edits=True) == Decision("edit")
    assert "run, edit, no REASON" in asked[0]


def test_without_a_reply_in_time_nothing_runs(
    monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    _reply_with(monkeypatch, asked, lambda: time.sleep(60))
    found = ask_decision(NOTEBOOK, "Run f?", "bcdf", patience=0.05)
    assert found == Decision("unanswered")
    assert not found.runs


def test_buttons_type_replies_and_are_removed_with_the_question(
    monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    shown: list[Any] = []
    questions = OpenQuestions(show=lambda prompt, replies: shown.append((prompt, list(replies))))
    _reply_with(monkeypatch, asked, "maybe", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        ask_decision(NOTEBOOK, "Run f?", "bcdf", questions=questions)
    buttons = [("Run", "run"), ("No", "no"), ("Stop", "stop")]
    assert shown == [(asked[0], buttons), (asked[0], []), (asked[1], buttons), (asked[1], [])]

    _reply_with(monkeypatch, asked, lambda: shown[-1][1][0][1])
    assert ask_to_send(NOTEBOOK, "Send it?", questions=questions)
    assert shown[-2][0].startswith("An older input box is open, so begin with ")


@pytest.mark.parametrize("failure", [EOFError(), NotImplementedError(), RuntimeError("lost")])
def test_when_nobody_can_reply_it_fails(
    monkeypatch: pytest.MonkeyPatch, asked: list[str], failure: Exception
) -> None:
    _reply_with(monkeypatch, asked, failure)
    with pytest.raises(NotebookError, match="Nobody can approve"):
        ask_decision(NOTEBOOK, "Run f?", "bcdf")


def test_without_input_nothing_is_asked(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    _reply_with(monkeypatch, asked, "run")
    with pytest.raises(NotebookError, match="Nobody can approve"):
        ask_decision(WITHOUT_INPUT, "Run f?", "bcdf")
    assert not asked


def test_an_interrupt_gets_through(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    _reply_with(monkeypatch, asked, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        ask_decision(NOTEBOOK, "Run f?", "bcdf")


@pytest.mark.parametrize("end", [lambda: time.sleep(60), KeyboardInterrupt()])
def test_a_late_reply_does_not_answer_the_next_question(
    monkeypatch: pytest.MonkeyPatch, asked: list[str], end: Any
) -> None:
    questions = OpenQuestions()
    _reply_with(monkeypatch, asked, end)
    with contextlib.suppress(KeyboardInterrupt):
        ask_decision(NOTEBOOK, "Run f?", "bcdf", patience=0.05, questions=questions)

    def word() -> str:
        return asked[-1].split("Type ")[1].split()[0]

    _reply_with(monkeypatch, asked, "run", "all bcdf", "stop", lambda: f" {word()}  run")
    assert ask_decision(NOTEBOOK, "Run g?", "bcdf", questions=questions) == Decision("run")
    _reply_with(monkeypatch, asked, "send", "no", lambda: f"{word()} no")
    assert not ask_to_send(NOTEBOOK, "Send it?", questions=questions)
