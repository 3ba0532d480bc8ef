"""The requests of a run, without rows whose answers are in the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from groq_magic.mapping.sending.journal import Journal
    from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest

__all__ = ["LookedUpRows", "RowSource"]


class LookedUpRows(NamedTuple):
    """The rows of one request: those with an answer, and a request for the others."""

    known: list[tuple[str, RowAnswer]]
    unknown: RowRequest | None


class RowSource:
    """Takes the requests one at a time, and looks their rows up in the journal.

    Parameters
    ----------
    requests : iterable of RowRequest
    journal : Journal or None
        None to ask every row.
    request_for : callable
        Takes the keys of some rows of one request, and returns a request for them alone.

    Attributes
    ----------
    is_exhausted : bool
        Whether no requests are left.
    """

    def __init__(
        self,
        requests: Iterable[RowRequest],
        journal: Journal | None,
        request_for: Callable[[Sequence[str]], RowRequest],
    ) -> None:
        self.is_exhausted = False
        self._requests, self._journal, self._request_for = iter(requests), journal, request_for

    def take(self) -> LookedUpRows:
        """Return the rows of the next request; no rows at the end."""
        request = next(self._requests, None)
        if request is None:
            self.is_exhausted = True
            return LookedUpRows([], None)
        if self._journal is None:
            return LookedUpRows([], request)
        answers = {key: self._journal.get(key) for key in request.keys}
        known = [(key, answer) for key, answer in answers.items() if answer is not None]
        if not known:
            return LookedUpRows([], request)
        missing = [key for key, answer in answers.items() if answer is None]
        return LookedUpRows(known, self._request_for(missing) if missing else None)
