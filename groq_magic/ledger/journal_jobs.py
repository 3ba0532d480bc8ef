"""The batch jobs in a journal: the rows of each, and their answers.

A row belongs to one job at most. A job is written before its file is uploaded, and removed when
its rows are answered and its files at the service are deleted: if a process is killed in between,
the next one continues.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from typing import TYPE_CHECKING, Any

from groq_magic.errors import OptionError
from groq_magic.ledger.job_record import JobAnswer, JobRecord
from groq_magic.ledger.journal_tables import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from groq_magic.ledger.job_record import JobRow
    from groq_magic.ledger.journal_file import JournalFile

__all__ = ["JobTables"]

_COLUMNS = (
    "id, name, model, url, made, rows, requests, file, batch, state, completed, failed, error, left"
)
_COUNTS = frozenset(("made", "rows", "requests", "completed", "failed"))
_LARGEST = 10**12
_CHANGING = frozenset(("file", "batch", "state", "completed", "failed", "error"))
# Requests that are read at a time.
_READ = 1_000
_UNUSED = "DELETE FROM job_answers WHERE (job, request) NOT IN (SELECT job, request FROM job_rows)"
_DONE = (
    "DELETE FROM jobs WHERE state = 'fetched' AND left = '[]'"
    " AND NOT EXISTS (SELECT 1 FROM job_rows WHERE job = id)"
)


class JobTables:
    """The jobs in a journal; several threads and kernels may use them at once.

    Parameters
    ----------
    file : JournalFile

    Raises
    ------
    OptionError
        By every method, when the file can't be read or written.
    """

    def __init__(self, file: JournalFile) -> None:
        self._file = file

    @contextlib.contextmanager
    def submit_lock(self) -> Iterator[bool]:
        """Lock this journal for submitting rows; yield whether the lock was free.

        The operating system releases it when the process ends, even if it is killed.
        """
        path = self._file.path
        with contextlib.ExitStack() as closed:
            try:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.close(os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR, 0o600))
                lock = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None)
                closed.callback(lock.close)
                lock.execute("BEGIN EXCLUSIVE")
            except (OSError, sqlite3.Error) as failure:
                has_lock, reason = False, str(failure)
                if getattr(failure, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                    raise OptionError(
                        f"The journal can't be locked: {reason}.", f"The file is {path}."
                    ) from None
            else:
                has_lock = True
            yield has_lock

    def add(self, job: JobRecord, rows: Iterable[JobRow]) -> None:
        """Write a job and its rows; rows are moved from other jobs."""
        values = [getattr(job, name) for name in _COLUMNS.split(", ")[:-1]]
        with self._writing() as file:
            marks = ", ".join("?" * (len(values) + 1))
            file.execute(f"INSERT INTO jobs VALUES ({marks})", [*values, json.dumps(job.left)])  # noqa: S608 - question marks
            file.executemany(
                "INSERT OR REPLACE INTO job_rows VALUES (?, ?, ?, ?)",
                ((row.key, job.id, row.request, row.place) for row in rows),
            )
            file.execute(_DONE)

    def update(self, job: str, **values: str | int) -> None:
        """Change columns of a job that is not fetched."""
        if not values or not values.keys() <= _CHANGING:
            raise ValueError(values)
        changes = ", ".join(f"{name} = ?" for name in values)
        with self._writing() as file:
            file.execute(
                f"UPDATE jobs SET {changes} WHERE id = ? AND state != 'fetched'",  # noqa: S608 - names that were checked
                [*values.values(), job],
            )

    def jobs(self, url: str | None = None) -> tuple[JobRecord, ...]:
        """Return the jobs, or those at one address, the latest first."""
        with self._reading() as file:
            found = (
                file.execute(f"SELECT {_COLUMNS} FROM jobs ORDER BY made DESC").fetchall()  # noqa: S608 - a constant
                if file
                else []
            )
        records = map(_record, found)
        return tuple(job for job in records if url in (None, job.url))

    def job_of(self, key: str, url: str) -> str:
        """Return the id of the job with a row, among those at an address; "" for none."""
        with self._reading() as file:
            found = (
                file
                and file.execute(
                    "SELECT job FROM job_rows JOIN jobs ON id = job WHERE key = ? AND url = ?",
                    (key, url),
                ).fetchone()
            )
        return str(found[0]) if found else ""

    def waiting(self, url: str) -> dict[str, str]:
        """Return the keys of rows in unfetched jobs at an address, each with its job's id."""
        with self._reading() as file:
            found = (
                file.execute(
                    "SELECT key, job FROM job_rows JOIN jobs ON id = job"
                    " WHERE url = ? AND state != 'fetched'",
                    (url,),
                ).fetchall()
                if file
                else []
            )
        return dict(found)

    def keep(self, job: str, answers: Mapping[str, str]) -> bool:
        """Write answers by their requests; return False if the job was fetched or removed."""
        with self._writing() as file:
            is_open = file.execute(
                "SELECT 1 FROM jobs WHERE id = ? AND state != 'fetched'",
                (job,),
            ).fetchone()
            if is_open:
                file.executemany(
                    "INSERT OR REPLACE INTO job_answers VALUES (?, ?, ?)",
                    [(job, request, answer) for request, answer in answers.items()],
                )
        return bool(is_open)

    def end(self, job: JobRecord) -> None:
        """Mark a job as fetched, in a way that survives a power cut."""
        with self._writing(is_durable=True) as file:
            file.execute(
                "UPDATE jobs SET state = 'fetched', completed = ?, failed = ?, error = ?,"
                " left = ? WHERE id = ? AND state != 'fetched'",
                (job.completed, job.failed, job.error, json.dumps(job.left), job.id),
            )
            file.execute(_UNUSED)

    def deleted(self, job: str, name: str) -> None:
        """Record that a file of a fetched job was deleted at the service."""
        with self._writing() as file:
            found = file.execute("SELECT left FROM jobs WHERE id = ?", (job,)).fetchone()
            left = [each for each in _names(found[0]) if each != name] if found else []
            file.execute("UPDATE jobs SET left = ? WHERE id = ?", (json.dumps(left), job))
            file.execute(_DONE)

    def answers(self) -> Iterator[JobAnswer]:
        """Yield the requests of fetched jobs that were not read yet."""
        for job in (each for each in self.jobs() if each.is_fetched):
            last: str | None = ""
            while last is not None:
                requests = self._requests(job.id, last)
                last = None
                for request, (keys, answer) in requests.items():
                    last = request
                    yield JobAnswer(job, request, tuple(keys), answer)

    def _requests(self, job: str, after: str) -> dict[str, tuple[list[str], str | None]]:
        """Return the next requests of a job: their rows' keys in their order, and the answer."""
        with self._reading() as file:
            found = (
                file.execute(
                    "SELECT request, key, CAST(answer AS BLOB) FROM job_rows"
                    " LEFT JOIN job_answers USING (job, request) WHERE job = ? AND request IN"
                    " (SELECT DISTINCT request FROM job_rows WHERE job = ? AND request > ?"
                    " ORDER BY request LIMIT ?) ORDER BY request, place",
                    (job, job, after, _READ),
                ).fetchall()
                if file
                else []
            )
        requests: dict[str, tuple[list[str], str | None]] = {}
        for request, key, answer in found:
            text = text_of(answer) if answer is not None else None
            requests.setdefault(request, ([], text))[0].append(key)
        return requests

    def move_rows(
        self, name: str, model: str, answers: Mapping[str, str], read: Iterable[JobAnswer]
    ) -> None:
        """Remove rows from their jobs, and write their answers as those of a run.

        Parameters
        ----------
        name, model : str
            Of the run.
        answers : mapping of str to str
            By the rows' keys.
        read : iterable of JobAnswer
            The requests whose rows are removed.
        """
        with self._writing() as file:
            if answers:
                self._file.add(file, name, model, answers)
            for each in read:
                file.executemany(
                    "DELETE FROM job_rows WHERE key = ? AND job = ?",
                    [(key, each.job.id) for key in each.keys],
                )
                file.execute(
                    "DELETE FROM job_answers WHERE job = ?1 AND request = ?2 AND NOT EXISTS"
                    " (SELECT 1 FROM job_rows WHERE job = ?1 AND request = ?2)",
                    (each.job.id, each.request),
                )
            file.execute(_DONE)

    def drop(self, job: str) -> None:
        """Remove a job and its rows."""
        with self._writing() as file:
            file.execute("DELETE FROM job_rows WHERE job = ?", (job,))
            file.execute("DELETE FROM job_answers WHERE job = ?", (job,))
            file.execute("DELETE FROM jobs WHERE id = ?", (job,))

    @contextlib.contextmanager
    def _writing(self, *, is_durable: bool = False) -> Iterator[sqlite3.Connection]:
        try:
            with self._file.writing(is_durable=is_durable) as file:
                yield file
        except (OSError, sqlite3.Error) as failure:
            raise self._unusable("written", failure) from None

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        try:
            with self._file.reading() as file:
                yield file
        except (OSError, sqlite3.Error) as failure:
            raise self._unusable("read", failure) from None

    def _unusable(self, what: str, failure: Exception) -> OptionError:
        reason = getattr(failure, "strerror", None) or str(failure).rstrip(".")
        return OptionError(
            f"The journal can't be {what}: {reason}.", f"The file is {self._file.path}."
        )


def _record(row: Iterable[Any]) -> JobRecord:
    """Return a job as it was written; the file may be forged."""
    values: dict[str, Any] = {}
    for name, value in zip(_COLUMNS.split(", "), row, strict=True):
        if name in _COUNTS:
            is_number = isinstance(value, int | float) and 0 <= value < _LARGEST
            values[name] = (float(value) if name == "made" else int(value)) if is_number else 0
        else:
            values[name] = text_of(value) if isinstance(value, bytes) else str(value)
    return JobRecord(**(values | {"left": _names(values["left"])}))


def _names(text: str) -> tuple[str, ...]:
    """Return the names in a column; the file may be forged."""
    with contextlib.suppress(ValueError, RecursionError):
        names = json.loads(text)
        if isinstance(names, list):
            return tuple(map(str, names))
    return ()
