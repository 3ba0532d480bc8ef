"""Practice mode as a session shows it: scripted answers, and none for other prompts."""

from __future__ import annotations

from typing import Any

import pytest

NO_MODEL = "Practice mode: no model is here"
PROMPT = "What is a p-value? Two sentences, for someone who has never had statistics."


@pytest.fixture
def practising(cells: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A shell in practice mode, where answers come at once."""
    monkeypatch.delenv("GROQ_API_KEY")
    monkeypatch.setenv("GROQ_MAGIC_PRACTICE", "unpaced")
    cells.fine("%reload_ext groq_magic")
    return cells


def test_a_prompt_of_our_notebooks_has_a_scripted_answer(practising: Any) -> None:
    ran = practising.fine(f"%%groq\n{PROMPT}", "a")
    assert "**p-value**" in ran.plain
    assert "practice: scripted answer" in ran.data["text/html"]
    assert ran.record["practice"] is True


def test_another_prompt_has_none_and_says_so(practising: Any) -> None:
    ran = practising.fine(f"%%groq\n{PROMPT} In French.", "a")
    assert ran.plain.startswith(NO_MODEL)
    html = ran.data["text/html"]
    assert "<details>" in html
    assert "<details open" not in html
    assert "scripted answer" not in html
    assert "practice" in html


def test_an_answer_without_a_script_is_not_called_scripted_where_it_is_cut_short(
    practising: Any,
) -> None:
    ran = practising.fine("%%groq --max-tokens 3\nSomething else", "a")
    assert NO_MODEL.startswith(ran.plain.strip())
    assert "scripted answer" not in ran.data["text/html"]


@pytest.mark.parametrize("source", ["1 / 0", "%%bash\nexit 3", "x = )"])
def test_a_fix_without_a_script_says_so_and_changes_nothing(
    practising: Any, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    below: list[str] = []
    monkeypatch.setattr(practising.shell, "set_next_input", lambda text, **_: below.append(text))
    practising.run(source, "a")
    ran = practising.fine("%groq_fix", "b")
    assert ran.plain.startswith(f"{NO_MODEL} to fix this cell, so it stays as it is.")
    assert below == []
    assert "groq-diff" not in ran.data["text/html"]


def test_a_cell_that_was_edited_does_not_get_the_scripted_fix(practising: Any) -> None:
    failing = 'share = payments["Ann"] / total\nprint(f"Ann paid {share:.0%} of it")'
    practising.fine("payments = {'Ann': 1}", "a")
    practising.run(failing, "b")
    assert "total = sum(payments.values())" in practising.fine("%groq_fix", "c").plain
    practising.run(f"{failing}\nprint(1)", "b")
    assert practising.fine("%groq_fix", "c").plain.startswith(NO_MODEL)
    practising.run(failing, "b")
    words = practising.fine("%groq_fix Use a mean instead.", "c")
    assert words.plain.startswith(NO_MODEL)


def test_json_without_a_script_is_json(practising: Any) -> None:
    practising.fine("%%groq -f json\nThree cities as JSON", "a")
    assert practising.reply.data["practice"] is True
    assert practising.reply.data["note"].startswith(NO_MODEL)


def test_what_is_left_of_the_limits_moves(practising: Any) -> None:
    practising.fine(f"%%groq\n{PROMPT}", "a")
    limit = practising.session.service.limits.get("TPM")
    assert limit.limit == 8_000
    assert limit.remaining < 8_000
