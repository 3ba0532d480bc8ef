"""Markdown is read back from our HTML: it gives that very HTML again, or nothing is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.rendering import read_back, to_html


@pytest.mark.parametrize(
    "source",
    [
        'The user asks: "What is 2*3?"',
        "One.\n\nTwo **bold** and *lean* and ~~gone~~ with `code` and ``a ` tick``.",
        "- a\n- b\n  - c\n- d\n\nthen\n\n3. x\n4. y",
        "- a\n\n- b\n\n  more",
        "1. a\n\n   ```py\n   x = 1\n   ```\n2. b",
        "# H\n\n```python\nif x:\n  print('a')\n```\n\n```\nplain\n```",
        r"A formula \(a_1^2\), and $$\frac{1}{2}$$; it costs $5 to $10.",
        "See https://x.org/a and [b](https://c.d).",
        "One line  \nanother",
        "> quote\n> more\n\n---\n\nend",
        "2\\. is no list, 2 \\* 3 \\* 4 no emphasis, &lt;b&gt; no tag",
    ],
)
def test_what_models_reason_in_is_read_back(source: str) -> None:
    html = to_html(source)
    found = read_back(html)
    assert found is not None
    assert to_html(found) == html


def test_what_needs_no_marks_escaped_comes_back_as_it_was() -> None:
    source = "We need the mean (not the median), e.g. of x_1.\n\n- It's 1.5 - maybe."
    assert read_back(to_html(source)) == source


@pytest.mark.parametrize(
    "html",
    [
        "<p>hm</p>",
        "<p onclick='x()'>hm</p>\n",
        '<p class="groq-bar">hm</p>\n',
        "<script>alert(1)</script>",
        "<p>hm<img src=x onerror=alert(1)></p>\n",
        '<p><a href="javascript:alert(1)">x</a></p>\n',
        '<ol start="' + "9" * 5_000 + '">\n<li>a</li>\n</ol>\n',
        "<![if x]>",
        "<p>" * 5_000,
        "<p>" + "x" * 300_000 + "</p>\n",
    ],
)
def test_what_we_would_not_have_written_is_nothing(html: str) -> None:
    assert read_back(html) is None


@given(st.text("ab *_`~#->.1()[]<&$\\\n|", max_size=40))
def test_what_comes_back_gives_the_same_html(source: str) -> None:
    html = to_html(source)
    found = read_back(html)
    assert found is None or to_html(found) == html


@given(st.text("<>/pabulio=\"' &;!-x", max_size=60))
def test_any_text_is_read_without_a_fault(html: str) -> None:
    found = read_back(html)
    assert found is None or to_html(found) == html
