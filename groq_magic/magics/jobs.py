"""`%groq_runs status`, `fetch` and `cancel`: the jobs of Groq's batch engine."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from groq_magic.api.batches import BatchService
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

__all__ = ["cancelled", "fetched", "jobs_now", "jobs_table", "known_jobs"]

_Result = TypeVar("_Result")
# Characters of a job's id, as in the errors of its rows.
_SHOWN = 8
_NOTE = "`%groq_runs fetch` gets the answers of finished jobs; then run the cell again."


def known_jobs(journal: Journal) -> tuple[JobRecord, ...]:
    """Return the jobs as last known; no jobs where the journal can't be read."""
    with contextlib.suppress(OptionError):
        return journal.jobs.jobs()
    return ()


def jobs_now(session: Session, journal: Journal, begun: str) -> tuple[JobRecord, ...]:
    """Return jobs as they are now.

    Parameters
    ----------
    session : Session
    journal : Journal
    begun : str
        The beginning of a job's id, "" for all jobs.

    Raises
    ------
    OptionError
        When no job or several jobs match, or the journal can't be read.
    GroqMagicError
        When the service can't be used.
    """
    ids = _ids(journal, begun)
    found = _asked(session, lambda service: status(journal, service))
    return tuple(job for job in found if job.id in ids)


def fetched(session: Session, journal: Journal, begun: str) -> list[str]:
    """Fetch the answers of finished jobs, and return lines to show; else as `jobs_now`."""
    ids = _ids(journal, begun)
    found = _asked(session, lambda service: fetch(journal, service, ids))
    lines = []
    if found.finished:
        replies = sum(job.completed + job.failed for job in found.finished)
        requests = sum(job.requests for job in found.finished)
        of = f"{replies:,} of {_count(requests, 'reply', 'replies')}"
        jobs = _count(len(found.finished), "job")
        lines.append(f"{of} fetched from {jobs}. Run the cell again to use them.")
    lines += [f"{_line(job)}." for job in found.running]
    if found.unknown:
        lines.append(unknown_jobs(len(found.unknown)))
    return lines or ["Nothing to fetch."]


def cancelled(session: Session, journal: Journal, begun: str) -> list[str]:
    """Cancel jobs, and return lines to show; else as `jobs_now`."""
    ids = _ids(journal, begun)
    found = _asked(session, lambda service: cancel(journal, service, ids))
    lines = [f"{_line(job)}." for job in found]
    if any(job.batch and not job.is_fetched for job in found):
        lines.append("Answers given before that can still be fetched.")
    return lines or ["No job to cancel."]


def jobs_table(session: Session, jobs: Sequence[JobRecord], age: Callable[[float], str]) -> Table:
    """Return jobs as a table.

    Parameters
    ----------
    session : Session
    jobs : sequence of JobRecord
    age : callable
        Takes a Unix time, and returns how long ago it was, in words.
    """
    hidden = session.secrets().hidden
    url = session.service.base_url()
    rows = (
        (
            hidden(job.name),
            job.id[:_SHOWN],
            job.model,
            f"{job.rows:,}",
            job.words if job.url == url else f"{job.words} ({_host(job)})",
            f"{age(job.made)} ago",
        )
        for job in jobs
    )
    note = f"In practice mode. {_NOTE}" if session.service.in_practice else _NOTE
    return Table(("run", "job", "model", "rows", "state", "submitted"), tuple(rows), note)


def _ids(journal: Journal, begun: str) -> frozenset[str]:
    """Return the ids of all jobs, or the one id with this beginning."""
    ids = [job.id for job in journal.jobs.jobs()]
    found = [each for each in ids if each.startswith(begun.lower())]
    if begun and len(found) != 1:
        how = f"{len(found):,} jobs begin with" if found else "No job or run is called"
        raise OptionError(f"{how} `{begun[:40]}`.", "`%groq_runs` lists runs and jobs.")
    return frozenset(found)


def _asked(session: Session, ask: Callable[[BatchService], _Result]) -> _Result:
    """Call `ask` with the batch service of the session's account, and return its result."""

    def call() -> _Result:
        with session.service.key_found_once():
            client = account_now(session).client
        return ask(BatchService(client, session.settings.timeout))

    return interruptible(call, "Stopped.", "Run it again to continue.")


def _line(job: JobRecord) -> str:
    return f"Job `{job.id[:_SHOWN]}`: {job.words}"


def _host(job: JobRecord) -> str:
    # The journal may be anyone's.
    with contextlib.suppress(ValueError):
        return urlsplit(job.url).netloc.rpartition("@")[2][:60]
    return "another address"


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
