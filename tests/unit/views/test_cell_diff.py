"""A fixed cell beside the one that failed."""

from __future__ import annotations

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.views.cell_diff import CellDiff

HOSTILE = '</code></pre><script>alert(1)</script><div class="groq-bar">'


def change(before: str, code: str, language: str = "python") -> CellDiff:
    return CellDiff("cell 3", before, code, language)


def diff_of(shown: CellDiff) -> lxml.html.HtmlElement:
    (diff,) = lxml.html.fromstring(shown.html()).find_class("groq-diff")
    return diff


def test_signs_and_elements_mark_changes_without_any_style() -> None:
    kept = [f"c = {n}" for n in range(8)]
    shown = change("\n".join(["a = 1", "b = 2", *kept]), "\n".join(["a = 1", "b = 3", *kept]))
    diff = diff_of(shown)
    lines = "  a = 1\n- b = 2\n+ b = 3\n  c = 0\n  c = 1\n  c = 2\n… 5 lines unchanged\n"
    assert diff.text_content() == lines
    assert [node.text_content() for node in diff.iter("del")] == ["- b = 2\n"]
    assert [node.text_content() for node in diff.iter("ins")] == ["+ b = 3\n"]
    assert [node.text_content() for node in diff.iter("b")] == ["2", "3"]
    root = lxml.html.fromstring(shown.html())
    assert root.find_class("groq-change-head")[0].text == "Cell 3, fixed: 1 line removed, 1 added"


def test_code_has_the_colours_of_an_answer_s_code_also_in_a_text_of_several_lines() -> None:
    before = 'text = """\nfor me\n"""\nprint(text'
    diff = diff_of(change(before, f"{before})"))
    (first, inner, *_) = diff.xpath("./code/span")
    assert [node.text for node in first.xpath("./span")] == ["  ", "=", '"""']
    assert [(node.get("class"), node.text) for node in inner.xpath("./span")] == [
        ("groq-sign", "  "),
        ("s2", "for me"),
    ]
    assert [node.text for node in diff.iter("b")] == [")"]
    assert not diff_of(change(before, f"{before})", "no language")).find_class("s2")


def test_the_title_counts_what_changed() -> None:
    assert change("x", "x\na\nb").title == "Cell 3, fixed: 2 lines added"
    assert change("x\na", "x").title == "Cell 3, fixed: 1 line removed"
    assert change("a", "b").title == "Cell 3, fixed: 1 line removed, 1 added"


def test_the_whole_cell_is_there_to_be_copied() -> None:
    root = lxml.html.fromstring(change("x", "for x in y:\n    print(x)").html())
    (code,) = root.xpath("//details/div[@class='groq-text']/pre/code")
    assert code.text_content() == "for x in y:\n    print(x)\n"
    assert root.findtext(".//summary") == "The whole cell"


@pytest.mark.parametrize(
    ("before", "code", "shown"),
    [
        ("x", f"x\n{HOSTILE}", f"  x\n+ {HOSTILE}\n"),
        (f"x\n{HOSTILE}", "x", f"  x\n- {HOSTILE}\n"),
        (f"{HOSTILE}\nx", f"{HOSTILE}\ny", f"  {HOSTILE}\n- x\n+ y\n"),
        (HOSTILE, f"{HOSTILE}!", f"- {HOSTILE}\n+ {HOSTILE}!\n"),
    ],
)
def test_code_is_shown_as_text_whatever_it_contains(before: str, code: str, shown: str) -> None:
    root = lxml.html.fromstring(change(before, code).html())
    assert not list(root.iter("script"))
    assert not root.find_class("groq-bar")
    assert root.find_class("groq-diff")[0].text_content() == shown


@given(st.text("ab'\"#(:)=<&. \n", max_size=60), st.text("ab'\"#(:)=<&. \n", max_size=60))
def test_colours_and_marks_change_no_character(before: str, code: str) -> None:
    shown = change(before, code)
    lines = "".join(f"{line.mark} {line.text}\n" for line in shown.lines)
    assert diff_of(shown).text_content() == lines


def test_markdown_is_a_diff_in_a_fence_longer_than_any_inside() -> None:
    shown = change("x", "```").markdown()
    assert shown == "Cell 3, fixed: 1 line removed, 1 added\n\n````diff\n- x\n+ ```\n````"
