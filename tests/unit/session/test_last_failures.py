"""What failed last: one cell for certain, or no answer."""

from __future__ import annotations

import pytest

from groq_magic.assistant import Attempt, Cell, Failure
from groq_magic.errors import NotebookError
from groq_magic.session.last_failures import LastFailures


def failed(number: int, source: str = "x") -> Failure:
    return Failure(Cell(number, source), text="Error")


def test_the_newest_failure_is_the_last() -> None:
    failures = LastFailures()
    assert failures.last() is None
    failures.add(3, failed(3))
    failures.add(5, failed(2), "cell 2 (in a thread)")
    last = failures.last()
    assert last is not None
    assert last.cell.number == 2


def test_two_failures_at_once_are_uncertain() -> None:
    failures = LastFailures()
    failures.add(3, failed(3))
    failures.add(3, failed(2), "cell 2 (in a thread)")
    with pytest.raises(NotebookError) as caught:
        failures.last()
    assert "cell 2 (in a thread) or cell 3" in str(caught.value)
    found = failures.of_cell(3)
    assert found is not None
    assert found.cell.number == 3


def test_a_failure_of_no_cell_never_makes_an_earlier_one_the_last() -> None:
    failures = LastFailures()
    failures.add(1, failed(1))
    failures.add(2, None, "a thread")
    with pytest.raises(NotebookError):
        failures.last()
    failures.add(4, failed(4))
    last = failures.last()
    assert last is not None
    assert last.cell.number == 4


def test_a_cell_that_comes_from_a_fix_has_the_attempts() -> None:
    failures = LastFailures()
    failures.add_attempt(Attempt(Cell(1, "a"), "Error: a", "b\n"))
    failures.add_attempt(Attempt(Cell(2, "b"), "Error: b", "c"))
    failures.add(3, failed(3, "c"))
    last = failures.last()
    assert last is not None
    assert [attempt.error for attempt in last.attempts] == ["Error: a", "Error: b"]


def test_a_fix_that_leads_back_to_itself_ends() -> None:
    failures = LastFailures()
    failures.add_attempt(Attempt(Cell(1, "a"), "", "b"))
    failures.add_attempt(Attempt(Cell(2, "b"), "", "a"))
    failures.add(3, failed(3, "a"))
    last = failures.last()
    assert last is not None
    assert 0 < len(last.attempts) < 4
