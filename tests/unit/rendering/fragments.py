"""Fragments of Markdown, HTML and maths, and texts that repeat them: what rendering may cost."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from groq_magic.rendering import MarkdownStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZE = 20_000  # characters of a text
PIECE = 50  # characters of a delta
LIMIT = 12  # times what prose of that length costs; the dearest take 7 to 11

FRAGMENTS = (
    *"*_~`[]()<>!|#$&\\:-+=1a \t{}^\"'@.",
    *("**", "***", "~~", "``", "```", "~~~", "$$", "![", "](", "[a](b)", "[a]", "[a][b]", "[^a]"),
    *("[a]: b", "[a]: <b> 'c'", "[ ] ", "[x] ", "![a](b)", "[a](<", "[a](b 'c", "[a](((("),
    *("<a", "<a>", "</a>", "<b>", "<br>", "<!--", "-->", "<?", "<!A", "<![CDATA[", "<div>"),
    *("</div>", "<details>", "<ul><li>", "<table>", "<td>", "<p a=", '<a b="', "<pre>", "<script>"),
    *("<http://a.b>", "<a@b.c>", "https://", "https://a.b/c", "www.a.b", "a@b.c", "a@", "@b"),
    *("&amp;", "&#", "&a", "&am", "\\(", "\\)", "\\[", "\\]", "\\\\(", "\\\\)", "\\(a\\)", "$a$"),
    *("$a", "$1 ", "\\frac{", "{a}", "\\left(", "\\", "\\\\", "\\*"),
    *("# ", "## a #", " #", "- ", "* ", "1. ", "1) ", "> ", ">", "- > ", "- - ", "1", "123", "1.2"),
    *("---", "===", ":-", "-:", "|-", "|:-:|", "| a ", "|a|b|", "| ", "    ", "  ", "\t", "  - "),
    *("中", "é", "é", "́", "👩‍👧", "\u2028", "\xa0", "\ufeff", "\x00", "\r", "\ud83d"),
    *("a b c ", "word ", "*a* ", "**a** ", "`a` ", "_a_", "*a_ ", "a_b", "a*", "*a", "x < y "),
)
# What a text may begin with: the rest is then read as the inside of it.
STARTS = (
    "",
    "```python\n",
    "- a\n\n  ",
    "> ",
    "- ```\n  ",
    "<div>\n",
    "<!-- ",
    "| a | b |\n|---|---|\n",
    "$$\n",
    "\\[\n",
    "[a]: ",
    "a ",
)
# What stands between two fragments.
JOINS = ("", " ", "\n", "\n\n")

_PROSE = (
    "The mean of a column says where its values lie, and the **median** says it where a few "
    "large values would pull the mean away. Look at both, then at `describe()`. Missing values "
    "are left out of either; say so where it matters.\n\n"
)


def prose(size: int = SIZE) -> str:
    """Return ordinary paragraphs."""
    return (_PROSE * (size // len(_PROSE) + 1))[:size]


def repeated(unit: str, start: str = "", size: int = SIZE) -> str:
    """Return a text that repeats a unit to a length."""
    return (start + unit * (size // len(unit) + 1))[:size]


def stream(text: str, piece: int = PIECE) -> MarkdownStream:
    """Stream a text in pieces."""
    streamed = MarkdownStream()
    for position in range(0, len(text), piece):
        streamed.feed(text[position : position + piece])
    streamed.finish()
    return streamed


def seconds(work: Callable[[str], object], text: str, *, best_of: int = 1) -> float:
    """Return the CPU seconds of the fastest run."""
    best = float("inf")
    for _ in range(best_of):
        begin = time.thread_time()
        work(text)
        best = min(best, time.thread_time() - begin)
    return best


def singles() -> Iterator[tuple[str, str]]:
    """Yield start and unit of the texts that repeat one fragment."""
    for start in STARTS:
        for one in FRAGMENTS:
            for join in JOINS:
                yield start, one + join


def pairs() -> Iterator[tuple[str, str]]:
    """Yield start and unit of the texts that repeat two fragments."""
    for one in FRAGMENTS:
        for other in FRAGMENTS:
            if one != other:
                yield "", one + other
                yield "", f"{one}{other}\n"
