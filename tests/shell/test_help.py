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
def test_help_opens_in_the_pager_and_lists_the_options(
    cells: Any, practice: Any, source: Any
) -> None:
    pages: list[Any] = []
    cells.shell.set_hook("show_in_pager", lambda _shell, page, *_a, **_k: pages.append(page))
    cells.fine(source, "a")
    assert practice.requests() == []
    (page,) = pages
    text = page["text/plain"] if isinstance(page, dict) else str(page)
    for reported in ("-m, --model ID", "--max-tokens N", "{{name}}", "--dry-run", "`--`"):
        assert reported in text


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


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("%groq_fix?", "--keep"),
        ("%groq_explain?", "--level LEVEL"),
        ("%groq_fix??", "def groq_fix(session: Session, line: str) -> None:"),
        ("%magic", "%groq_retry"),
        ("%quickref", "groq_retry"),
    ],
)
def test_what_ipython_shows_of_a_magic_is_its_own(bare: Any, source: str, shown: str) -> None:
    pages: list[Any] = []
    bare.shell.set_hook("show_in_pager", lambda _shell, page, *_a, **_k: pages.append(page))
    bare.fine(source)
    (page,) = pages
    assert shown in (page["text/plain"] if isinstance(page, dict) else str(page))


def test_lsmagic_lists_them_all(bare: Any) -> None:
    lines, _, cells = str(bare.shell.run_line_magic("lsmagic", "")).partition("cell magics")
    for name in ("groq", "groq_fix", "groq_system", "groq_usage"):
        assert f" %{name} " in lines
    for name in ("groq", "groq_code", "groq_system"):
        assert f" %%{name} " in cells
    assert "%%groq_fix" not in cells


def test_help_needs_no_session(bare: Any) -> None:
    bare.fine("%groq_help all")
    bare.shell.run_line_magic("pinfo", "%groq_fix")
    (magics,) = (c for c in bare.shell.configurables if type(c).__name__ == "GroqMagics")
    assert not magics.has_session
