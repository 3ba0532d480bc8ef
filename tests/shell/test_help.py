"""`%groq_help`, and `?` behind a magic."""

from __future__ import annotations

from typing import Any

import pytest


def test_help_is_an_output(bare: Any) -> None:
    short, whole = bare.fine("%groq_help").plain, bare.fine("%groq_help all").plain
    assert "%%groq" in short
    assert "--max-tokens" not in short
    registered = {
        name
        for kind in ("line", "cell")
        for name in bare.shell.magics_manager.magics[kind]
        if name.startswith("groq")
    }
    for name in registered:
        assert f"%{name}" in whole, name
    for option in ("--max-tokens", "--reasoning-effort", "--no-stream"):
        assert option in whole


def test_other_questions_still_ask_for_help(cells: Any, practice: Any, capsys: Any) -> None:
    pages: list[str] = []
    cells.shell.set_hook("show_in_pager", lambda _shell, page, *_a, **_k: pages.append(str(page)))
    cells.fine("n = 3\nn?", "a")
    assert len(pages) == 1
    assert practice.requests() == []
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("source", ["%groq?", "%%groq?", "?%groq", "?%%groq"])
def test_help_is_help_and_readable(cells: Any, practice: Any, source: Any) -> None:
    pages: list[Any] = []
    cells.shell.set_hook("show_in_pager", lambda _shell, page, *_a, **_k: pages.append(page))
    cells.fine(source, "a")
    assert practice.requests() == []
    (page,) = pages
    text = page["text/plain"] if isinstance(page, dict) else str(page)
    for told in ("-m, --model ID", "--max-tokens N", "{{name}}", "--dry-run", "`--`"):
        assert told in text


def test_every_magic_has_help(cells: Any) -> None:
    magics = cells.shell.magics_manager.magics
    named = {
        name: function
        for kind in ("line", "cell")
        for name, function in magics[kind].items()
        if name.startswith("groq")
    }
    assert len(named) > 10
    for name, function in named.items():
        assert len(function.__doc__.split()) > 5, name
