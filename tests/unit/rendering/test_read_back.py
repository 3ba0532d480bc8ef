"""Markdown is read back from our HTML: it gives that very HTML again, or its text in a fence."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.rendering import fenced, read_back, to_html
from groq_magic.rendering.direction import without_direction
from groq_magic.rendering.read_back import ReadBack


@pytest.mark.parametrize(
    "source",
    [
        'The user asks: "What is 2*3?"',
        "One.\n\nTwo **bold** and *lean* and ~~gone~~ with `code` and ``a ` tick``.",
        "- a\n- b\n  - c\n- d\n\nthen\n\n3. x\n4. y",
        "- a\n\n- b\n\n  more",
        "1. a\n\n   ```py\n   x = 1\n   ```\n2. b",
        "# H\n\n### I\n\n```python\nif x:\n  print('a')\n```\n\n```\nplain\n```",
        r"A formula \(a_1^2\), and $$\frac{1}{2}$$; it costs $5 to $10.",
        "See https://x.org/a and [b](https://c.d).",
        "One line  \nanother",
        "> quote\n> more\n>\n> again\n\n---\n\nend",
        "2\\. is no list, 2 \\* 3 \\* 4 no emphasis, &lt;b&gt; no tag",
        "Code with outer spaces: `  a  `, ` ` and `` ` ``; a\u00a0space, \"quotes\" & 'more'.",
        "| a | b | c |\n|:--|:-:|--:|\n| 1 | `x \\| y` | **z** |\n| 2 | | p \\| q |",
        "| a |\n|---|",
        "- [x] done\n- [ ] *not* done",
        "- [x] done\n\n- [ ] not",
        "Press <kbd>Ctrl</kbd>, x<sub>1</sub> <b title='t &amp; \"u\"'>*bold*</b><br>end",
        "<details>\n<summary>Sum</summary>\nInner\n</details>\n\nAfter",
        'A [link](https://a.b/?c=1&d=2 "title") and ![pixel](data:image/png;base64,AAAA).',
    ],
)
def test_what_models_reason_in_is_read_back(source: str) -> None:
    html = to_html(source)
    found = read_back(html)
    assert found is not None
    assert found.is_exact
    assert to_html(found.markdown) == html


@pytest.mark.parametrize(
    "source",
    [
        "עברית עם `code`.\n\nEnglish.",
        "- א\n- b\n\n> ג",
        "| א | b |\n|---|--:|\n| 1 | ג |",
        "<details><summary>א</summary>\n\nב\n\n</details>",
    ],
)
def test_text_from_the_right_is_read_back_from_files_with_and_without_directions(
    source: str,
) -> None:
    html = to_html(source)
    before = without_direction(html)
    assert before != html
    for each in (html, before):
        found = read_back(each)
        assert found is not None
        assert found.is_exact
        assert without_direction(to_html(found.markdown)) == before


def test_what_needs_no_marks_escaped_comes_back_as_it_was() -> None:
    source = (
        "We need the *mean* (not the ~~median~~), e.g. of x_1.\n\n- It's 1.5 - maybe.\n\n"
        "## So\n\n> See https://x.org/a or\\\n> perhaps [b](https://c.d).\n\n---\n\nOr `f`."
    )
    assert read_back(to_html(source)) == ReadBack(source, is_exact=True)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>hm</p>", "hm"),
        ("<p>hm\n", "hm"),
        ("hm</p>\n", "hm"),
        ('<p class="groq-bar">hm</p>\n', "hm"),
        ('<p><a href="javascript:alert(1)">x</a></p>\n', "[x](javascript:alert(1))"),
        ('<ol start="' + "9" * 5_000 + '">\n<li>a</li>\n</ol>\n', "1. a"),
        ("<ul>between<li>a ``` b</li></ul>", "<ul>between<li>a ``` b</li></ul>"),
        ("<b>" * 40 + "deep" + "</b>" * 40, "deep"),
        ("<ul><li>" * 40 + "deep<ul><li>deeper</li></ul>" + "</li></ul>" * 40, "deep\n\ndeeper"),
        ("<p>" + "x " * 150_000 + "</p>\n", "x " * 150_000),
        ("<p>ab&lt;script&gt; <em>c</em>d</p>", "ab<script> *c*d"),
    ],
)
def test_what_can_not_be_written_again_is_its_text_in_a_fence(html: str, text: str) -> None:
    assert read_back(html) == ReadBack(fenced(text, "text"), is_exact=False)


def test_text_in_a_fence_is_itself_read_back() -> None:
    found = read_back("<p>a ``` b</p>")
    assert found is not None
    assert read_back(to_html(found.markdown)) == ReadBack(found.markdown, is_exact=True)


@pytest.mark.parametrize(
    "html",
    [
        "<p></p>\n",
        "<p onclick='x()'>hm</p>\n",
        "<P>hm</P>",
        "<p >hm</p>",
        "<script>alert(1)</script>",
        "<p>hm<img src=x onerror=alert(1)></p>\n",
        "<p>a & b</p>",
        "<p>&#" + "9" * 5_000 + ";</p>",
        "<![if x]>",
        "<p>" * 100_000,
        "</p>" * 100_000,
        "<ul><li>" * 50_000,
        "<a " * 66_000,
        "</a " * 50_000,
        "<!--" * 50_000,
        "<![CDATA[" * 30_000,
        "<?" * 100_000,
        "<" * 200_000,
        "&" * 200_000,
        "&amp" * 50_000,
        '<a b="' * 30_000,
        '<a b="' + "x" * 28,
        "<a" + ' b=""' * 40_000,
        "<a" + ' b="&' * 40_000,
        "x" * 200_000 + "<",
    ],
)
def test_what_we_would_not_have_written_is_nothing(html: str) -> None:
    began = time.process_time()
    assert read_back(html) is None
    # Far more than it takes, far less than what grows with the square of the length.
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "html",
    [
        "<blockquote>" * 14 + "<pre>" + "\n" * 150_000 + "x</pre>" + "</blockquote>" * 14,
        "<ul><li>" * 7 + "<p>a</p>" * 20_000 + "</li></ul>" * 7,
        "<table>" * 14 + "<thead><tr><th>a</th></tr></thead>" * 5_000 + "</table>" * 14,
        "<p>" + "a <b>*_[`</b>" * 14_000 + "</p>",
    ],
    ids=["quotes", "lists", "tables", "marks"],
)
def test_html_that_grows_as_markdown_costs_no_minutes(html: str) -> None:
    began = time.process_time()
    assert read_back(html) is not None
    # As above.
    assert time.process_time() - began < 20


@given(st.text("ab *_`~#->.1()[]<&$\\\n|", max_size=40))
def test_what_comes_back_gives_the_same_html(source: str) -> None:
    html = to_html(source)
    found = read_back(html)
    assert found is None or (to_html(found.markdown) == html) is found.is_exact


@given(st.text("<>/pabulio=\"' &;!-x", max_size=60))
def test_any_text_is_read_without_a_fault(html: str) -> None:
    found = read_back(html)
    assert found is None or (to_html(found.markdown) == html) is found.is_exact
