"""A failure keeps only text: the values of its frames are freed."""

from __future__ import annotations

import gc
import sys
import weakref
from typing import Any

import pytest

FAILING = """
import weakref
class Big:
    def __init__(self):
        self.rows = 7
    def __repr__(self):
        return "Big of 7 rows"
refs = []
def load():
    big = Big()
    refs.append(weakref.ref(big))
    return convert(big)
def convert(big):
    return int(big.rows + "x")
load()
"""

# An ask with a value of the function that asks.
ASKING = """
import weakref
class Big:
    pass
refs = []
def ask(options=""):
    big = Big()
    refs.append(weakref.ref(big))
    get_ipython().run_line_magic("groq", options + " About {{big}}")
"""


def forget(shell: Any) -> None:
    """Remove what IPython itself keeps of an exception."""
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        if hasattr(sys, name):
            setattr(sys, name, None)
    shell.last_execution_result = None
    for formatter in (shell.InteractiveTB, shell.SyntaxTB):
        for name in ("tb", "etype", "evalue"):
            if hasattr(formatter, name):
                setattr(formatter, name, None)
    shell.CustomTB = lambda *_: None
    gc.collect()


@pytest.fixture
def failed(cells: Any) -> Any:
    """A shell whose last cell has failed within a function."""
    assert isinstance(cells.run(FAILING, "a").error, TypeError)
    return cells


def is_alive(cells: Any) -> bool:
    forget(cells.shell)
    (ref,) = cells.shell.user_ns["refs"]
    assert isinstance(ref, weakref.ref)
    return ref() is not None


@pytest.mark.parametrize(
    "following",
    [
        "1 + 1",
        "%groq_fix --dry-run",
        "%groq_fix",
        "%groq_explain",
        "%groq_fix\n%groq_retry",
        "raise ValueError",
    ],
)
def test_the_values_of_a_failures_frames_are_freed(failed: Any, following: str) -> None:
    failed.run(following, "b")
    failed.fine("None", "c")
    assert not is_alive(failed)


def test_they_are_freed_when_the_cell_that_asked_about_them_has_ended(failed: Any) -> None:
    failed.fine("%groq_fix", "b")
    assert not is_alive(failed)


def test_an_ask_that_fails_frees_them_and_leaves_the_failure(failed: Any, practice: Any) -> None:
    practice.faults("400")
    assert failed.run("%groq hi", "b").error is not None
    assert not is_alive(failed)
    assert "Big of 7 rows" in failed.fine("%groq_fix --dry-run", "c").plain


@pytest.mark.parametrize(
    "source",
    [
        "ask()",
        "try:\n    ask()\nexcept Exception:\n    pass",
        "try:\n    1 / 0\nexcept Exception:\n    ask()",
        "for _ in 'abc':\n    try:\n        ask('-o x')\n    except Exception:\n        pass",
    ],
)
def test_the_error_of_an_ask_keeps_no_value_of_its_callers(
    cells: Any, practice: Any, source: str
) -> None:
    practice.faults("400:times=3")
    cells.run(ASKING, "a")
    cells.run(source, "b")
    forget(cells.shell)
    assert str(cells.reply.error).startswith("The service refuses the request")
    refs = cells.shell.user_ns["refs"]
    assert [ref() for ref in refs] == [None] * len(refs) != []


def test_what_the_failing_lines_name_is_known_after_other_cells(failed: Any) -> None:
    now = failed.fine("%groq_fix --dry-run", "b").plain
    failed.fine("load = convert = None", "c")
    assert not is_alive(failed)
    later = failed.fine("%groq_fix --dry-run", "d").plain
    assert later == now
    for reported in (
        "Big of 7 rows",
        "big.rows (in convert): int 7",
        "TypeError",
        "cell 2, line 15",
    ):
        assert reported in later.replace("Cell", "cell")


def test_a_value_that_is_never_shown_costs_the_traceback_nothing(cells: Any) -> None:
    source = """
class Slow:
    def __repr__(self):
        raise KeyboardInterrupt
slow = Slow()
def run(slow):
    return slow + 1
run(slow)
"""
    cells.run(source, "a")
    cells.fine("1 + 1", "b")
    plain = cells.fine("%groq_fix --dry-run", "c").plain
    assert "unsupported operand" in plain
    assert cells.session.failures.last().error is None
