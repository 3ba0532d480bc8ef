"""Two versions of a cell, line by line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groq_magic.assistant import difference

LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), min_size=1, max_size=30)


def test_changes_are_shown_with_three_lines_around() -> None:
    before = "\n".join(f"line {n}" for n in range(12))
    shown = difference(before, before.replace("line 6", "line six"))
    assert shown == (
        ("…", "3 lines unchanged"),
        *((" ", f"line {n}") for n in (3, 4, 5)),
        ("-", "line 6"),
        ("+", "line six"),
        *((" ", f"line {n}") for n in (7, 8, 9)),
        ("…", "2 lines unchanged"),
    )


@given(LINES, LINES)
def test_what_stayed_and_came_is_the_new_cell_and_what_stayed_and_went_the_old_one(
    before: list[str], after: list[str]
) -> None:
    shown = difference("\n".join(before), "\n".join(after))
    if not any(mark == "…" for mark, _ in shown):
        assert [text for mark, text in shown if mark in " +"] == after
        assert [text for mark, text in shown if mark in " -"] == before
    assert sum(mark == "+" for mark, _ in shown) - sum(mark == "-" for mark, _ in shown) == len(
        after
    ) - len(before)
