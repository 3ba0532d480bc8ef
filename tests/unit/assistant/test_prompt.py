"""Prompts of fenced sections within their room."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from groq_magic.assistant.cuts import cut_around, cut_middle
from groq_magic.assistant.prompt import Sections


def test_sections_share_the_room_and_mark_cuts() -> None:
    sections = Sections("Fix it.", 1_000)
    sections.add("Cell 1:", "a" * 5_000, name="cell 1", share=0.5)
    sections.add("Its error:", "b" * 5_000, name="its error")
    sections.add("Nothing:", "  \n", name="nothing")
    assert len(sections.text) < 1_200
    assert "[… 4,500 characters left out]" in sections.text
    assert [one.name for one in sections.included] == ["cell 1", "its error"]


def test_letters_that_take_more_tokens_take_more_room() -> None:
    sections = Sections("", 900)
    sections.add("Text:", "語" * 5_000, name="text")
    assert sections.text.count("語") == 300


def test_a_text_that_fits_is_whole() -> None:
    assert cut_middle("abc", 3) == "abc"
    assert cut_middle("abc", 0) == "\n[… 3 characters left out]\n"


@given(
    st.lists(st.text("ab ", max_size=20), min_size=1, max_size=40), st.integers(-3, 50), st.data()
)
def test_lines_around_a_line_contain_it_and_fit_into_the_room(
    lines: list[str], line: int, data: st.DataObject
) -> None:
    room = data.draw(st.integers(30, 400))
    text = "\n".join(lines)
    cut = cut_around(text, line, room)
    kept = [one for one in cut.split("\n") if not re.match(r"\[… [\d,]+ lines left out\]", one)]
    assert len("\n".join(kept)) <= room + 1
    assert lines[min(max(line - 1, 0), len(lines) - 1)] in kept
    assert "\n".join(kept) in text


def test_nothing_is_cut_while_there_is_room() -> None:
    sections = Sections("Fix it.", 1_000)
    sections.add("Cell 1:", "a" * 600, name="cell 1", share=0.1)
    sections.add("Cell 2:", "b" * 400, name="cell 2", share=0.1)
    assert "left out" not in sections.text
    assert sections.is_whole("cell 1")
    assert sections.is_whole("cell 2")


def test_room_that_one_section_does_not_need_goes_to_the_others() -> None:
    sections = Sections("", 1_000)
    sections.add("Cell 1:", "a" * 2_000, name="cell 1", share=0.5)
    sections.add("Its error:", "b" * 100, name="its error")
    assert {one.name: one.characters for one in sections.included}["its error"] == 100
    assert sections.text.count("a") > 850
    assert not sections.is_whole("cell 1")


def test_the_line_that_matters_stays() -> None:
    sections = Sections("", 200)
    text = "\n".join(f"line {n}" for n in range(200))
    sections.add("Cell 1:", f"\n\n{text}", name="cell 1", line=153)
    assert "\nline 150\n" in sections.text


def test_a_text_is_cut_between_lines() -> None:
    text = "\n".join(f"number {n}" for n in range(100))
    start, _, end = cut_middle(text, 300).partition("\n[… ")
    assert text.startswith(f"{start}\n")
    assert text.endswith(f"\n{end.partition(chr(10))[2]}")


def test_what_may_not_be_sent_is_replaced_everywhere() -> None:
    sections = Sections("Fix abc.", 500, lambda text: text.replace("abc", "[key]"))
    assert not sections.hides_a_key
    sections.add("Cell 1:", "x = 'abc'", name="cell 1")
    assert "abc" not in sections.text
    assert sections.hides_a_key
