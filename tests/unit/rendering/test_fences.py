"""Text in a fence of its own comes out as it went in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.rendering import Fence, fenced, fenced_code


@given(st.text("`~\nx "))
def test_no_text_closes_its_own_fence(text: str) -> None:
    whole = text if not text or text.endswith("\n") else f"{text}\n"
    assert fenced_code(fenced(text, "text")) == (Fence("text", whole, closed=True),)


@pytest.mark.parametrize(
    ("text", "language", "block"),
    [
        ("x = 1", "python", "```python\nx = 1\n```"),
        ("x = 1\n", "", "```\nx = 1\n```"),
        ("", "", "```\n```"),
        ("a ```` b", "text", "`````text\na ```` b\n`````"),
        ("x", "c`~ +\n+", "```c++\nx\n```"),
    ],
)
def test_a_block_is_written_so(text: str, language: str, block: str) -> None:
    assert fenced(text, language) == block
