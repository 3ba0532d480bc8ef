"""Practice mode as a session shows it: scripted answers, and none for other prompts."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.conversation.sent_messages import LEFT_OUT
from tests.shell.dry_runs import messages_in
from tests.shell.notebook_file import code_cell, write_notebook

if TYPE_CHECKING:
    from pathlib import Path

NO_MODEL = "Practice mode: no model is here"
PROMPT = "What is a p-value? Two sentences, for someone who has never had statistics."


@pytest.fixture
def practising(cells: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A shell in practice mode, where answers come at once."""
    monkeypatch.delenv("GROQ_API_KEY")
    monkeypatch.setenv("GROQ_MAGIC_PRACTICE", "unpaced")
    cells.fine("%reload_ext groq_magic")
    return cells


@pytest.fixture
def recorded(practising: Any, practice: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The shell in practice mode, at a server that records its requests."""
    server = SimpleNamespace(url=practice.url, alive=True, close=lambda: None)
    monkeypatch.setattr("groq_magic.api.service.PracticeServer", lambda *_: server)
    practising.fine("%groq_practice off")
    practising.fine("%groq_practice on")
    return practising


def test_a_prompt_of_our_notebooks_has_a_scripted_answer(practising: Any) -> None:
    ran = practising.fine(f"%%groq\n{PROMPT}", "a")
    assert "**p-value**" in ran.plain
    assert "practice, scripted" in ran.data["text/html"]
    assert "tokens sent" in ran.data["text/html"]
    assert ran.record["practice"] is True


def test_scripted_answers_show_no_speed(practising: Any) -> None:
    ran = practising.fine(f"%%groq\n{PROMPT}", "a")
    assert "practice, scripted" in ran.data["text/html"]
    assert practising.reply.timing.tokens_per_second is None
    assert practising.session.ledger.entries[-1].tokens_per_second is None
    usage = practising.fine("%groq_usage").plain
    assert "Tokens received, ask 1:" in usage
    assert "Tokens a second" not in usage


def test_another_prompt_has_no_script_and_says_so(practising: Any) -> None:
    ran = practising.fine(f"%%groq\n{PROMPT} In French.", "a")
    assert ran.plain.startswith(NO_MODEL)
    html = ran.data["text/html"]
    assert "<details>" in html
    assert "<details open" not in html
    assert "scripted" not in html
    assert "practice" in html


def test_an_answer_without_a_script_shows_no_figures(practising: Any) -> None:
    ran = practising.fine("%%groq\nSomething else", "a")
    ((facts, _),) = practising.session.bars._facts.values()
    assert "answered" not in ran.data["text/html"]
    assert facts.figures == ""
    assert practising.reply.usage.completion_tokens > 0


def test_an_answer_without_a_script_is_not_called_scripted_where_it_is_cut_short(
    practising: Any,
) -> None:
    ran = practising.fine("%%groq --max-tokens 3\nSomething else", "a")
    assert NO_MODEL.startswith(ran.plain.strip())
    assert "scripted" not in ran.data["text/html"]


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
    # Once, and without a reason before it.
    assert ran.data["text/html"].count("stays as it is") == 1
    assert "groq-warning" not in ran.data["text/html"]


@pytest.mark.parametrize(
    "ask", ["%%groq_code\nA loop", "%%groq --cell\nA loop", "%%groq -f code\nx"]
)
def test_an_unscripted_answer_has_no_second_warning_of_missing_code(
    practising: Any, ask: str
) -> None:
    html = practising.fine(ask, "a").data["text/html"]
    assert NO_MODEL in html
    assert "groq-warning" not in html


def test_the_fold_is_on_the_page_and_in_no_later_request(recorded: Any, practice: Any) -> None:
    recorded.fine("import pandas\ndf = pandas.DataFrame({'who': ['Ottilie', 'Berta']})")
    asked = recorded.fine("%%groq\nWho is in {{df}}?", "a")
    assert "Ottilie" in asked.data["text/html"]
    assert "<summary>What was sent" in asked.plain
    assert "<summary>What was sent" in recorded.reply.text
    recorded.fine("%config GroqMagics.rows_sent = 0")
    dry = recorded.fine("%%groq --dry-run\nAnd the others?", "b").outputs[0]
    assert "What was sent" not in repr(dry)
    recorded.fine("%%groq\nAnd the others?", "b")
    assert messages_in(dry)[-1] == ("user", "And the others?")
    sent = practice.requests()[-1]["body"]["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "user"]
    assert "Ottilie" not in json.dumps(sent)
    assert "What was sent" not in json.dumps(sent)
    # The answer was given with values that may no longer be sent; the turn has no fold either.
    assert sent[1]["content"] == LEFT_OUT
    assert recorded.turns[0][1].startswith(NO_MODEL)
    assert "What was sent" not in recorded.turns[0][1]


@pytest.mark.parametrize("tokens", [3, 30, 45, 60])
def test_a_fold_that_is_cut_short_is_not_sent_either(
    recorded: Any, practice: Any, tokens: int
) -> None:
    recorded.fine(f"%%groq --max-tokens {tokens}\nOttilie and Berta", "a")
    recorded.fine("%%groq\nAnd the others?", "b")
    answer = practice.requests()[-1]["body"]["messages"][1]["content"]
    assert NO_MODEL.startswith(answer.strip()) or answer.startswith(NO_MODEL)
    assert "<" not in answer


def test_a_fold_of_a_scripted_answer_is_sent(recorded: Any, practice: Any) -> None:
    scripted = "Short.\n\n<details>\n<summary>What was sent</summary>\nLong.\n</details>"
    practice.script([{"reply": scripted}])
    recorded.fine("%%groq\nHow so?", "a")
    recorded.fine("%%groq\nAnd else?", "b")
    assert practice.requests()[-1]["body"]["messages"][1]["content"] == scripted


def test_a_restored_fold_is_not_sent(
    recorded: Any, practice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "notebooks" / "talk.ipynb"
    source = f"%%groq\n{'Ottilie ' * 200}"
    saved = code_cell("a", source, recorded.fine(source, "a").outputs, 1)
    write_notebook(path, [saved, code_cell("b", "")])
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    recorded.fine("%reload_ext groq_magic", "b")
    html = recorded.fine("%%groq --once\nWhich answers are above?", "b").data["text/html"]
    # The prompt and two sentences: the fold would add as much as the prompt.
    assert "1 answer above is not part of this conversation" in html
    restored = recorded.fine("%groq_restore", "b")
    assert "1 turn restored" in restored.plain
    recorded.fine("%%groq\nAnd the others?", "b")
    sent = practice.requests()[-1]["body"]["messages"]
    assert sent[0]["content"].startswith("Ottilie")
    assert sent[1]["content"].startswith(NO_MODEL)
    assert "Ottilie" not in sent[1]["content"]


def test_practice_off_without_a_key_says_so_beside_the_key_entry(practising: Any) -> None:
    off = practising.fine("%groq_practice off")
    assert "practice mode ended · no key yet: the first %%groq asks for one" in off.plain
    assert "%groq_practice on needs none" in off.plain
    assert '<span class="groq-slot-key">no key yet' in off.data["text/html"]


def test_practice_off_with_a_key_names_its_source(
    practising: Any, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", key)
    plain = practising.fine("%groq_practice off").plain
    assert "practice mode ended · key from GROQ_API_KEY · %groq_help" in plain


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


def test_the_remaining_limits_go_down_with_each_ask(practising: Any) -> None:
    practising.fine(f"%%groq\n{PROMPT}", "a")
    limit = practising.session.service.limits.get("TPM")
    assert limit.limit == 300_000  # of a paid plan
    assert limit.remaining < 300_000
