"""What is taken from an answer's source: its code, and a safe copy of it as Markdown."""

from __future__ import annotations

import re

import pytest

from groq_magic.rendering import Fence, escape, fenced_code, safe_markdown, to_html


def test_fences_are_found_wherever_they_are() -> None:
    text = (
        "```python title=x\na = 1\n```\n- item\n  ~~~\n  b\n  ~~~\n> ````js\n> c\n> ```\n> ````\n\n"
        "    ```\n    indented\n\n```\nopen"
    )
    assert fenced_code(text) == (
        Fence("python", "a = 1\n", closed=True),
        Fence("", "b\n", closed=True),
        Fence("js", "c\n```\n", closed=True),
        Fence("", "open\n", closed=False),
    )


def test_code_in_text_is_no_fence() -> None:
    assert fenced_code("a ```b``` c\n\n    d\n") == ()


def test_escape_is_safe_in_content_and_attributes() -> None:
    assert escape("<a href=\"x\" b='y'>&") == "&lt;a href=&quot;x&quot; b=&#x27;y&#x27;&gt;&amp;"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a <b>b</b>", "a &lt;b&gt;b&lt;/b&gt;\n"),
        ("![x](https://x.org/i.png)", "[x](https://x.org/i.png)\n"),
        ("[x](javascript:alert)", "x\n"),
        ("[x](https://x.org)", "[x](https://x.org)\n"),
        ("- [x] a\n- [ ] b", "- [x] a\n- [ ] b\n"),
        ("```py\n<b>\n```", "```py\n<b>\n```\n"),
        ("$x < y$ for $5", "$x \\lt  y$ for &#36;5\n"),
        ("a<br>b", "a\\\nb\n"),
        ("| a |\n|:-:|\n| `x\\|y` |", "| a |\n| :-: |\n| `x\\|y` |\n"),
        ("*a **b***", "*a **b***\n"),
    ],
)
def test_safe_markdown(source: str, expected: str) -> None:
    assert safe_markdown(source) == expected


def test_safe_markdown_says_the_same() -> None:
    source = (
        "# T *a*\n\n1. x\n2. y\n   - z\n\n3. w\n\n> q\n> - r\n\n| a | b |\n|--|:-:|\n"
        "| 1 | **2** |\n\n"
        "```sh\nls | wc\n```\n\n---\n\na_b + 1. c\\\nd [l](https://x.org 'T') ~~e~~ `f`\n\n"
        "- not a list\\: 2 * 3\n"
    )

    def words(html: str) -> str:
        return re.sub(r"\s+", "", html)

    assert words(to_html(safe_markdown(source))) == words(to_html(source))
    assert safe_markdown(safe_markdown(source)) == safe_markdown(source)
