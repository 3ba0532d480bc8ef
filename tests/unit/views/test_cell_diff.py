"""A mended cell beside the one that failed."""

from __future__ import annotations

import lxml.html
import pytest

from groq_magic.views.cell_diff import CellDiff

HOSTILE = '</code></pre><script>alert(1)</script><div class="groq-bar">'


def change(*lines: tuple[str, str], code: str = "x = 1") -> CellDiff:
    return CellDiff("cell 3", lines, code, "python")


def test_signs_and_elements_say_it_without_any_style() -> None:
    shown = change((" ", "a = 1"), ("-", "b = 2"), ("+", "b = 3"), ("…", "4 lines unchanged"))
    root = lxml.html.fromstring(shown.html())
    (diff,) = root.find_class("groq-diff")
    assert diff.text_content() == "  a = 1\n- b = 2\n+ b = 3\n… 4 lines unchanged\n"
    assert [node.text for node in diff.iter("del")] == ["- b = 2\n"]
    assert [node.text for node in diff.iter("ins")] == ["+ b = 3\n"]
    assert root.find_class("groq-change-head")[0].text == "Cell 3, fixed: 1 line removed, 1 added"


def test_the_title_counts_what_changed() -> None:
    assert change(("+", "a"), ("+", "b")).title == "Cell 3, fixed: 2 lines added"
    assert change(("-", "a")).title == "Cell 3, fixed: 1 line removed"
    assert change(("-", "a"), ("+", "b")).title == "Cell 3, fixed: 1 line removed, 1 added"


def test_the_whole_cell_is_there_to_be_copied() -> None:
    root = lxml.html.fromstring(change(("+", "x"), code="for x in y:\n    print(x)").html())
    (code,) = root.xpath("//details/div[@class='groq-text']/pre/code")
    assert code.text_content() == "for x in y:\n    print(x)\n"
    assert root.findtext(".//summary") == "The whole cell"


@pytest.mark.parametrize("mark", ["+", "-", " ", "…"])
def test_code_is_text_whatever_it_holds(mark: str) -> None:
    shown = change((mark, HOSTILE), code=HOSTILE).html()
    root = lxml.html.fromstring(shown)
    assert not list(root.iter("script"))
    assert not root.find_class("groq-bar")
    assert f"{mark} {HOSTILE}\n" == root.find_class("groq-diff")[0].text_content()


def test_markdown_is_a_diff_in_a_fence_longer_than_any_inside() -> None:
    shown = change(("+", "```"), ("-", "x")).markdown()
    assert shown == "Cell 3, fixed: 1 line removed, 1 added\n\n````diff\n+ ```\n- x\n````"
