"""Lines of compiled code, found in the cell as it was typed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groq_magic.page.cell_lines import typed_line

MAGIC = "get_ipython().run_line_magic('x', '')"


def test_a_cell_magic_above_shifts_the_lines() -> None:
    assert typed_line("%%capture\na = 1\nb", ["a = 1", "b"], 2) == 3


def test_a_magic_in_several_lines_shifts_those_below() -> None:
    source = "a = 1\n!ls \\\n  -l\nb"
    assert typed_line(source, ["a = 1", MAGIC, "b"], 3) == 4
    assert typed_line(source, ["a = 1", MAGIC, "b"], 2) == 2


def test_blank_lines_above_are_left_out() -> None:
    assert typed_line("\n\n%time 1\nx", [MAGIC, "x"], 1) == 3
    assert typed_line("\n\n%time 1", [MAGIC], 1) == 3


def test_without_the_compiled_code_the_line_is_counted() -> None:
    assert typed_line("\na\nb", [], 2) == 3


@given(
    st.lists(st.sampled_from(["a", "b", "%m", "", "c"]), min_size=1, max_size=12),
    st.integers(-2, 20),
)
def test_it_is_always_a_line_of_the_cell(lines: list[str], line: int) -> None:
    made = [MAGIC if text == "%m" else text for text in lines]
    assert 1 <= typed_line("\n".join(lines), made, line) <= len(lines) or line < 1


@given(st.lists(st.integers(0, 99), min_size=1, max_size=12, unique=True), st.data())
def test_lines_that_are_the_same_are_found(numbers: list[int], data: st.DataObject) -> None:
    lines = [f"x{n} = {n}" for n in numbers]
    at = data.draw(st.integers(1, len(lines)))
    assert typed_line("\n".join(["%%time", "", *lines]), lines, at) == at + 2
