"""Streaming: which patches are made. tests/js applies them in a page."""

from __future__ import annotations

from typing import Literal

import pytest

from groq_magic.rendering import MarkdownStream, highlight, to_html
from tests.unit.rendering.dom import with_styles


def frame(text: str) -> str:
    """Return what is shown while a text is still being written."""
    stream = MarkdownStream()
    stream.feed(text)
    return stream.html().replace(' rel="noopener noreferrer nofollow"', "").replace("\n", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a **bo", "<p>a <strong>bo</strong></p>"),
        ("a **bold*", "<p>a <strong>bold</strong></p>"),
        ("a **", "<p>a </p>"),
        ("a `co", "<p>a <code>co</code></p>"),
        ("a ~~b", "<p>a <del>b</del></p>"),
        ("see [the docs](https://x.o", "<p>see the docs</p>"),
        ("see [the do", "<p>see the do</p>"),
        ("see [the docs]", "<p>see the docs</p>"),
        ("see ![the chart](https://x", "<p>see the chart</p>"),
        ("a <kb", "<p>a </p>"),
        ("a <kbd>x</kb", "<p>a <kbd>x</kbd></p>"),
        ("a <!-", "<p>a </p>"),
        ("if x <k and", "<p>if x &lt;k and</p>"),
        ("a &am", "<p>a </p>"),
        ("a \\", "<p>a </p>"),
        ("so \\(x^2 + ", "<p>so </p>"),
        ("so $x^2", "<p>so </p>"),
        ("so $a + b + c + d^2 + ", "<p>so </p>"),
        ("so $$x + y", "<p>so </p>"),
        ("in $US and other dollars", "<p>in $US and other dollars</p>"),
        ("it costs $5 and", "<p>it costs $5 and</p>"),
        ("| a | b", "<table><thead><tr><th>a</th><th>b</th></tr></thead></table>"),
        ("| a | b |\n|--", "<table><thead><tr><th>a</th><th>b</th></tr></thead></table>"),
        (
            "a\n| b | c",
            "<p>a</p><table><thead><tr><th>b</th><th>c</th></tr></thead></table>",
        ),
        ("|x| is at least", "<p>|x| is at least</p>"),
        ("so that\n|x| is at", "<p>so that|x| is at</p>"),
        ("||x|| is", "<p>||x|| is</p>"),
        ("|a|b|", "<p>|a|b|</p>"),
        ("|a|b|\n", "<table><thead><tr><th>a</th><th>b</th></tr></thead></table>"),
        ("take a[0]", "<p>take a[0]</p>"),
        ("take a[0", "<p>take a[0</p>"),
        ("take f(x)[1:", "<p>take f(x)[1:</p>"),
        ("the list [1, 2]", "<p>the list [1, 2]</p>"),
        ('the list ["a", "b', '<p>the list ["a", "b</p>'),
        ("中文[链接](https://x", "<p>中文链接</p>"),
        ("takes ~5 minutes", "<p>takes ~5 minutes</p>"),
        ("echo $HOME_DIR and so on", "<p>echo $HOME_DIR and so on</p>"),
        ("if x <a and b", "<p>if x &lt;a and b</p>"),
        ('see <a href="https://x.org/ a b', "<p>see </p>"),
        ("a\n\n-", "<p>a</p>"),
        ("a\n\n12", "<p>a</p><p>12</p>"),
        ("42", "<p>42</p>"),
        ("-5", "<p>-5</p>"),
        ("1. a\n2", "<ol><li>a</li></ol>"),
        ("1. a\n\n2.", "<ol><li>a</li></ol>"),
        ("a\n1.", "<p>a</p>"),
        ("a\n12", "<p>a12</p>"),
        ("2", "<p>2</p>"),
        ("2. ", '<ol start="2"><li></li></ol>'),
        ("a\n\n##", "<p>a</p>"),
        ("a\n\n```py", "<p>a</p>"),
        ("```\nx\n``", "<pre><code>x</code></pre>"),
        ("# Hea **x", "<h1>Hea <strong>x</strong></h1>"),
        ("<details><su", "<details></details>"),
        ("<details><summary>More</su", "<details><summary>More</summary></details>"),
        ("a\n\n<div", "<p>a</p>"),
        ("x < y and List<S", "<p>x &lt; y and List</p>"),
        ("x < y and List<String", "<p>x &lt; y and List&lt;String</p>"),
        ("a List<String> of", "<p>a List&lt;String&gt; of</p>"),
    ],
)
def test_unfinished_markdown_looks_finished(text: str, expected: str) -> None:
    assert frame(text) == with_styles(expected)


def test_settled_blocks_are_sent_once() -> None:
    stream = MarkdownStream()
    sent = []
    for _ in range(40):
        sent += stream.feed("A paragraph.\n\n")
    assert [patch.index for patch in sent if patch.op == "block"] == list(range(40))


@pytest.mark.parametrize(
    "unit", ["- an item of a list\n", "x = 1\n", "| 1 | 2 |\n", "> a quote\n>\n"]
)
def test_long_blocks_are_sent_piece_by_piece(unit: str) -> None:
    before = {"x": "```\n", "|": "| a | b |\n|---|---|\n"}.get(unit[0], "")
    stream = MarkdownStream()
    sent = stream.feed(before)
    for _ in range(400):
        sent += stream.feed(unit)
    size = sum(len(patch.html) for patch in sent)
    assert size < 4 * len(stream.html())


def test_list_that_turns_loose_is_sent_again_once() -> None:
    stream = MarkdownStream()
    sent = stream.feed("- a\n- b\n- c\n")
    sent += stream.feed("\n- d\n- e\n\n- f\n- g\n")
    assert sum(patch.op == "block" for patch in sent) == 2


def test_late_definition_reaches_a_settled_block() -> None:
    stream = MarkdownStream()
    stream.feed("[x] here\n\nmore\n\n")
    patches = stream.feed("[x]: https://x.org\n\nafter\n")
    assert ("block", 0) in [(patch.op, patch.index) for patch in patches]
    assert '<a href="https://x.org"' in stream.html()


def test_each_line_of_code_gets_its_colours_when_it_ends() -> None:
    stream = MarkdownStream()
    stream.feed("```python\nimport os\nimport re")
    assert stream.html().count('<span class="kn">import</span>') == 1
    assert [patch.op for patch in stream.feed("\n")] == ["grow"]
    assert stream.html().count('<span class="kn">import</span>') == 2


def test_code_is_sent_again_only_where_the_whole_of_it_has_other_colours() -> None:
    ordinary, spanning = "x = 1\ndef f():\n    return 'a'\n", "/* for\nreturn */\nint x;\n"
    for language, code, ops in (("python", ordinary, []), ("c", spanning, ["block"])):
        stream = MarkdownStream()
        text = f"```{language}\n{code}"
        for line in text.splitlines(keepends=True):
            stream.feed(line)
        assert [patch.op for patch in stream.feed("```\n")] == ops
        assert stream.html() == to_html(f"{text}```\n")


@pytest.mark.parametrize("language", ["no-such-language", "text", ""])
def test_code_in_a_language_without_colours_is_sent_once(language: str) -> None:
    stream = MarkdownStream()
    patches = [*stream.feed(f"```{language}\nimport os\n"), *stream.feed("```\n")]
    assert "<span" not in stream.html()
    assert [patch.op for patch in patches] == ["block"]


@pytest.mark.parametrize("language", ["yaml", "ruby", "haml", "sass", "pug", "django", "php"])
def test_code_of_any_lexer_streams(language: str) -> None:
    code = "a: b\nc:\n  - d: e\n    f: g\n# x\n%p\n"
    stream = MarkdownStream()
    for line in f"```{language}\n{code}```".splitlines(keepends=True):
        stream.feed(line)
    stream.finish()
    assert stream.html() == to_html(f"```{language}\n{code}```")


def test_code_that_turns_out_too_long_for_colours_is_not_sent_again() -> None:
    stream = MarkdownStream()
    lines = "value = compute(value)\n" * 10
    patches = stream.feed("```python\n")
    for _ in range(0, highlight.MAX_CODE + 1, len(lines)):
        patches += stream.feed(lines)
    assert "<span" in stream.html()
    patches += stream.feed("```\n")
    assert [patch.op for patch in patches].count("block") == 1
    assert "<span" not in to_html("```python\n" + lines * 100 + "```\n")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("# Head\n\nText\n\n- item\n\n> quote\n\n---\n", ["text"] * 5),
        ("```py\nx\n```\n\n    indented\n", ["code", "code"]),
        ("| a |\n|---|\n| b |\n", ["table"]),
        ("$$\nx^2\n$$\n\n\\[ a \\]\n", ["formula", "formula"]),
        ("$$x$$ and text\n\n$x$\n\n$$\\href{a}{b}$$\n", ["text"] * 3),
        ("![a](data:image/png;base64,AAAA)\n", ["image"]),
        ("![a](data:image/svg+xml;base64,AAAA)\n\n![a](https://x.org/a.png)\n", ["text"] * 2),
    ],
)
@pytest.mark.parametrize("formulas", ["mathml", "tex"])
def test_patches_name_the_kind_of_each_block(
    text: str, kinds: list[str], formulas: Literal["mathml", "tex"]
) -> None:
    stream = MarkdownStream(formulas=formulas)
    stream.feed(text)
    stream.finish()
    assert [patch.kind for patch in stream.patches_from_start()] == kinds


def test_finish_twice_changes_nothing() -> None:
    stream = MarkdownStream()
    stream.feed("a **b")
    assert stream.finish()
    assert stream.finish() == []


def test_patch_is_a_plain_tuple() -> None:
    assert list(MarkdownStream().feed("a")[0]) == ["block", 0, "<p>a</p>\n", "text"]
