"""Numbers of turns: `%groq_history` shows them, `--drop` and `%groq_export` take them."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.errors import OptionError
from tests.shell.page_turns import prompts, stale


def test_history_numbers_turns_by_the_page_and_lists_the_deleted_last(
    echoed: Any, page: Any, ask: Any
) -> None:
    page("abcz")
    for cell in "cab":
        ask(cell)
    plain = echoed.fine("%groq_history", "z").plain
    heads = [
        plain.index(part) for part in ("Turn 1", "> One", "Turn 2", "> Two", "Turn 3", "> Three")
    ]
    assert heads == sorted(heads)
    page("acz")
    ran = echoed.fine("%groq_history", "z")
    assert ran.plain.index("Turn 2") < ran.plain.index("> Three") < ran.plain.index("Deleted")
    assert ran.plain.index("Deleted") < ran.plain.index("> Two")
    assert "not sent" in ran.plain
    assert "Turn 3" not in ran.plain
    assert "<b>Deleted</b>" in ran.data["text/html"]


def test_a_turn_that_moved_up_is_not_called_changed_by_itself(
    echoed: Any, page: Any, ask: Any
) -> None:
    page("abz")
    ask("a")
    ask("b")
    page("baz")
    plain = echoed.fine("%groq_history", "z").plain
    assert "Turn 1 · Cell 4 · openai/gpt-oss-120b · out of date: turn 2 is now below it" in plain
    assert "Turn 2 · Cell 3 · openai/gpt-oss-120b · out of date: turn 1 is now above it" in plain


def test_a_number_of_the_history_drops_that_turn(echoed: Any, page: Any, ask: Any) -> None:
    page("abcz")
    for cell in "cab":
        ask(cell)
    said = echoed.fine("%groq_history --drop 2", "z").plain
    assert said == "Removed turn 2, “Two”. %groq_undo brings it back."
    assert prompts(echoed) == ["One", "Three"]
    assert stale(echoed, "b") == "This answer is no longer part of the conversation."
    assert ask("c") == ["One", "Three"]
    echoed.fine("%groq_undo", "z")
    assert echoed.fine("%groq_undo", "z").plain == "Undone: turn 2, “Two”, is back."
    assert prompts(echoed) == ["One", "Two", "Three"]
    assert stale(echoed, "b") == ""


def test_a_dropped_cell_asks_again_when_it_runs(echoed: Any, page: Any, ask: Any) -> None:
    page("abz")
    ask("a")
    ask("b")
    echoed.fine("%groq_history --drop 1", "z")
    page("baz")
    echoed.fine("1", "z")
    assert prompts(echoed) == ["Two"]
    assert ask("a") == ["Two", "One"]


@pytest.mark.parametrize(
    ("asked", "has"), [(0, "is empty"), (1, "has turn 1"), (2, "has turns 1 to 2")]
)
def test_a_number_that_no_turn_shows_is_refused_with_those_that_are(
    echoed: Any, ask: Any, asked: int, has: str
) -> None:
    for cell in "ab"[:asked]:
        ask(cell)
    before = prompts(echoed)
    ran = echoed.run("%groq_history --drop 7", "z")
    assert isinstance(ran.error, OptionError)
    assert f"No turn 7: the conversation main {has}." in ran.text
    for wrong in ("0", "-1", "x", "1.5", ""):
        assert isinstance(echoed.run(f"%groq_history --drop {wrong}", "z").error, OptionError)
    assert prompts(echoed) == before


def test_a_turn_of_another_conversation_is_dropped_by_its_name(echoed: Any, ask: Any) -> None:
    ask("a")
    echoed.fine("%groq -c other Two", "b")
    echoed.fine("%groq_history --drop 1 other", "z")
    assert echoed.session.conversations.names() == ("main",)
    echoed.fine("%groq_undo", "z")
    echoed.fine("%groq_history --drop 1 -c other", "z")
    assert prompts(echoed) == ["One"]


def test_a_dropped_prompt_with_a_secret_shows_none(
    echoed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    echoed.fine("%groq One hunter2hunter2", "a")
    monkeypatch.setenv("MY_SECRET_TOKEN", "hunter2hunter2")
    assert "hunter2" not in echoed.fine("%groq_history --drop 1", "z").everything


def test_export_takes_the_number_that_history_shows(echoed: Any, page: Any, ask: Any) -> None:
    page("abz")
    ask("b")
    ask("a")
    assert "'One'" in echoed.fine("%groq_export 1", "z").plain
