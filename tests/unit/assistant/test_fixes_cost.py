"""Fitting an answer into its cell costs time linear in their size, on hostile text too."""

from __future__ import annotations

import time

import pytest

from groq_magic.assistant import AssistantPrompt, Cell, code_choice_of

SMALL, LARGE = 100, 1600
ROUNDS = 2


def usual(count: int) -> tuple[str, str]:
    cell = "\n".join(f"value_{n} = load({n}) + {n}" for n in range(count))
    return cell, cell.replace("load(7)", "load(7, 8)")


def part(count: int) -> tuple[str, str]:
    return usual(count)[0], "value_7 = load(7, 8) + 7"


def all_changed(count: int) -> tuple[str, str]:
    return usual(count)[0], usual(count)[0].replace("load", "read_it")


def same_lines(count: int) -> tuple[str, str]:
    return "x = 1\n" * count + "y", "x = 1\n" * (count // 2) + "z"


def functions(count: int) -> tuple[str, str]:
    cell = "\n\n".join(f"def f{n}(x):\n    return x + {n}" for n in range(count // 3))
    return cell, "def f7(x):\n    return x - 7"


def broken(count: int) -> tuple[str, str]:
    cell = "\n".join(f"def f{n}(x)\n    return x + {n}" for n in range(count // 2))
    return cell, "def f7(x):\n    return x - 7"


def placeholders(count: int) -> tuple[str, str]:
    return usual(count)[0], "# ... existing code ...\nx = 1\n" * (count // 2)


def diff(count: int) -> tuple[str, str]:
    return "x = 1\n" * count, "@@ -1 +1 @@\n-x = 1\n+x = 2\n" * (count // 3)


def conflicts(count: int) -> tuple[str, str]:
    return usual(count)[0], "<<<<<<< SEARCH\nx\n=======\ny\n" * (count // 4)


def seconds(source: str, code: str) -> float:
    prompt = AssistantPrompt("fix", "", "", "", cells=(Cell(3, source),))
    answer = f"~~~~python\n{code}\n~~~~\n"
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        code_choice_of(prompt, answer, whole=True)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.slow
@pytest.mark.parametrize(
    "made",
    [
        usual,
        part,
        all_changed,
        same_lines,
        functions,
        broken,
        placeholders,
        diff,
        conflicts,
    ],
    ids=lambda made: made.__name__,
)
def test_sixteen_times_the_text_costs_no_more_than_64_times_the_time(made: object) -> None:
    assert callable(made)
    small, large = seconds(*made(SMALL)), seconds(*made(LARGE))
    # It would be 16 times if it were linear, 256 times if it were quadratic.
    assert large < 64 * max(small, 0.002)
