"""The rows of a map that need no request: answers in the journal, and rows in batch jobs."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from groq_magic.errors import OptionError
from groq_magic.mapping.batch.fetching import BatchRows, collect
from groq_magic.mapping.requests.request_plan import count_rows

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
    """Return the known answers to the rows of a plan, and its other rows in batch jobs.

    Answers that were fetched from jobs are read; nothing is sent.

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
        When the file isn't a journal, or another program has locked it.
    """
    rows = BatchRows()
    # A locked file is refused here, before `collect` waits for it.
    known = {} if options.again else journal.get_all(plan.positions)
    # With --batch, jobs are fetched first and read later.
    if not options.batch:
        # If the jobs' answers can't be read, the map asks those rows itself.
        with contextlib.suppress(OptionError):
            rows = collect(plan, journal, url)
    if keys := rows.answered.intersection(plan.positions) - known.keys():
        known = {**known, **journal.get_all(keys)}
    return with_answers(rows, known)


def with_answers(
    rows: BatchRows, known: Mapping[str, RowAnswer]
) -> tuple[Mapping[str, RowAnswer], BatchRows]:
    """Return the answers, and the rows in batch jobs that have no answer."""
    errors, waiting = (
        {key: answer for key, answer in answers.items() if key not in known}
        for answers in (rows.errors, rows.waiting)
    )
    # Rows to ask alone are asked like all other rows without an answer.
    return known, BatchRows(rows.answered.intersection(known), errors, waiting)


def waiting_notices(plans: Iterable[RequestPlan], batch: Iterable[BatchRows]) -> tuple[str, ...]:
    """Return a line about rows in batch jobs, for a map that asks only the other rows."""
    count = count_rows(plans, (rows.waiting for rows in batch))
    if not count:
        return ()
    rows = "1 row is" if count == 1 else f"{count:,} rows are"
    line = f"{rows} in a batch job and not asked here. `%groq_runs fetch` gets the answers; "
    return (line + "after `%groq_runs cancel` this cell asks the rows itself.",)
