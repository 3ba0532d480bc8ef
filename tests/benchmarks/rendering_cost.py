"""What rendering costs, as ratios: python tests/benchmarks/rendering_cost.py.

CPU per token of a stream at 64k tokens against 8k (1 is linear), the one-shot against plain
Python-Markdown, the stream against rendering the whole text again at each frame. A token is
taken as four characters, a frame as 50 tokens (1,000 tokens a second at 20 frames a second).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import markdown

sys.path.insert(0, str(Path(__file__).parents[2]))

from groq_magic.rendering import MarkdownStream, to_html

if TYPE_CHECKING:
    from collections.abc import Callable

_FRAME = 200
_PARAGRAPH = (
    "The **mean** of `x` is $\\bar{x}$, see [the docs](https://x.org/a) for what *that* means. "
    "A second sentence makes the paragraph as long as they are.\n\n"
)
_MIXED = (
    "## A heading\n\n"
    + _PARAGRAPH
    + "1. **One**: do this\n   - and `that`\n2. **Two**: do those\n\n"
    + "```python\ndef f(x):\n    return x ** 2  # a comment\n```\n\n"
    + "| a | b |\n|---|--:|\n| 1 | 2 |\n| 3 | 4 |\n\n"
    + "> A quote\n\n"
)


def mixed(size: int) -> str:
    """Return blocks of every kind."""
    return (_MIXED * (size // len(_MIXED) + 1))[:size]


def one_list(size: int) -> str:
    """Return one list."""
    item = "- **An item** with `code` and some words more, as they are in lists\n"
    return (item * (size // len(item) + 1))[:size]


def one_fence(size: int) -> str:
    """Return one fenced code block."""
    line = "value = compute(value, 42)  # a line of code\n"
    return "```python\n" + (line * (size // len(line) + 1))[:size]


def one_table(size: int) -> str:
    """Return one table."""
    row = "| 1 | two | `three` | a cell with words |\n"
    return "| a | b | c | d |\n|---|---|---|---|\n" + (row * (size // len(row) + 1))[:size]


def one_paragraph(size: int) -> str:
    """Return one paragraph, the worst case: nothing of it ever settles."""
    words = "Some **bold** words and `code`, and so on. "
    return (words * (size // len(words) + 1))[:size]


def streamed(text: str) -> tuple[float, int]:
    """Return the CPU seconds of a stream, and the characters that it sends."""
    start = time.process_time()
    stream = MarkdownStream()
    sent = 0
    for position in range(0, len(text), _FRAME):
        sent += sum(len(patch.html) for patch in stream.feed(text[position : position + _FRAME]))
    sent += sum(len(patch.html) for patch in stream.finish())
    return time.process_time() - start, sent


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of the fastest of three runs."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    """Print the ratios."""
    print("stream: CPU per token at 64k tokens against 8k; characters sent per character of HTML")
    for build in (mixed, one_list, one_fence, one_table, one_paragraph):
        small, large = build(8_000 * 4), build(64_000 * 4)
        few, _ = streamed(small)
        many, sent = streamed(large)
        ratio = many / 8 / few
        print(
            f"  {build.__name__:14} {ratio:5.2f}   sent {sent / len(to_html(large)):5.1f}"
            f"   ({few * 1e6 / 8_000:.0f} µs per token at 8k, {many:.2f} s at 64k)"
        )
    text = mixed(8_000 * 4)
    ours = seconds(lambda: to_html(text))
    plain = seconds(lambda: markdown.markdown(text, extensions=["extra", "sane_lists"]))
    print(
        f"one-shot, 8k tokens: {ours * 1e3:.1f} ms, {ours / plain:.2f} of Python-Markdown's extra"
    )
    stream, _ = streamed(text)
    start = time.process_time()
    for end in range(_FRAME, len(text) + 1, _FRAME):
        to_html(text[:end])
    naive = time.process_time() - start
    print(f"stream, 8k tokens: {stream:.2f} s, {stream / naive:.3f} of rendering again each frame")


if __name__ == "__main__":
    main()
