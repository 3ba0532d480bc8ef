"""One run of a map with the batch engine: fetch finished jobs, submit the other rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groq_magic.clipping import count_of
from groq_magic.mapping.batch.fetching import collect, fetch
from groq_magic.mapping.batch.jobs import submit
from groq_magic.mapping.requests.request_plan import count_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from groq_magic.api.batches import BatchService
    from groq_magic.ledger.job_record import JobRecord
    from groq_magic.mapping.requests.request_plan import RequestPlan
    from groq_magic.mapping.sending.journal import Journal
    from groq_magic.mapping.sending.row_request import RowAnswer

__all__ = ["BatchRun", "batch_line", "run_batch", "unknown_jobs"]


@dataclass(frozen=True)
class BatchRun:
    """The result of one run with the batch engine. Rows without an error have an answer.

    Parameters
    ----------
    answered : frozenset of str
        The keys of rows whose answers were fetched.
    submitted : frozenset of str
        The keys of rows that were submitted.
    jobs : tuple of JobRecord
        The new jobs.
    failed, waiting : mapping of str to RowAnswer
        The errors of rows without an answer, by their keys: `failed` for rows that failed or are
        left out, `waiting` for rows in a job.
    unknown : int
        The number of jobs that Groq doesn't know with this key.
    """

    answered: frozenset[str]
    submitted: frozenset[str]
    jobs: tuple[JobRecord, ...]
    failed: Mapping[str, RowAnswer] = field(repr=False)
    waiting: Mapping[str, RowAnswer] = field(repr=False)
    unknown: int


def batch_line(plans: Sequence[RequestPlan], runs: Sequence[BatchRun]) -> str:
    """Return one line about the runs for all models, "" if nothing happened."""
    fetched = count_rows(plans, [run.answered for run in runs])
    submitted = count_rows(plans, [run.submitted for run in runs])
    waiting = count_rows(plans, [run.waiting for run in runs])
    parts = [f"{count_of(fetched, 'row')} fetched"] if fetched else []
    if jobs := [job for run in runs for job in run.jobs]:
        requests = sum(job.requests for job in jobs)
        # Equal rows and packs make fewer requests than rows, several models make more.
        sent_as = f" as {count_of(requests, 'request')}" if requests != submitted else ""
        part = f"{count_of(submitted, 'row')} submitted to Groq's batch engine{sent_as}"
        parts.append(f"{part} in {count_of(len(jobs), 'job')}")
    elif waiting:
        parts.append(f"{count_of(waiting, 'row')} still in a batch job")
    if not parts:
        return ""
    line = f"{', '.join(parts)}."
    if waiting:
        line += " Run the cell again for the answers; `%groq_runs status` shows progress."
    # Each run looks at all jobs of the journal.
    if unknown := max(run.unknown for run in runs):
        line += f" {unknown_jobs(unknown)}"
    return line


def run_batch(  # noqa: PLR0913 - rows, where to submit them, and how
    plan: RequestPlan,
    *,
    journal: Journal,
    service: BatchService,
    name: str,
    left_out: Mapping[str, RowAnswer],
    again: bool,
    on_upload: Callable[[str], object],
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
    left_out : mapping of str to RowAnswer
        The errors of rows that are not sent, by their keys.
    again : bool
        Whether to submit rows that have an answer, too. Ignored while a row of the plan is in a
        job or was just fetched from one.
    on_upload : callable
        Takes a line for the user. Called before the first file is uploaded.

    Raises
    ------
    GroqMagicError
        When the service or the journal can't be used; nothing is lost by it.
    """
    fetched = fetch(journal, service)
    rows = collect(plan, journal, service.url)
    failed = {**left_out, **rows.errors}
    is_begun = bool(rows.answered or rows.errors or rows.waiting)
    jobs = submit(
        plan,
        journal=journal,
        service=service,
        name=name,
        without=failed.keys() | rows.answered,
        alone=rows.alone,
        again=again and not is_begun,
        on_upload=on_upload,
    )
    waiting = collect(plan, journal, service.url).waiting
    submitted = frozenset(waiting.keys() - rows.waiting.keys())
    return BatchRun(rows.answered, submitted, jobs, failed, waiting, len(fetched.unknown))


def unknown_jobs(count: int) -> str:
    """Return a line about jobs that Groq doesn't know with this key: their rows wait forever.

    Such jobs belong to an older key, or the journal is another user's.
    """
    jobs, them = ("1 job", "it") if count == 1 else (f"{count:,} jobs", "one")
    return f"Groq doesn't know {jobs} with this key; `%groq_runs cancel JOB` removes {them}."
