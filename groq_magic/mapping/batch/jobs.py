"""Submit rows to Groq's batch engine, and look up or cancel the jobs.

A job and its rows are written to the journal before the file is uploaded, and the job at Groq has
the journal's id in its metadata. If the process is killed between two steps, the next run looks for
the job at Groq, so no row is submitted twice.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from groq_magic.api.base_url import is_loopback
from groq_magic.errors import (
    ApiKeyError,
    GroqMagicError,
    ModelError,
    OptionError,
    PromptError,
    RateLimitError,
    RequestError,
)
from groq_magic.ledger.job_record import JobRecord
from groq_magic.mapping.batch.files import batch_files
from groq_magic.mapping.sending.row_source import RowSource

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from groq_magic.api.batch import Batch
    from groq_magic.api.batches import BatchService
    from groq_magic.ledger.journal_jobs import JobTables
    from groq_magic.mapping.batch.files import BatchFile, FileLimits
    from groq_magic.mapping.requests.request_plan import RequestPlan
    from groq_magic.mapping.sending.journal import Journal
    from groq_magic.mapping.sending.row_request import RowRequest

__all__ = [
    "KEPT_BY_GROQ",
    "cancel",
    "recover_jobs",
    "status",
    "submit",
    "write_state",
]

KEPT_BY_GROQ = "Groq keeps batch files until they are deleted; fetching the answers deletes them."
# The journal's id of a job, in the job's metadata at Groq.
_METADATA = "groq_magic_job"
# The time in which Groq should finish a job; it also takes longer windows, up to `7d`.
_WINDOW = "24h"


def submit(  # noqa: PLR0913 - rows, where to submit them, and how
    plan: RequestPlan,
    *,
    journal: Journal,
    service: BatchService,
    name: str = "",
    without: Collection[str] = (),
    alone: Sequence[RowRequest] = (),
    again: bool = False,
    on_upload: Callable[[str], object] = lambda _line: None,
    limits: FileLimits | None = None,
) -> tuple[JobRecord, ...]:
    """Submit the rows without an answer, and return the new jobs.

    Rows that have an answer in the journal, or are in a job at this address, are left out.

    Parameters
    ----------
    plan : RequestPlan
    journal : Journal
    service : BatchService
    name : str
        The run's name.
    without : collection of str
        The keys of rows to leave out.
    alone : sequence of RowRequest
        Rows to ask alone instead of in the plan's packs, as `collect` returns them.
    again : bool
        Whether to submit rows that have an answer in the journal, too.
    on_upload : callable
        Takes a line for the user. Called before the first file is uploaded.
    limits : FileLimits, optional

    Raises
    ------
    OptionError
        When the journal can't be written, or another kernel is submitting.
    GroqMagicError
        When the service refuses or fails; rows submitted before stay submitted.
    """
    tables = journal.jobs
    done: list[JobRecord] = []
    with tables.submit_lock() as has_lock:
        if not has_lock:
            raise OptionError(
                "Another kernel is submitting rows with this journal.",
                "Run the cell again when it is done.",
            )
        recover_jobs(tables, service, has_lock=True)
        # Batches don't count against tokens a minute, so answers need no cap.
        plan = replace(plan, max_tokens=None)
        requests = _open_requests(
            plan, alone, without, None if again else journal, tables, service.url
        )
        try:
            for file in batch_files(requests, limits):
                if not done:
                    on_upload(KEPT_BY_GROQ)
                job = _new_job(file, name, plan.model, service.url)
                tables.add(job, file.rows)
                done.append(_start_job(job, file, tables, service))
        except GroqMagicError as error:
            if not done:
                raise
            count = sum(job.requests for job in done)
            were = "request was" if count == 1 else "requests were"
            remedy = f"{count:,} {were} submitted; run the cell again for the rest."
            raise type(error)(error.happened, remedy) from None
    return tuple(done)


def status(journal: Journal, service: BatchService) -> tuple[JobRecord, ...]:
    """Return the jobs in a journal with their present states, the latest first.

    Of jobs at other addresses, such as practice mode's, the last known state is returned.

    Raises
    ------
    GroqMagicError
        When the service or the journal can't be used.
    """
    tables = journal.jobs
    recover_jobs(tables, service)
    for job in tables.jobs(service.url):
        if job.batch and not job.is_fetched and (batch := service.batch(job.batch)) is not None:
            write_state(job, batch, tables)
    return tables.jobs()


def cancel(
    journal: Journal, service: BatchService, ids: Collection[str] | None = None
) -> tuple[JobRecord, ...]:
    """Cancel the given jobs, or all at this address; return the jobs that changed.

    Answers given before the cancellation can still be fetched. A job that Groq doesn't know with
    this key is removed from the journal, and the next run asks its rows again.

    Parameters
    ----------
    journal : Journal
    service : BatchService
    ids : collection of str, optional
        The jobs' ids in the journal.

    Raises
    ------
    GroqMagicError
        When the service or the journal can't be used.
    """
    tables = journal.jobs
    recover_jobs(tables, service)
    cancelled = []
    for job in tables.jobs():
        if job.is_fetched or (ids is not None and job.id not in ids):
            continue
        if job.url != service.url:
            # A practice server ends with its kernel, and its jobs with it.
            is_gone, batch = is_loopback(job.url), None
        else:
            batch = service.cancel(job.batch) if job.batch else None
            is_gone = bool(job.batch) and batch is None
        if batch is not None:
            cancelled.append(write_state(job, batch, tables))
        elif is_gone:
            tables.drop(job.id)
            cancelled.append(replace(job, state="no longer at Groq; removed from the list"))
    return tuple(cancelled)


def write_state(job: JobRecord, batch: Batch, tables: JobTables) -> JobRecord:
    """Write a job's state into the journal, and return the updated job."""
    done, failed = batch.completed, batch.failed
    tables.update(job.id, state=batch.status, completed=done, failed=failed)
    return replace(job, state=batch.status, completed=done, failed=failed)


def recover_jobs(tables: JobTables, service: BatchService, *, has_lock: bool = False) -> None:
    """Find the jobs at Groq of a process that was killed before it could write their ids.

    Parameters
    ----------
    tables : JobTables
    service : BatchService
    has_lock : bool
        Whether the caller has the lock for submitting. If another kernel has it, jobs that are not
        found stay in the journal: that kernel may be submitting them.
    """
    if all(job.batch for job in tables.jobs(service.url)):
        return
    with contextlib.ExitStack() as stack:
        has_lock = has_lock or stack.enter_context(tables.submit_lock())
        # Read again: the process that had the lock may have written the ids meanwhile.
        lost = {job.id: job for job in tables.jobs(service.url) if not job.batch}
        for batch in service.batches():
            job = lost.pop(str(batch.metadata.get(_METADATA)), None)
            if job is not None:
                tables.update(job.id, batch=batch.id, file=batch.input, state=batch.status)
            if not lost:
                return
        if has_lock:
            _forget(lost.values(), tables, service)


def _forget(jobs: Collection[JobRecord], tables: JobTables, service: BatchService) -> None:
    """Remove jobs that don't exist at Groq, and their files, which are found by name."""
    names = {_file_name(job.id) for job in jobs}
    for file, name in service.files():
        if name in names:
            service.delete(file)
    for job in jobs:
        tables.drop(job.id)


def _open_requests(  # noqa: PLR0913, PLR0917 - a plan, and all that its rows are looked up in
    plan: RequestPlan,
    alone: Sequence[RowRequest],
    without: Collection[str],
    journal: Journal | None,
    tables: JobTables,
    url: str,
) -> Iterator[RowRequest]:
    """Yield the requests for the rows that are neither in the journal nor in a job."""
    left_out = {*without, *(key for request in alone for key in request.keys)}
    source = RowSource(chain(plan.requests(left_out), alone), journal, plan.request_for)
    while not source.is_exhausted:
        request = source.take().unknown
        if request is None:
            continue
        keys = tuple(key for key in request.keys if not tables.job_of(key, url))
        if keys == request.keys:
            yield request
        elif keys:
            yield plan.request_for(keys)


def _new_job(file: BatchFile, name: str, model: str, url: str) -> JobRecord:
    # Lone surrogates, which a prompt may contain, can't be written.
    name, model = (text.encode(errors="replace").decode() for text in (name, model))
    return JobRecord(
        secrets.token_hex(16), name, model, url, time.time(), len(file.rows), file.requests
    )


def _start_job(
    job: JobRecord, file: BatchFile, tables: JobTables, service: BatchService
) -> JobRecord:
    """Upload a job's file and start the job; the journal records each step before the next."""
    uploaded = ""
    try:
        uploaded = service.upload(_file_name(job.id), file.file)
        tables.update(job.id, file=uploaded)
        batch = service.create(uploaded, _WINDOW, {_METADATA: job.id})
    except (ApiKeyError, ModelError, PromptError, RateLimitError, RequestError):
        # Refused: the job doesn't exist. After other errors it may: see `recover_jobs`.
        if uploaded:
            service.delete(uploaded)
        tables.drop(job.id)
        raise
    tables.update(job.id, batch=batch.id, state=batch.status)
    return replace(job, file=uploaded, batch=batch.id, state=batch.status)


def _file_name(job: str) -> str:
    return f"groq_magic-{job}.jsonl"
