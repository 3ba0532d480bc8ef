"""The requests of a run, without rows whose answers are in the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from groq_magic.mapping.sending.journal import Journal
    from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest

__all__ = ["LookedUpRows", "RowSource", "whole_request"]


class LookedUpRows(NamedTuple):
    """The rows of one request: those with an answer, and the requests for the others."""

    known: list[tuple[str, RowAnswer]]
    unknown: Sequence[RowRequest]


def whole_request(request: RowRequest, _missing: tuple[str, ...]) -> Sequence[RowRequest]:
    """Return the whole request, including rows that have an answer."""
    return (request,)


class RowSource:
    """Makes the requests, one at a time, and looks their rows up.

    Parameters
    ----------
    requests : iterable of RowRequest
    journal : Journal or None
        None asks every row.
    rest : callable
        Takes a request and the keys of its rows without an answer; returns requests for these.

    Attributes
    ----------
    is_exhausted : bool
        Whether no requests are left.
    """

    def __init__(
        self,
        requests: Iterable[RowRequest],
        journal: Journal | None,
        rest: Callable[[RowRequest, tuple[str, ...]], Sequence[RowRequest]],
    ) -> None:
        self.is_exhausted = False
        self._requests, self._journal, self._rest = iter(requests), journal, rest

    def take(self) -> LookedUpRows:
        """Return the rows of the next request; none at the end."""
        request = next(self._requests, None)
        if request is None:
            self.is_exhausted = True
            return LookedUpRows([], ())
        if self._journal is None:
            return LookedUpRows([], (request,))
        answers = {key: self._journal.get(key) for key in request.keys}
        known = [(key, answer) for key, answer in answers.items() if answer is not None]
        if not known:
            return LookedUpRows([], (request,))
        missing = tuple(key for key, answer in answers.items() if answer is None)
        unknown = self._rest(request, missing) if missing else ()
        asked = {key for each in unknown for key in each.keys}
        return LookedUpRows([row for row in known if row[0] not in asked], unknown)
