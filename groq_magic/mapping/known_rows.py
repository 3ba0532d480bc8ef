"""The rows of a map that need no request: answers in the journal, and rows in batch jobs."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from groq_magic.errors import OptionError
from groq_magic.mapping.batch.fetching import BatchRows, collect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from groq_magic.mapping.options import MapOptions
    from groq_magic.mapping.requests.request_plan import RequestPlan
    from groq_magic.mapping.sending.journal import Journal
    from groq_magic.mapping.sending.row_request import RowAnswer

__all__ = ["known_rows", "waiting_notices", "with_answers"]


def known_rows(
    plan: RequestPlan, journal: Journal, url: str, options: MapOptions
) -> tuple[Mapping[str, RowAnswer], BatchRows]:
    """Return the answers to rows of a plan, and which other rows are in batch jobs.

    Fetched answers are read; the network is not used.

    Parameters
    ----------
    plan : RequestPlan
    journal : Journal
    url : str
        The address of the service.
    options : MapOptions

    Raises
    ------
    OptionError
        When the journal is something else than a journal, or another program has locked it.
    """
    rows = BatchRows()
    # A locked file is refused here, before anything else waits for it.
    known = {} if options.again else journal.get_all(plan.positions)
    # With --batch they are read later, after fetching.
    if not options.batch:
        # A journal that can't be read stops no run.
        with contextlib.suppress(OptionError):
            rows = collect(plan, journal, url)
    if keys := rows.answered.intersection(plan.positions) - known.keys():
        known = {**known, **journal.get_all(keys)}
    return with_answers(rows, known)


def with_answers(
    rows: BatchRows, known: Mapping[str, RowAnswer]
) -> tuple[Mapping[str, RowAnswer], BatchRows]:
    """Return the answers, and the batch rows without those that have an answer."""
    errors, waiting = (
        {key: answer for key, answer in answers.items() if key not in known}
        for answers in (rows.errors, rows.waiting)
    )
    # Rows of packs without a valid answer are asked like all rows without an answer.
    return known, BatchRows(rows.answered.intersection(known), errors, waiting)


def waiting_notices(batch: Iterable[BatchRows]) -> tuple[str, ...]:
    """Return a line about rows in batch jobs, for a map that asks only the others."""
    count = sum(len(rows.waiting) for rows in batch)
    if not count:
        return ()
    rows = "1 row is" if count == 1 else f"{count:,} rows are"
    line = f"{rows} in a batch job and not asked here. `%groq_runs fetch` gets the answers; "
    return (line + "after `%groq_runs cancel` this cell asks the rows itself.",)
