"""The latest failures of a session, which may be of several cells, and earlier fixes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from groq_magic.errors import NotebookError

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.assistant import Attempt, Failure

__all__ = ["LastFailures"]

_MOST_ATTEMPTS = 20
_LONGEST_CHAIN = 3


@dataclass(frozen=True)
class _Candidate:
    """A failure that may be the last one.

    Parameters
    ----------
    when : int
        The number of the cell that ran last at that time.
    failure : Failure or None
        None where no cell's code failed.
    what : str
        Its name in a message.
    """

    when: int
    failure: Failure | None
    what: str


class LastFailures:
    """The failures since the last cell that failed, and the fixes that were inserted."""

    def __init__(self) -> None:
        self._candidates: list[_Candidate] = []
        self._attempts: list[Attempt] = []

    @property
    def when(self) -> int:
        """The number of the cell that ran last at the latest failure; 0 without failures."""
        return max((one.when for one in self._candidates), default=0)

    def add(self, when: int, failure: Failure | None, what: str = "") -> None:
        """Add a failure.

        Parameters
        ----------
        when : int
            The number of the cell that ran last.
        failure : Failure or None
            None where no cell's code failed.
        what : str
            Its name in a message; by default its cell's.
        """
        what = what or (failure.cell.name if failure is not None else "")
        # Earlier failures stay if the newest can't be traced to a cell.
        kept = [one for one in self._candidates if failure is None or one.when >= when]
        kept = [one for one in kept if one.what != what]
        self._candidates = [*kept, _Candidate(when, failure, what)]

    def last(self) -> Failure | None:
        """Return the last failure, None without one.

        Raises
        ------
        NotebookError
            When it may be of several cells, or of no cell.
        """
        if not self._candidates:
            return None
        failures = [one.failure for one in self._candidates if one.failure is not None]
        if len(self._candidates) == 1 and failures:
            return self._with_attempts(failures[0])
        names = [one.what for one in self._candidates]
        which = " or ".join(reversed(names)) if len(names) > 1 else f"{names[0]}, in no cell's code"
        number = failures[-1].cell.number if failures else 2
        raise NotebookError(
            f"It isn't certain what failed last: {which}.", f"Name the cell: `%groq_fix {number}`."
        )

    def newest(self) -> Failure | None:
        """Return the newest failure of a cell, certain or not."""
        failures = (one.failure for one in reversed(self._candidates))
        return next(filter(None, failures), None)

    def of_cell(self, number: int | None) -> Failure | None:
        """Return the failure of a cell, if it is one of the last ones."""
        failures = (one.failure for one in reversed(self._candidates) if one.failure is not None)
        found = next((one for one in failures if one.cell.number == number), None)
        return None if found is None else self._with_attempts(found)

    def release(self, without_error: Callable[[Failure], Failure]) -> None:
        """Replace failures by those without exceptions, which keep their frames' values alive."""
        self._candidates = [
            replace(one, failure=without_error(one.failure))
            if one.failure is not None and one.failure.error is not None
            else one
            for one in self._candidates
        ]

    def keep_facts(self, failure: Failure) -> None:
        """Keep the facts that were read from a failure's exception."""
        self._candidates = [
            replace(one, failure=replace(one.failure, facts=failure.facts))
            if one.failure is not None and failure.error is one.failure.error is not None
            else one
            for one in self._candidates
        ]

    def add_attempt(self, attempt: Attempt) -> None:
        """Add a fix."""
        self._attempts = [*self._attempts, attempt][-_MOST_ATTEMPTS:]

    def _with_attempts(self, failure: Failure) -> Failure:
        """Add the earlier fixes that led to the failed cell."""
        found: list[Attempt] = []
        source = failure.cell.source
        for attempt in reversed(self._attempts):
            if attempt.code.strip() == source.strip() and len(found) < _LONGEST_CHAIN:
                found.insert(0, attempt)
                source = attempt.cell.source
        return replace(failure, attempts=tuple(found))
