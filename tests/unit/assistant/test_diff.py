"""Diffs as models write them, applied to a cell."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.assistant.answer.edits import apply_edits
from groq_magic.assistant.answer.hunks import diff_edits, looks_like_diff

SOURCE = "a = 1\nb = 2\n\nc = a + b\nprint(c)"


def patched(source: str, diff: str) -> str | None:
    edits = diff_edits(source, diff)
    return apply_edits(edits, source) if not isinstance(edits, int) and edits else None


@pytest.mark.parametrize(
    ("diff", "result"),
    [
        ("-b = 2\n+b = 3", "a = 1\nb = 3\n\nc = a + b\nprint(c)"),
        ("--- a/cell\n+++ b/cell\n@@ -1,2 +1,2 @@\n a = 1\n-b = 2\n+b = 3", None),
        ("@@\n-a = 1\n+a = 0\n@@\n-print(c)\n+c", "a = 0\nb = 2\n\nc = a + b\nc"),
        (
            "@@ -90,2 +90,3 @@\n b = 2\n+d = 4\n\n c = a + b",
            "a = 1\nb = 2\nd = 4\n\nc = a + b\nprint(c)",
        ),
        (" a = 1\n-b = 2", "a = 1\n\nc = a + b\nprint(c)"),
    ],
    ids=["bare", "headers", "two hunks", "wrong numbers and a bare blank line", "only gone"],
)
def test_diffs_that_fit_are_applied(diff: str, result: str | None) -> None:
    assert patched(SOURCE, diff) == (result or "a = 1\nb = 3\n\nc = a + b\nprint(c)")


@pytest.mark.parametrize(
    "diff",
    [
        "-z = 1\n+z = 2",
        "+d = 4",
        " a = 1\n b = 2",
        "",
        "@@ -1 +1 @@",
        "@@\n-c = a + b\n+x\n@@\n-a = 1\n+y",
    ],
    ids=["another text", "no place", "no change", "empty", "empty hunk", "out of order"],
)
def test_diffs_that_don_t_fit_are_refused(diff: str) -> None:
    assert patched(SOURCE, diff) is None


def test_of_several_places_one_is_taken_where_the_hunk_s_numbers_are_right() -> None:
    source = "x = 1\ny\nx = 1\ny\nx = 1"
    change = "-x = 1\n+x = 2"
    assert patched(source, f"@@ -5 +5 @@\n{change}") == "x = 1\ny\nx = 1\ny\nx = 2"
    # Models write line 1 for any; and who counts lines wrong numbers them wrong, too.
    for header in ("", "@@ -4 +4 @@\n", "@@ -1 +1 @@\n", "@@ -5,3 +5,3 @@\n"):
        assert diff_edits(source, header + change) == 3


@given(
    st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12)
)
def test_a_diff_by_the_standard_library_is_applied(before: list[str], after: list[str]) -> None:
    diff = "\n".join(difflib.unified_diff(before, after, lineterm="", n=99))
    result = patched("\n".join(before), diff)
    if before and before != after:
        assert result == "\n".join(after)


def test_code_and_diffs_are_distinguished() -> None:
    assert looks_like_diff("@@ -1 +1 @@\n-a\n+b")
    assert looks_like_diff(" a = 1\n-b = 2\n+b = 3")
    assert not looks_like_diff(SOURCE)
    assert not looks_like_diff("x = [\n    -1,\n]")
    assert not looks_like_diff('text = """\n- one\n+ two\n"""')
    assert not looks_like_diff("-1")
    assert looks_like_diff("- print(x)\n+ print(y)")
