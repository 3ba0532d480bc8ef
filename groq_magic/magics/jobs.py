"""`%groq_runs status`, `fetch` and `cancel`: the jobs of Groq's batch engine."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from groq_magic.api.batches import BatchService
from groq_magic.clipping import count_of
from groq_magic.errors import OptionError
from groq_magic.interrupts import interruptible
from groq_magic.mapping.batch.batch_run import unknown_jobs
from groq_magic.mapping.batch.fetching import fetch
from groq_magic.mapping.batch.jobs import cancel, status
from groq_magic.mapping.prepare import account_now
from groq_magic.views.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from groq_magic.ledger.job_record import JobRecord
    from groq_magic.mapping.sending.journal import Journal
    from groq_magic.session.session import Session

__all__ = ["cancel_jobs", "current_jobs", "fetch_jobs", "jobs_table", "known_jobs"]

_Result = TypeVar("_Result")
# As many as in the errors of a job's rows.
_ID_CHARACTERS = 8
_NOTE = "`%groq_runs fetch` gets the answers of finished jobs; then run the cell again."


def known_jobs(journal: Journal) -> tuple[JobRecord, ...]:
    """Return the jobs as last known, no jobs if the journal can't be read."""
    with contextlib.suppress(OptionError):
        return journal.jobs.jobs()
    return ()


def current_jobs(session: Session, journal: Journal, prefix: str) -> tuple[JobRecord, ...]:
    """Ask Groq for the current state of jobs.

    Parameters
    ----------
    session : Session
    journal : Journal
    prefix : str
        The beginning of a job's id, "" for all jobs.

    Raises
    ------
    OptionError
        When no job or several jobs match, or the journal can't be read.
    GroqMagicError
        When the service can't be used.
    """
    ids = _ids(journal, prefix)
    found = _with_service(session, lambda service: status(journal, service))
    return tuple(job for job in found if job.id in ids)


def fetch_jobs(session: Session, journal: Journal, prefix: str) -> list[str]:
    """Fetch the answers of finished jobs, and return lines to show; see `current_jobs`."""
    ids = _ids(journal, prefix)
    found = _with_service(session, lambda service: fetch(journal, service, ids))
    lines = []
    if found.finished:
        replies = sum(job.completed + job.failed for job in found.finished)
        requests = sum(job.requests for job in found.finished)
        fetched = f"{replies:,} of {requests:,} {'reply' if requests == 1 else 'replies'} fetched"
        jobs = count_of(len(found.finished), "job")
        lines.append(f"{fetched} from {jobs}. Run the cell again to use them.")
    lines += [f"{_line(job)}." for job in found.running]
    if found.unknown:
        lines.append(unknown_jobs(len(found.unknown)))
    return lines or ["Nothing to fetch."]


def cancel_jobs(session: Session, journal: Journal, prefix: str) -> list[str]:
    """Cancel jobs, and return lines to show; see `current_jobs`."""
    ids = _ids(journal, prefix)
    found = _with_service(session, lambda service: cancel(journal, service, ids))
    lines = [f"{_line(job)}." for job in found]
    if any(job.batch and not job.is_fetched for job in found):
        lines.append("Answers given before the cancellation can still be fetched.")
    return lines or ["No job to cancel."]


def jobs_table(session: Session, jobs: Sequence[JobRecord], age: Callable[[float], str]) -> Table:
    """Return jobs as a table.

    Parameters
    ----------
    session : Session
    jobs : sequence of JobRecord
    age : callable
        Takes a Unix time, and returns its age in words.
    """
    hide = session.secrets().hide
    url = session.service.base_url()
    rows = (
        (
            hide(job.name),
            job.id[:_ID_CHARACTERS],
            job.model,
            f"{job.rows:,}",
            job.words if job.url == url else f"{job.words} ({_host(job)})",
            f"{age(job.made)} ago",
        )
        for job in jobs
    )
    note = f"In practice mode. {_NOTE}" if session.service.in_practice else _NOTE
    return Table(("run", "job", "model", "different rows", "state", "submitted"), tuple(rows), note)


def _ids(journal: Journal, prefix: str) -> frozenset[str]:
    """Return the ids of all jobs, or the one id that begins with `prefix`."""
    ids = [job.id for job in journal.jobs.jobs()]
    found = [each for each in ids if each.startswith(prefix.lower())]
    if prefix and len(found) != 1:
        fault = f"{len(found):,} jobs begin with" if found else "No job or run is called"
        raise OptionError(f"{fault} `{prefix[:40]}`.", "`%groq_runs` lists runs and jobs.")
    return frozenset(found)


def _with_service(session: Session, call: Callable[[BatchService], _Result]) -> _Result:
    """Call `call` with the batch service of the session's account, and return its result."""

    def use_service() -> _Result:
        with session.service.key_found_once():
            client = account_now(session).client
        return call(BatchService(client, session.settings.timeout))

    return interruptible(use_service, "Stopped.", "Run it again to continue.")


def _line(job: JobRecord) -> str:
    return f"Job `{job.id[:_ID_CHARACTERS]}`: {job.words}"


def _host(job: JobRecord) -> str:
    # Anyone may have written the journal, and its URL may be invalid.
    with contextlib.suppress(ValueError):
        return urlsplit(job.url).netloc.rpartition("@")[2][:60]
    return "another address"
