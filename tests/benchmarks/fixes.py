"""Which cells answers to `%groq_fix` and `%%groq_code` become, over all shapes of answers.

    python tests/benchmarks/fixes.py [--verbose]

Prints how many answers gave exactly the right cell, how many were refused with a reason, and how
many gave a wrong cell; with one wrong cell, or too few right ones, it fails. The shapes stand in
tests/unit/assistant/answers, each with what must come of it.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.unit.assistant.answer_shapes import scores, shapes


def main() -> int:
    """Print the scores; 1 where a wrong cell was offered or too few are right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="name each answer that fails")
    verbose = parser.parse_args().verbose
    found = list(shapes())
    start = time.perf_counter()
    result = scores(found)
    seconds = time.perf_counter() - start
    print(f"{result.total} shapes of answers, {1000 * seconds / result.total:.1f} ms each")
    print(f"{result.right} of {result.sufficient} that suffice gave exactly the right cell")
    print(f"{result.refused} refused with a reason, {result.missed} of them would suffice")
    print(f"{result.wrong} wrong cells offered")
    if verbose:
        for shape in found:
            if not shape.is_as_expected:
                print(f"--- {shape.name}\n{shape.choice.why or shape.choice.code}")
    return 0 if result.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
