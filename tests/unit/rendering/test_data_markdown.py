"""JSON as Markdown: its texts are shown as they are, whatever they contain."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.rendering import to_html
from groq_magic.rendering.data_markdown import data_markdown

TAG = re.compile(r"<[^>]*>")
BLANKS = re.compile(r"\s+")
WORDS = st.lists(
    st.sampled_from(["a", "1.", "-", "*x*", "_y", "`", "|", "<b>", "&amp;", "$5$", "[z](u)", "#"])
    | st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=4),
    min_size=1,
    max_size=4,
)
TEXTS = WORDS.map(" ".join)
LEAVES = TEXTS | st.integers() | st.booleans()
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(TEXTS, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def shown(data: Any) -> str:
    """Return the text that a reader sees, without blanks."""
    return BLANKS.sub("", html.unescape(TAG.sub("", to_html(data_markdown(data)))))


def leaves(data: Any) -> list[str]:
    """Return the values, in the order in which they are read."""
    if isinstance(data, dict):
        return [leaf for each in data.values() for leaf in leaves(each)]
    if isinstance(data, list):
        return [leaf for each in data for leaf in leaves(each)]
    text = str(data).lower() if isinstance(data, bool) else str(data)
    return [BLANKS.sub("", text)]


@given(JSON)
def test_every_value_is_shown_as_it_is(data: Any) -> None:
    text, position = shown(data), 0
    if isinstance(data, list) and all(isinstance(each, dict) for each in data):
        # A table has the columns of all records, in the order of the first.
        assert all(leaf in text for leaf in leaves(data))
        return
    for leaf in leaves(data):
        assert leaf in text[position:], (data, text)
        position = text.index(leaf, position) + len(leaf)


@pytest.mark.parametrize(
    ("data", "markdown"),
    [
        ([{"a": 1, "b": "x"}, {"a": 2}], "| a | b |\n| ---: | --- |\n| 1 | x |\n| 2 |  |"),
        (
            {"a": 1, "tags": ["x", "y"]},
            "| field | value |\n| --- | --- |\n| **a** | 1 |\n| **tags** | x, y |",
        ),
        ({"a": {"b": [{"c": None}]}}, "- **a**\n  - **b**\n    - 1\\. **c**: –"),
        ("a *b*", "a \\*b\\*"),
        ("- a", "\\- a"),
        ([], "–"),
        (["a", 1], "- 1\\. a\n- 2\\. 1"),
        (
            {"see": "https://example.org/a_b"},
            "| field | value |\n| --- | --- |\n| **see** | https://example.org/a_b |",
        ),
    ],
)
def test_each_kind_has_its_form(data: Any, markdown: str) -> None:
    assert data_markdown(data) == markdown


def test_what_is_too_much_is_counted() -> None:
    rows = [{f"column {n}": n for n in range(40)}] * 150
    assert data_markdown(rows).endswith("\n\n50 more rows and 10 more columns in `_groq.data`.")
    assert data_markdown({str(n): n for n in range(150)}).endswith(
        "50 more fields in `_groq.data`."
    )
    tree = data_markdown([[n, [n]] for n in range(1_000)])
    assert tree.endswith("more in `_groq.data`")
    assert len(tree.splitlines()) < 600
