"""Any text streams in at a few times what prose of its length costs."""

from __future__ import annotations

import time
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.util import ClassNotFound

from groq_magic.rendering import MarkdownStream, highlight, safe_markdown, to_html
from tests.markers import examples
from tests.unit.rendering.fragments import (
    FRAGMENTS,
    JOINS,
    LIMIT,
    SIZE,
    STARTS,
    prose,
    repeated,
    seconds,
    stream,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ATTEMPTS = 10
# Rendered at once, each line or row is a piece of its own: linear, with a larger factor.
_LIMIT_AT_ONCE = 120
_LIMIT_OF_LONG = 40


def ratio(text: str) -> float:
    """Return what streaming a text costs in terms of prose, measured beside it."""
    stream("a")
    lowest = float("inf")
    for _ in range(_ATTEMPTS):
        lowest = min(lowest, seconds(stream, text) / seconds(stream, prose(), best_of=2))
        if lowest <= LIMIT:
            break
    return lowest


def numbered(unit: str, size: int = SIZE) -> str:
    """Return a text that repeats a unit, each time with another number for its #."""
    pieces = []
    while size > 0:
        pieces.append(unit.replace("#", str(len(pieces))))
        size -= len(pieces[-1])
    return "".join(pieces)


KNOWN = {
    "an open HTML block": repeated("text of it ", "<div>\n"),
    "an open HTML block in lines": repeated("text\n", "<div>\n"),
    "an open HTML block with blank lines": repeated("text\n\n", "<details>\n"),
    "closing tags alone": repeated("</a>\n"),
    "tags that never close": repeated("<ul><li>\n"),
    "tags that cross": repeated("<b></i>"),
    "escaped closers": repeated("\\\\)", "\\("),
    "openers and escaped closers": repeated("\\(\\\\)"),
    "escaped dollars": repeated("\\$", "$a"),
    "an ATX closer after blanks": repeated(" ", "# a #") + "x",
    "hashes and blanks": repeated(" #", "# a"),
    "a delimiter row of blanks": repeated(" ", "| a |\n|-") + "x",
    "delimiter cells": repeated("- ", "a\n|"),
    "blanks alone": repeated(" "),
    "tabs alone": repeated("\t", "- > "),
    "quotes with blanks": "> " * 90 + " " * (SIZE - 180),
    "dashes alone": repeated("-"),
    "digits alone": repeated("7"),
    "digits with dots": repeated("1."),
    "definitions": numbered("[a#]: b\n"),
    "one definition again": repeated("[a]: b\n"),
    "definitions with titles": repeated("[a]: <b> 'c'\n", "> "),
    "references before their definitions": numbered("[a#] ", SIZE // 2)
    + "\n\n"
    + numbered("[a#]: b\n\n", SIZE // 2),
    "different formulas": numbered("$a_#$ "),
    "different formulas in lines": numbered("$$\\frac{a}{#}$$\n"),
    "a formula that never ends": repeated("a_1 + ", "$$\n"),
    "an amount with words": repeated(" a", "$1") + "=$",
    "blank lines in code": repeated(" \n", "```python\n"),
    "blank lines in C": repeated("\n", "```c\n"),
    "slow code in many blocks": repeated("```c\n" + "\n" * 900 + "```\n\n"),
    "names in TypeScript": repeated("a.\n", "```ts\n"),
    "code blocks in one item": "- a\n\n" + numbered("  ```python\n  x = #\n  ```\n\n"),
    "indented code and blanks": repeated(" \n", "    a\n"),
    "a fence in an item": repeated("\r ", "- ```\n  "),
    "code in one line": repeated("x = 1; ", "```python\n"),
    "emphasis": repeated("*a* "),
    "emphasis that never closes": repeated("*a _b "),
    "links": repeated("[a](b)"),
    "brackets": repeated("[") + "]",
    "one link of brackets": repeated("![[[["),
    "a wide header": "|" + "*a*|" * 250 + "\n" + "|" + "-|" * 250 + "\n" + repeated("|b\n"),
    "short rows": repeated(".\n", "| a | b |\n|---|---|\n"),
    "a nested list": "- a\n" + repeated("  - b\n"),
    "addresses without an end": repeated("www.a.b_"),
    "one formula again": repeated("$'"),
    "mailboxes": repeated("a@"),
    "surrogates": repeated("\ud83d"),
    "blank lines in a deep list": "- " * 50 + "a" + "\n" * SIZE,
    "a line of tabs in a deep list": "- " * 50 + "a\n" + ("\t" * 5_000 + "\n") * 4,
    "lists all at once": repeated("- " * 100 + "x\n"),
    "digits in formulas": repeated("$$" + "1" * 4_000 + "$$\n\n"),
}

# What took time that grew with its square, in some way of rendering.
LONG = {
    "links of underscores": repeated("www._", size=3 * SIZE),
    "links in one word": repeated("www.a.b_", size=3 * SIZE),
    "openers, and others around closers": repeated("*a b~ c* ", "_a " * SIZE, 6 * SIZE),
    "blank lines in a comment": repeated("\n", "<!--\n", 3 * SIZE),
    "digits in formulas": repeated("$$" + "1" * 4_000 + "$$\n\n", size=3 * SIZE),
    "tags behind other tags' ends": "<div>" + "</p>" * SIZE + numbered("<b a=#>", 3 * SIZE),
    "tags with other tags' ends": "<div>" + numbered("<b a=#></i>", 6 * SIZE),
    "tags that end in a table": "<div>" + numbered("<b a=#><table></b></table>", 6 * SIZE),
    "tags that end in text": "a " + numbered("<b a=#></i>", 6 * SIZE),
    "lists with other tags' ends": repeated("<ul><li></b></b>", "<div>", 6 * SIZE),
    "blocks whose tags stay open": "<div>" + numbered("<p><b a=#></p>", 6 * SIZE),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", KNOWN)
def test_text_that_was_slow_costs_little_more_than_prose(name: str) -> None:
    assert ratio(KNOWN[name]) <= LIMIT


@pytest.mark.slow
@pytest.mark.parametrize("work", [to_html, safe_markdown])
@pytest.mark.parametrize("name", LONG)
def test_text_at_once_costs_little_more_than_prose(
    name: str, work: Callable[[str], object]
) -> None:
    text = LONG[name]
    limit = _LIMIT_OF_LONG * seconds(work, prose(len(text)), best_of=3)
    assert any(seconds(work, text) <= limit for _ in range(_ATTEMPTS))


def test_few_of_many_languages_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_for = []

    def find(name: str, **_: object) -> None:
        looked_for.append(name)
        raise ClassNotFound

    monkeypatch.setattr(highlight, "get_lexer_by_name", find)
    to_html(numbered("```language#\nx\n```\n", 2_000))
    # To find one may mean to import it: all of them take seconds.
    assert len(looked_for) == 16


@pytest.mark.slow
@settings(max_examples=examples(15))
@given(
    st.sampled_from(STARTS),
    st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=4),
    st.sampled_from(JOINS),
    st.sampled_from(JOINS),
)
def test_repeated_fragments_cost_little_more_than_prose(
    start: str, fragments: list[str], between: str, after: str
) -> None:
    text = repeated(between.join(fragments) + after, start)
    assert any(ratio(text) <= LIMIT for _ in range(_ATTEMPTS))
    limit = _LIMIT_AT_ONCE * seconds(to_html, prose(), best_of=2)
    assert any(seconds(to_html, text) <= limit for _ in range(_ATTEMPTS))


def test_digits_at_the_start_of_a_line_cost_what_letters_do() -> None:
    text = "1267650600228229401496703205376 is 2 to the 100"
    limit = 50 * seconds(stream, prose(), best_of=2)
    streamed = MarkdownStream()
    begin = time.thread_time()
    for character in text:
        streamed.feed(character)
        # At once, not at the end: the cost used to double with each digit.
        assert time.thread_time() - begin < limit
    assert text in streamed.html()


def clock(monkeypatch: pytest.MonkeyPatch, tick: float) -> Iterator[int]:
    """Let each look at the colours' clock, one a token, take a time; return the count of looks."""
    looks = count()
    monkeypatch.setattr(highlight, "thread_time", lambda: next(looks) * tick)
    return looks


def test_colours_are_limited_for_an_answer_and_not_for_each_block_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = clock(monkeypatch, 0.001)
    blocks = "".join(f"```python\nx = {n}\n" + "y = 1\n" * 20 + "```\n\n" for n in range(12))
    to_html(blocks)
    # 30 for the answer, one for 143 characters, and the start and end of each block.
    assert next(looks) < 30 + len(blocks) / 143 + 4 * 12


def test_ordinary_code_of_a_long_answer_gets_its_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    # About what a token takes.
    clock(monkeypatch, 1e-5)
    block = "```python\ndef add{}(a, b):\n    return a + b  # their sum\n```\n\nMore of it:\n\n"
    answer = "".join(map(block.format, range(500)))
    assert to_html(answer).count('<span class="k">def</span>') == 500
