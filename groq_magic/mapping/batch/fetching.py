"""The answers of Groq's batch engine: fetched into the journal, then read by a plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from groq_magic.api.batches import MissingFileError
from groq_magic.clipping import count_of
from groq_magic.errors import RequestError, ServiceError
from groq_magic.ledger.job_record import FETCHED
from groq_magic.mapping.batch.files import LineFaultError, answer_in
from groq_magic.mapping.batch.jobs import recover_jobs, write_state
from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest, Split
from groq_magic.mapping.sending.stored_answer import answer_of, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from groq_magic.api.batch import Batch
    from groq_magic.api.batches import BatchService
    from groq_magic.ledger.job_record import JobAnswer, JobRecord
    from groq_magic.ledger.journal_jobs import JobTables
    from groq_magic.mapping.requests.request_plan import RequestPlan
    from groq_magic.mapping.sending.journal import Journal

__all__ = ["BatchRows", "FetchResult", "collect", "fetch"]

# Answers that are written together.
_AT_ONCE = 500
_ERRORS = {
    "expired": "The batch job expired before this row was answered.",
    "cancelled": "The batch job was cancelled before this row was answered.",
}


@dataclass(frozen=True)
class FetchResult:
    """The jobs at Groq, by their state.

    Parameters
    ----------
    finished : tuple of JobRecord
        Jobs whose answers are now in the journal.
    running : tuple of JobRecord
        Jobs that are not finished.
    unknown : tuple of JobRecord
        Jobs that Groq doesn't know with this key; `cancel` removes them.
    """

    finished: tuple[JobRecord, ...]
    running: tuple[JobRecord, ...]
    unknown: tuple[JobRecord, ...]


@dataclass(frozen=True)
class BatchRows:
    """The rows of a plan that are, or were, in batch jobs.

    Parameters
    ----------
    answered : frozenset of str
        The keys of rows whose answers have just become answers of a run.
    errors : mapping of str to RowAnswer
        The errors of failed rows, by their keys; the next run asks them again.
    waiting : mapping of str to RowAnswer
        Rows whose jobs aren't fetched yet, by their keys; the error names the job.
    alone : tuple of RowRequest
        Requests for the rows of packs without a valid answer, to ask them alone.
    """

    answered: frozenset[str] = frozenset()
    errors: Mapping[str, RowAnswer] = field(default_factory=dict)
    waiting: Mapping[str, RowAnswer] = field(default_factory=dict)
    alone: tuple[RowRequest, ...] = ()


def fetch(
    journal: Journal, service: BatchService, ids: Collection[str] | None = None
) -> FetchResult:
    """Write the answers of finished jobs into the journal, then delete their files at Groq.

    The cell's next run reads the answers with `collect`. Several kernels may fetch at once.

    Parameters
    ----------
    journal : Journal
    service : BatchService
    ids : collection of str, optional
        The jobs' ids in the journal; by default all jobs at this address.

    Raises
    ------
    GroqMagicError
        When the service or the journal can't be used; nothing is lost by it.
    """
    tables = journal.jobs
    recover_jobs(tables, service)
    finished: list[JobRecord] = []
    running: list[JobRecord] = []
    unknown: list[JobRecord] = []
    for job in tables.jobs(service.url):
        if job.is_fetched:
            _delete_files(job, tables, service)
        elif job.batch and (ids is None or job.id in ids):
            batch = service.batch(job.batch)
            if batch is None:
                unknown.append(job)
            elif not batch.is_over:
                running.append(write_state(job, batch, tables))
            elif (ended := _fetch_job(job, batch, tables, service)) is not None:
                finished.append(ended)
    return FetchResult(tuple(finished), tuple(running), tuple(unknown))


def collect(plan: RequestPlan, journal: Journal, url: str) -> BatchRows:
    """Read the fetched answers to the rows of a plan, and return its rows in batch jobs.

    Valid answers become answers of a run in the journal. An error is returned only once.

    Parameters
    ----------
    plan : RequestPlan
    journal : Journal
    url : str
        The address of the service, `BatchService.url`.

    Raises
    ------
    OptionError
        When the journal can't be used.
    """
    tables = journal.jobs
    reader = _AnswerReader(plan, tables)
    for each in tables.answers():
        reader.add(each)
    reader.flush()
    waiting = {
        key: _error(plan, f"Waiting for Groq's batch job {job[:8]}.")
        for key, job in tables.waiting(url).items()
        if key in plan.positions
    }
    return BatchRows(frozenset(reader.answered), reader.errors, waiting, tuple(reader.alone))


class _AnswerReader:
    """Reads fetched answers, and moves their rows from the jobs to the runs, many at a time."""

    def __init__(self, plan: RequestPlan, tables: JobTables) -> None:
        self._plan, self._tables = plan, tables
        self._read: list[JobAnswer] = []
        self._valid: dict[str, str] = {}
        self.answered: set[str] = set()
        self.errors: dict[str, RowAnswer] = {}
        self.alone: list[RowRequest] = []

    def add(self, each: JobAnswer) -> None:
        if not any(key in self._plan.positions for key in each.keys):
            return
        if (self._read and self._read[-1].job != each.job) or len(self._read) == _AT_ONCE:
            self.flush()
        self._read.append(each)
        stored = answer_of(each.answer) if each.answer is not None else None
        if stored is None:
            stored = _error(self._plan, each.job.error or "Groq sent no answer for this row.")
        split = self._split(each.keys, stored)
        for key, answer in split.answers.items():
            if not answer.error:
                self._valid[key] = text_of(answer)
            elif key in self._plan.positions:
                self.errors[key] = answer
        self.alone += split.again

    def _split(self, keys: tuple[str, ...], answer: RowAnswer) -> Split:
        if len(keys) > 1 and answer.error and not answer.text and answer.finish_reason is None:
            # The request expired, for example: asking its rows alone would not help.
            return Split(dict.fromkeys(keys, answer))
        return self._plan.split(RowRequest(keys, {}, 0), answer)

    def flush(self) -> None:
        if self._read:
            job = self._read[0].job
            self._tables.move_rows(job.name, job.model, self._valid, self._read)
            self.answered.update(self._valid)
            self._read, self._valid = [], {}


def _fetch_job(
    job: JobRecord, batch: Batch, tables: JobTables, service: BatchService
) -> JobRecord | None:
    """Fetch a finished job; return None if another kernel has just done so."""
    counts: dict[str, int | None] = {}
    # The answers come last: if a row is in both files, its answer wins.
    for file in filter(None, (batch.error, batch.output)):
        try:
            counts[file] = _keep_answers(job, service.lines(file), tables)
        except MissingFileError:
            counts[file] = None
    missing = None in counts.values()
    if missing and not any(each.id == job.id and not each.is_fetched for each in tables.jobs()):
        return None
    # A file that lacks answers is kept at Groq.
    is_complete = missing or (counts.get(batch.output) or 0) >= batch.completed
    ended = replace(
        job,
        completed=batch.completed,
        failed=batch.failed,
        state=FETCHED,
        error=_reason(batch, is_missing=missing, is_complete=is_complete),
        left=batch.files if is_complete else (),
    )
    tables.end(ended)
    # Not before all answers are on disk.
    _delete_files(ended, tables, service)
    return replace(ended, left=())


def _reason(batch: Batch, *, is_missing: bool, is_complete: bool) -> str:
    """Return the error of rows that have no answer in a fetched job."""
    if is_missing:
        return "The answers are no longer at Groq."
    if not is_complete:
        return f"Groq's answer file ({batch.output}) lacks this row; the file is kept at Groq."
    if batch.fault:
        # RequestError makes it one line without keys.
        text = f"Groq refused the whole file: {batch.fault}"
        return RequestError(text).happened.encode(errors="replace").decode()
    return _ERRORS.get(batch.status, "")


def _keep_answers(job: JobRecord, lines: Iterable[bytes], tables: JobTables) -> int | None:
    """Write answers as they arrive; return their number, None if the job was fetched before."""
    answers: dict[str, str] = {}
    count = unreadable = 0
    for line in filter(bytes.strip, lines):
        try:
            request, answer = answer_in(line, job.model)
        except LineFaultError:
            unreadable += 1
            continue
        answers[request] = text_of(answer)
        count += 1
        if len(answers) == _AT_ONCE:
            if not tables.keep(job.id, answers):
                return None
            answers = {}
    if unreadable:
        tables.keep(job.id, answers)
        # The reply may be a login page: delete nothing.
        raise ServiceError(
            f"{count_of(unreadable, 'line')} of a batch job's answers can't be read.",
            "Nothing was deleted; `%groq_runs fetch` tries again.",
        )
    return count if tables.keep(job.id, answers) else None


def _delete_files(job: JobRecord, tables: JobTables, service: BatchService) -> None:
    for file in job.left:
        service.delete(file)
        tables.deleted(job.id, file)


def _error(plan: RequestPlan, error: str) -> RowAnswer:
    return RowAnswer.failure(plan.model, error)
