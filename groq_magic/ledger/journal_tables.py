"""The SQLite tables of a journal: create, recognise and recover them."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groq_magic.ledger.journal_locks import transaction

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "TABLES",
    "RunRecord",
    "clear_jobs",
    "copy_jobs",
    "is_database",
    "prepare",
    "readable",
    "runs_in",
    "tables_of",
    "text_of",
    "time_of",
]

# "grqj" in ASCII: distinguishes a journal from another program's database.
_APPLICATION = 0x6772716A
_MAGIC = b"SQLite format 3\x00"
TABLES = (
    """CREATE TABLE runs (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, model TEXT NOT NULL,
  began REAL NOT NULL, used REAL NOT NULL, UNIQUE (name, model)
)""",
    """CREATE TABLE rows (
  key TEXT PRIMARY KEY, run INTEGER NOT NULL, answer TEXT NOT NULL
) WITHOUT ROWID""",
    # Jobs of the batch engine, the rows that each has, and its answers until a plan reads them.
    """CREATE TABLE jobs (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, model TEXT NOT NULL, url TEXT NOT NULL,
  made REAL NOT NULL, rows INTEGER NOT NULL, requests INTEGER NOT NULL,
  file TEXT NOT NULL, batch TEXT NOT NULL, state TEXT NOT NULL,
  completed INTEGER NOT NULL, failed INTEGER NOT NULL, error TEXT NOT NULL, left TEXT NOT NULL
)""",
    """CREATE TABLE job_rows (
  key TEXT PRIMARY KEY, job TEXT NOT NULL, request TEXT NOT NULL, place INTEGER NOT NULL
) WITHOUT ROWID""",
    "CREATE INDEX rows_of_jobs ON job_rows (job, request)",
    """CREATE TABLE job_answers (
  job TEXT NOT NULL, request TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (job, request)
) WITHOUT ROWID""",
)
# The year 33658, in Unix time.
_LATEST = 1e12
_JOB_TABLES = ("jobs", "job_rows", "job_answers")


@dataclass(frozen=True)
class RunRecord:
    """One run in a journal.

    Parameters
    ----------
    id : int
    name, model : str
    began, used : float
        Unix times of its first answer, and of its last use.
    rows : int
    size : int
        Bytes of its answers.
    """

    id: int
    name: str
    model: str
    began: float
    used: float
    rows: int
    size: int


def is_database(path: Path) -> bool | None:
    """Return whether a file is a database; None where it is missing or empty."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except FileNotFoundError:
        return None
    return start == _MAGIC if start else None


def prepare(file: sqlite3.Connection) -> None:
    """Prepare a file, empty or already a journal, for writing."""
    # With WAL a commit doesn't wait for the disk, and a power cut can't damage the file. Some
    # disks don't support it: there each commit waits.
    with contextlib.suppress(sqlite3.OperationalError):
        file.execute("PRAGMA journal_mode = WAL")
    file.execute("PRAGMA synchronous = NORMAL")
    with transaction(file):
        if _tables(file) is None:
            for table in TABLES:
                file.execute(table)
            file.execute(f"PRAGMA application_id = {_APPLICATION}")


def tables_of(file: sqlite3.Connection) -> set[str] | None:
    """Return the definitions of tables, triggers and views; None for an empty file."""
    # In one transaction: another kernel may be creating them.
    with transaction(file, "DEFERRED"):
        return _tables(file)


def readable(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    """Return the readable answers of a damaged file, read from its start and from its end."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA trusted_schema = OFF")
        names: dict[int, tuple[str, str]] = {}
        with contextlib.suppress(sqlite3.Error):
            names = {row[0]: row[1:] for row in file.execute("SELECT id, name, model FROM runs")}
        for order in ("ASC", "DESC"):
            with contextlib.suppress(sqlite3.Error):
                for key, run, answer in file.execute(f"SELECT * FROM rows ORDER BY key {order}"):  # noqa: S608 - one of two constants
                    found.setdefault(names.get(run, ("", "")), {})[key] = answer
    return found


def runs_in(file: sqlite3.Connection) -> list[RunRecord]:
    """Return the runs whose answers a file contains, the latest first."""
    found = file.execute(
        "SELECT id, CAST(name AS BLOB), CAST(model AS BLOB), began, used, count(*),"
        " total(length(CAST(answer AS BLOB)) + length(key))"
        " FROM rows JOIN runs ON id = run GROUP BY id ORDER BY used DESC"
    ).fetchall()
    return [
        RunRecord(
            number, text_of(name), text_of(model), time_of(began), time_of(used), rows, int(size)
        )
        for number, name, model, began, used, rows, size in found
    ]


def clear_jobs(file: sqlite3.Connection, run: int | None) -> None:
    """Remove the answers of a run's jobs, or of all, and the rows of fetched jobs."""
    found = file.execute(
        "SELECT id, state FROM jobs WHERE ?1 IS NULL"
        " OR (name, model) IN (SELECT name, model FROM runs WHERE id = ?1)",
        (run,),
    )
    for job, state in found.fetchall():
        file.execute("DELETE FROM job_answers WHERE job = ?", (job,))
        if state == "fetched":
            file.execute("DELETE FROM job_rows WHERE job = ?", (job,))
            file.execute("DELETE FROM jobs WHERE id = ? AND left = '[]'", (job,))


def copy_jobs(path: Path, into: sqlite3.Connection) -> None:
    """Copy the readable jobs of a damaged file."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA trusted_schema = OFF")
        for table in _JOB_TABLES:
            with contextlib.suppress(sqlite3.Error):
                for row in file.execute(f"SELECT * FROM {table}"):  # noqa: S608 - one of three constants
                    marks = ", ".join("?" * len(row))
                    into.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)  # noqa: S608 - the same


def text_of(value: bytes) -> str:
    """Decode a text that may be forged."""
    return value.decode(errors="replace")


def time_of(value: object) -> float:
    """Return a Unix time that may be forged, 0 for an invalid one."""
    return value if isinstance(value, float) and 0 <= value < _LATEST else 0.0


def _tables(file: sqlite3.Connection) -> set[str] | None:
    found = file.execute("SELECT CAST(sql AS BLOB) FROM sqlite_master WHERE sql IS NOT NULL")
    tables = {text_of(sql) for (sql,) in found.fetchall()}
    ((number,),) = file.execute("PRAGMA application_id").fetchall()
    if number != _APPLICATION:
        return {"another program's", *tables} if tables or number else None
    return tables
