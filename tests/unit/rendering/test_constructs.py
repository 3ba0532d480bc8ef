"""Markdown as language models write it: one literal pair a construct."""

from __future__ import annotations

import re

import pytest

from groq_magic.rendering import to_html
from tests.unit.rendering.dom import with_styles

_REL = ' rel="noopener noreferrer nofollow"'


def shown(source: str) -> str:
    """Return the HTML without what differs in no page: line ends between tags, rel."""
    html = to_html(source).replace(_REL, "")
    return re.sub(r"(?<=>)\n(?=<)", "", html).removesuffix("\n")


CONSTRUCTS = {
    "a list right after a paragraph": (
        "Steps:\n- a\n- b",
        "<p>Steps:</p><ul><li>a</li><li>b</li></ul>",
    ),
    "a list right after a bold line": (
        "**Steps:**\n1. a\n2. b",
        "<p><strong>Steps:</strong></p><ol><li>a</li><li>b</li></ol>",
    ),
    "two spaces nest under a bullet": ("- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    "three spaces nest under a number": ("1. a\n   - b", "<ol><li>a<ul><li>b</li></ul></li></ol>"),
    "four spaces nest under a bullet": ("- a\n    - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    "a blank line behind a rule leaves a list tight": (
        "- a\n  - b\n  ***\n\n- c",
        "<ul><li>a<ul><li>b</li></ul><hr></li><li>c</li></ul>",
    ),
    "a tight fence in an item": (
        "1. a\n   ```\n   x\n   ```\n2. b",
        "<ol><li>a<pre><code>x\n</code></pre></li><li>b</li></ol>",
    ),
    "a loose fence in an item": (
        "1. a\n\n   ```\n   x\n   ```\n\n2. b",
        "<ol><li><p>a</p><pre><code>x\n</code></pre></li><li><p>b</p></li></ol>",
    ),
    "numbers go on after a flush fence": (
        "1. a\n```\nx\n```\n2. b",
        '<ol><li>a</li></ol><pre><code>x\n</code></pre><ol start="2"><li>b</li></ol>',
    ),
    "a parenthesis after the number": ("1) a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
    "a list that starts elsewhere": ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
    "mixed markers are two lists": ("- a\n* b", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
    "a heading right after text": ("a\n## b", "<p>a</p><h2>b</h2>"),
    "a fence right after text": ("a\n```\nx\n```", "<p>a</p><pre><code>x\n</code></pre>"),
    "a table right after text": (
        "a\n| x |\n|---|\n| 1 |",
        "<p>a</p><table><thead><tr><th>x</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>",
    ),
    "a quote right after text": ("a\n> b", "<p>a</p><blockquote><p>b</p></blockquote>"),
    "tildes fence": ("~~~\n```\n~~~", "<pre><code>```\n</code></pre>"),
    "four backticks fence three": ("````\n```\n````", "<pre><code>```\n</code></pre>"),
    "an unclosed fence": (
        "```zzz\na\n",
        '<pre><code class="highlight language-zzz">a\n</code></pre>',
    ),
    "tabs and blank lines in code": (
        "```\n\ta\n\n\tb\n```",
        "<pre><code>\ta\n\n\tb\n</code></pre>",
    ),
    "a bar in a cell's code": (
        "| a |\n|:-:|\n| `x\\|y` |",
        (
            '<table><thead><tr><th style="text-align: center">a</th></tr></thead><tbody><tr>'
            '<td style="text-align: center"><code>x|y</code></td></tr></tbody></table>'
        ),
    ),
    "a break in a cell": (
        "| a |\n|---|\n| x<br>y |",
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>x<br>y</td></tr></tbody></table>",
    ),
    "a table in a list": (
        "- a\n\n  | x |\n  |---|",
        "<ul><li><p>a</p><table><thead><tr><th>x</th></tr></thead></table></li></ul>",
    ),
    "strikethrough": ("~~a~~", "<p><del>a</del></p>"),
    "nested tasks": (
        "- [x] a\n  - [ ] b",
        (
            '<ul><li><input aria-label="done" checked="" disabled="" title="done" type="checkbox">'
            ' a<ul><li><input aria-label="to do" disabled="" title="to do" type="checkbox"> b</li>'
            "</ul></li></ul>"
        ),
    ),
    "a bare link before a full stop": (
        "See https://a.org/b_c.",
        '<p>See <a href="https://a.org/b_c">https://a.org/b_c</a>.</p>',
    ),
    "a bare link in parentheses": (
        "(https://a.org/b_(c))",
        '<p>(<a href="https://a.org/b_(c)">https://a.org/b_(c)</a>)</p>',
    ),
    "bold beside punctuation": ("**a:**b", "<p>**a:**b</p>"),
    "bold inside CJK": ("中**文**字", "<p>中<strong>文</strong>字</p>"),
    "snake_case": ("a_b_c and __init__", "<p>a_b_c and <strong>init</strong></p>"),
    "a hard break by spaces": ("a  \nb", "<p>a<br>\nb</p>"),
    "a hard break by a backslash": ("a\\\nb", "<p>a<br>\nb</p>"),
    "nested quotes with a lazy line": (
        "> a\n> > b\nc",
        "<blockquote><p>a</p><blockquote><p>b\nc</p></blockquote></blockquote>",
    ),
    "text with an underline is a heading": ("text\n---", "<h2>text</h2>"),
    "inline HTML": (
        "<kbd>Ctrl</kbd> H<sub>2</sub>O<br>",
        "<p><kbd>Ctrl</kbd> H<sub>2</sub>O<br></p>",
    ),
    "generics are text": (
        "List<String, int> x < y, vector<int>",
        "<p>List&lt;String, int&gt; x &lt; y, vector&lt;int&gt;</p>",
    ),
    "an unquoted known generic": ("List<String>", "<p>List&lt;String&gt;</p>"),
    "details with Markdown inside": (
        "<details><summary>S</summary>\n\n**a**\n\n</details>\n\nb",
        "<details><summary>S</summary><p><strong>a</strong></p></details><p>b</p>",
    ),
    "a reference link": (
        "[a][b]\n\n[b]: https://x.org 'T'",
        '<p><a href="https://x.org" title="T">a</a></p>',
    ),
    "a link with parentheses": (
        "[a](https://x.org/b_(c))",
        '<p><a href="https://x.org/b_(c)">a</a></p>',
    ),
    "a year begins no list in a paragraph": ("It was\n1986. Great", "<p>It was\n1986. Great</p>"),
    "joined emoji": ("👩‍👩‍👧", "<p>👩‍👩‍👧</p>"),
    "an image from the network is a link": (
        "![chart](https://x.org/a.png)",
        '<p><a href="https://x.org/a.png">chart</a></p>',
    ),
    "an image in its own address": (
        "![dot](data:image/png;base64,AAAA)",
        '<p><img alt="dot" src="data:image/png;base64,AAAA"></p>',
    ),
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_construct(name: str) -> None:
    source, expected = CONSTRUCTS[name]
    assert shown(source) == with_styles(expected)


def test_known_language_is_coloured_with_classes_only() -> None:
    html = to_html("```python\ndef f(): pass\n```")
    start = '<pre><code class="highlight language-python"><span class="k">def</span> '
    assert html.startswith(with_styles(start))
    assert html.count("style=") == 1


def test_code_too_long_stays_plain() -> None:
    assert "<span" not in to_html("```python\n" + "x = 1\n" * 10_000 + "```")


def test_deep_nesting_ends_in_text() -> None:
    html = to_html("> " * 500 + "a")
    assert html.count("<blockquote>") == 24
    assert "&gt; a" in html
