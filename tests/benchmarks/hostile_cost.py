"""What answers made to be slow cost: PYTHONPATH=. python tests/benchmarks/hostile_cost.py.

Every mark of tests/unit/rendering/test_hostile.py, repeated to 100 kB: rendered at once, streamed
in 500 pieces, and made safe Markdown. Prints the slowest, how many times an ordinary answer of
the same size each takes, and how cost grows from 50 kB (2 is linear, 4 quadratic).
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from groq_magic.rendering import MarkdownStream, safe_markdown, to_html
from tests.benchmarks.rendering_cost import mixed
from tests.unit.rendering.test_hostile import MARKS

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 100_000  # characters


def streamed(text: str) -> None:
    """Stream a text in 500 pieces."""
    stream = MarkdownStream()
    piece = max(1, len(text) // 500)
    for position in range(0, len(text), piece):
        stream.feed(text[position : position + piece])
    stream.finish()


def seconds(work: Callable[[str], object], text: str) -> float:
    """Return the CPU seconds of a run."""
    start = time.process_time()
    work(text)
    return time.process_time() - start


def main() -> None:
    """Print the slowest marks of each way to render."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--show", type=int, default=5)
    options = parser.parse_args()
    for work in (to_html, streamed, safe_markdown):
        ordinary = seconds(work, mixed(SIZE))
        costs = sorted(
            ((seconds(work, mark * (SIZE // len(mark))), mark) for mark in MARKS), reverse=True
        )
        print(f"{work.__name__}: an ordinary answer of {SIZE:,} characters {ordinary:.2f} s")
        for cost, mark in costs[: options.show]:
            half = seconds(work, mark * (SIZE // len(mark) // 2))
            print(
                f"  {mark!r:14} {cost:5.2f} s, {cost / ordinary:4.1f} times the ordinary one, "
                f"growth from half {cost / half:.1f}"
            )


if __name__ == "__main__":
    main()
