"""Editing code line by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.tools.code_edit import with_edit

CODE = "def f(x):\n    y = x + 1\n    return y\nf(1)"


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("2 y = x + 2", ["def f(x):", "    y = x + 2", "    return y", "f(1)"]),
        ("4 f(2)", ["def f(x):", "    y = x + 1", "    return y", "f(2)"]),
        ("2   y = 3", ["def f(x):", "  y = 3", "    return y", "f(1)"]),
        ("4", ["def f(x):", "    y = x + 1", "    return y"]),
        ("2+     y = 2 * y", [*CODE.split("\n")[:2], "    y = 2 * y", *CODE.split("\n")[2:]]),
        ("0+ x = 1", ["x = 1", *CODE.split("\n")]),
        ("4+ f(3)", [*CODE.split("\n"), "f(3)"]),
    ],
)
def test_one_line_changes(typed: str, lines: list[str]) -> None:
    edited = with_edit(CODE, typed)
    assert edited is not None
    assert edited.split("\n") == lines


@pytest.mark.parametrize("typed", ["", "run", "0", "5", "5 x", "5+ x", "2+", "-1 x", "x = 1", "٣"])
def test_an_invalid_edit_changes_nothing(typed: str) -> None:
    assert with_edit(CODE, typed) in {None, CODE}


@given(st.text(max_size=40), st.text(max_size=30))
def test_an_edit_changes_at_most_one_line(code: str, typed: str) -> None:
    edited = with_edit(code, typed)
    assert edited is None or abs(edited.count("\n") - code.count("\n")) <= 1 + typed.count("\n")
