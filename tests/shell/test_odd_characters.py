"""Half a surrogate pair, control characters and a megabyte, wherever text can be given."""

from __future__ import annotations

import json
from typing import Any

import pytest

from groq_magic.errors import GroqMagicError, OptionError

ODD = ("half \ud83d", "\udcff", "nul \0 bell \a", "escape \x1b[31m", "two\nlines", "x" * 1_000_000)
LINES = (
    *(
        "groq -s '{}' Hi",
        "groq -c '{}' Hi",
        "groq -m '{}' Hi",
        "groq -o '{}' Hi",
        "groq -t '{}' Hi",
    ),
    *("groq --stop '{}' Hi", "groq --seed '{}' Hi", "groq --{} Hi", "groq -f '{}' Hi", "groq {}"),
    *(
        "groq_system {}",
        "groq_model {}",
        "groq_export {}",
        "groq_export -c '{}' 1",
        "groq_history {}",
    ),
    *("groq_history -c '{}'", "groq_conversation {}", "groq_practice --script '{}'", "groq_key {}"),
    *("groq_replay on {}", "groq_explain {}", "groq_fix {}", "groq_help {}", "groq_cache {}"),
    *("groq_models --sort '{}'", "groq_undo {}", "groq --dry-run {}", "groq {{{{d['{}']}}}}"),
)


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd[:9]))
@pytest.mark.parametrize("line", LINES)
def test_odd_text_is_taken_or_refused_in_one_line(cells: Any, line: str, odd: str) -> None:
    cells.fine("d = {}", "z")
    magic, _, rest = line.format(odd).partition(" ")
    cells.shell.user_ns["magic_line"] = rest
    ran = cells.run(f"get_ipython().run_line_magic({magic!r}, magic_line)", "a")
    assert ran.error is None or isinstance(ran.error, GroqMagicError), ran.everything[-3000:]
    if ran.error is not None:
        assert len(str(ran.error)) < 2_500
        assert len(ran.text.strip().splitlines()) == 1, ran.text[:3000]
        ran.text.encode()
    for output in ran.outputs:
        # As a kernel sends it, and a notebook keeps it.
        json.dumps(output, ensure_ascii=False).encode()


@pytest.mark.parametrize("odd", ["half \ud83d of it"])
def test_a_cell_of_odd_text_is_answered_and_saved(cells: Any, practice: Any, odd: str) -> None:
    ran = cells.fine(f"get_ipython().run_cell_magic('groq', '', {odd!r})", "a")
    json.dumps(ran.outputs, ensure_ascii=False).encode()
    assert practice.requests()[-1]["body"]["messages"][-1]["content"] == "half \ufffd of it"
    ran = cells.fine(f"import groq_magic; r = groq_magic.ask({odd!r})", "b")
    json.dumps(ran.outputs, ensure_ascii=False).encode()


@pytest.mark.parametrize("option", ["model", "system", "conversation", "stop", "out"])
def test_what_can_not_be_sent_is_refused_in_python_too(cells: Any, option: str) -> None:
    ran = cells.run(f"import groq_magic; groq_magic.ask('Hi', {option}='a\\ud83d')", "a")
    assert isinstance(ran.error, OptionError)


def test_a_setting_that_can_not_be_sent_is_refused(cells: Any) -> None:
    cells.run("%config GroqMagics.system = 'a\\ud83d'")
    assert cells.session.settings.system == ""
