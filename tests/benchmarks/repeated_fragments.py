"""What repeated fragments cost: PYTHONPATH=. python tests/benchmarks/repeated_fragments.py.

Fragments of Markdown, HTML and maths (tests/unit/rendering/fragments.py), alone after every
start and in pairs, repeated to 20,000 characters: streamed in pieces of 50 characters, and
rendered at once. Prints the worst ratios to prose of that length; 12 is the limit of a stream.
All of it takes an hour of CPU; --share takes a part of it, by --seed.
"""

from __future__ import annotations

import argparse
import random
import signal
from typing import TYPE_CHECKING

from groq_magic.rendering import to_html
from tests.unit.rendering.fragments import (
    LIMIT,
    SIZE,
    pairs,
    prose,
    repeated,
    seconds,
    singles,
    stream,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_SECONDS = 20.0  # of CPU for one text: more is a hang


class Hang(BaseException):
    """A text took too long."""


def _hang(*_: object) -> None:
    raise Hang


def cost(work: Callable[[str], object], text: str, limit: float) -> float:
    """Return the CPU seconds of a text, the fastest of three if it is over a limit."""
    signal.setitimer(signal.ITIMER_PROF, _MAX_SECONDS)
    try:
        spent = seconds(work, text)
        return min(spent, seconds(work, text, best_of=2)) if spent > limit else spent
    except Hang:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def main() -> None:
    """Print the worst ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=15)
    parser.add_argument("--of", choices=["singles", "pairs", "both"], default="both")
    options = parser.parse_args()
    signal.signal(signal.SIGPROF, _hang)
    cases = [
        *(singles() if options.of != "pairs" else ()),
        *(pairs() if options.of != "singles" else ()),
    ]
    choice = random.Random(options.seed)  # noqa: S311 - a sample, no secret
    cases = choice.sample(cases, int(len(cases) * options.share))
    for work in (stream, to_html):
        ordinary = seconds(work, prose(), best_of=5)
        ratios = []
        for start, unit in cases:
            spent = cost(work, repeated(unit, start), LIMIT * ordinary)
            ratios.append((spent / ordinary, start, unit))
            if spent > LIMIT * ordinary and work is stream:
                print(f"  {spent / ordinary:6.1f} {start!r} {unit!r}", flush=True)
        ratios.sort(reverse=True)
        over = sum(ratio > LIMIT for ratio, *_ in ratios)
        print(
            f"{work.__name__}: prose of {SIZE:,} characters {ordinary * 1e3:.1f} ms; "
            f"{len(ratios)} texts, {over} over {LIMIT} times that; the worst:"
        )
        for ratio, start, unit in ratios[: options.show]:
            print(f"  {ratio:6.1f} {start!r} {unit!r}")


if __name__ == "__main__":
    main()
