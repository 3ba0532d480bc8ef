"""One run of a map with the batch engine: fetch finished jobs, submit the other rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.mapping.batch.fetching import collect, fetch
from groq_magic.mapping.batch.jobs import submit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from groq_magic.api.batches import BatchService
    from groq_magic.ledger.job_record import JobRecord
    from groq_magic.mapping.requests.request_plan import RequestPlan
    from groq_magic.mapping.sending.journal import Journal
    from groq_magic.mapping.sending.row_request import RowAnswer

__all__ = ["BatchRun", "run_batch", "total_run", "unknown_jobs"]


@dataclass(frozen=True)
class BatchRun:
    """The result of one run with the batch engine; all other rows have answers in the journal.

    Parameters
    ----------
    answered : frozenset of str
        The keys of rows whose answers it took from finished jobs.
    unknown : int
        Jobs that Groq doesn't know with this key.
    jobs : tuple of JobRecord
        The new jobs.
    failed, waiting : mapping of str to RowAnswer
        The errors of rows without an answer, by their keys: of rows that failed or are left out,
        and of rows in a job.
    """

    answered: frozenset[str]
    unknown: int
    jobs: tuple[JobRecord, ...]
    failed: Mapping[str, RowAnswer] = field(repr=False)
    waiting: Mapping[str, RowAnswer] = field(repr=False)

    @property
    def line(self) -> str:
        """One line about what happened, "" if nothing did."""
        parts = [_rows(len(self.answered), "fetched")] if self.answered else []
        if self.jobs:
            handed = _rows(sum(job.rows for job in self.jobs), "submitted to Groq's batch engine")
            count = len(self.jobs)
            parts.append(f"{handed} in {count} job{'s' * (count != 1)}")
        elif self.waiting:
            parts.append(f"{_rows(len(self.waiting), 'still')} in a batch job")
        if not parts:
            return ""
        line = f"{', '.join(parts)}."
        if self.waiting:
            line += " Run the cell again for the answers; `%groq_runs status` shows progress."
        if self.unknown:
            line += f" {unknown_jobs(self.unknown)}"
        return line


def total_run(runs: Sequence[BatchRun]) -> BatchRun:
    """Return the runs for several models as one."""
    return BatchRun(
        frozenset[str]().union(*(run.answered for run in runs)),
        # Each run looks at all jobs, so the counts are equal.
        max(run.unknown for run in runs),
        tuple(job for run in runs for job in run.jobs),
        {key: answer for run in runs for key, answer in run.failed.items()},
        {key: answer for run in runs for key, answer in run.waiting.items()},
    )


def run_batch(  # noqa: PLR0913 - rows, where they go, and how
    plan: RequestPlan,
    *,
    journal: Journal,
    service: BatchService,
    name: str = "",
    left_out: Mapping[str, RowAnswer] | None = None,
    again: bool = False,
    window: str = "24h",
    on_upload: Callable[[str], object] = lambda _line: None,
) -> BatchRun:
    """Fetch the answers of finished jobs, and submit the rows without an answer.

    A row that has just failed is an error of this run; the next run submits it again.

    Parameters
    ----------
    plan : RequestPlan
    journal : Journal
    service : BatchService
    name : str
        The run's name.
    left_out : mapping of str to RowAnswer, optional
        The errors of rows that are not to be sent, by their keys.
    again : bool
        Whether to submit rows that have an answer, too. Ignored while any of the plan's rows is
        in a job or was just fetched from one.
    window : str
        The time in which the jobs should be done, `24h` to `7d`.
    on_upload : callable
        Takes a line for the user, before the first file is uploaded.

    Raises
    ------
    GroqMagicError
        When the service or the journal can't be used; nothing is lost by it.
    """
    fetched = fetch(journal, service)
    rows = collect(plan, journal, service.url)
    failed = {**(left_out or {}), **rows.errors}
    is_begun = bool(rows.answered or rows.errors or rows.waiting)
    handed = submit(
        plan,
        journal=journal,
        service=service,
        name=name,
        without=failed.keys() | rows.answered,
        alone=rows.alone,
        again=again and not is_begun,
        window=window,
        on_upload=on_upload,
    )
    waiting = collect(plan, journal, service.url).waiting
    return BatchRun(rows.answered, len(fetched.unknown), handed.jobs, failed, waiting)


def unknown_jobs(count: int) -> str:
    """Return a line about jobs that Groq doesn't know with this key: their rows wait forever.

    They belong to an older key, or the journal is somebody else's.
    """
    jobs, them = ("1 job isn't", "it") if count == 1 else (f"{count:,} jobs aren't", "one")
    return f"{jobs} known to this key; `%groq_runs cancel JOB` removes {them}."


def _rows(count: int, what: str) -> str:
    return f"{count:,} row{'s' * (count != 1)} {what}"
