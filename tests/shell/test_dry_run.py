"""`--dry-run`: messages that one can read, what they include, an estimate; nothing is sent."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.errors import OptionError
from tests.shell.dry_runs import messages_in


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("%groq --dry-run What is {{rows}}?", "[1, 2]"),
        ("%%groq --dry-run\nWhat is {{rows}}?", "[1, 2]"),
        ("%groq_fix --dry-run", "ZeroDivisionError"),
        ("%groq_explain rows --dry-run", "[1, 2]"),
        ("%%groq_code --dry-run\nThe total", "The total"),
        ("%%groq_code --session --dry-run\nThe total", "rows"),
        ("%groq_retry --dry-run", "Say hi"),
    ],
)
def test_every_ask_has_one_and_nothing_changes(
    cells: Any, practice: Any, source: str, part: str
) -> None:
    practice.script([{"reply": "Hi."}])
    cells.fine("rows = [1, 2]", "a")
    cells.run("1 / 0", "b")
    cells.fine("%groq Say hi", "c")
    asked, turns = len(practice.requests()), cells.turns
    ran = cells.fine(source, "d")
    assert part in messages_in(ran.outputs[0])[-1][1]
    assert "Nothing was sent." in ran.plain
    assert "About " in ran.plain
    assert (len(practice.requests()), cells.turns) == (asked, turns)


def test_it_needs_no_key_and_no_service(bare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_BASE_URL", "http://127.0.0.1:9")
    bare.run("1 / 0", "a")
    for source in ("%groq --dry-run Hi", "%groq_fix --dry-run", "%%groq_code --dry-run\nA sum"):
        assert "Nothing was sent." in bare.fine(source, "b").plain


def test_it_says_what_is_included_and_what_it_costs(cells: Any) -> None:
    cells.fine("rows = ['ä'] * 100", "a")
    plain = cells.fine("%groq --dry-run -t 0.5 What is {{rows}}?", "b").plain
    assert "Options: temperature 0.5 · stream true" in plain
    assert "Included: rows (" in plain
    assert " tokens to send, <$0.0001" in plain
    assert plain.endswith("the answer costs $0.60 per million tokens.")
    plain = cells.fine("%groq --dry-run --max-tokens 1000 Hi", "b").plain
    assert plain.endswith("; the answer at most 1,000 tokens, $0.0006.")
    plain = cells.fine("%groq --dry-run -m groq/compound Hi", "b").plain
    assert plain.endswith("the price of this model is unknown.")


def test_practice_costs_nothing(bare: Any) -> None:
    bare.fine("%groq_practice on")
    assert bare.fine("%groq --dry-run Hi", "a").plain.endswith("practice costs nothing.")


def test_a_hostile_prompt_stays_text(cells: Any) -> None:
    text = "</pre><script>alert(1)</script> <b>&amp; `x` $x$"
    ran = cells.fine(f"%%groq --dry-run --raw\n{text}", "a")
    assert "<script" not in ran.data["text/html"]
    assert messages_in(ran.outputs[0]) == [("user", text)]


def test_python_has_no_dry_run(cells: Any) -> None:
    ran = cells.run("import groq_magic\ngroq_magic.ask('hi', dry_run=True)", "a")
    assert isinstance(ran.error, OptionError)
