"""The file of a journal: answers that were paid for, by the key of their row."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from itertools import islice
from typing import TYPE_CHECKING

from groq_magic.errors import OptionError
from groq_magic.ledger.journal_locks import retry_while_locked, snapshot, transaction, truncate_log
from groq_magic.ledger.journal_tables import (
    TABLES,
    RunRecord,
    clear_jobs,
    copy_jobs,
    is_database,
    prepare,
    readable,
    runs_in,
    tables_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["JournalFile", "RunRecord", "journal_path"]

_FILE = "journal.sqlite"
# Seconds to wait for another kernel that uses the file, in all and in one try.
_WAIT, _ONE_TRY = 5.0, 0.02
# Keys in one query; every version of SQLite allows 999.
_AT_ONCE = 500


class JournalFile:
    """A file of answers that several threads and kernels may use at once.

    Each answer is in the file when `put` returns, even if the process is killed
    afterwards. The file is made for the user alone (0600), at the first `put`.

    Parameters
    ----------
    path : Path

    Raises
    ------
    OSError, sqlite3.Error
        By every method, when the file can't be read or written.
    OptionError
        By every method, when the file is not a journal.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._process = os.getpid()
        self._writing, self._reading = threading.Lock(), threading.Lock()
        # A connection for each lock: readers never wait for writers.
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None

    def get(self, key: str) -> str | None:
        """Return the answer of a key, None if it is missing.

        It doesn't wait for another process that has locked the file.
        """
        return self.get_all((key,), wait=0.0).get(key)

    def get_all(self, keys: Iterable[str], *, wait: float = _WAIT) -> dict[str, str]:
        """Return the answers by their keys; much faster than one by one."""
        found: dict[str, str] = {}
        waiting = iter(keys)
        with self.reading(wait) as file:
            while file is not None and (some := tuple(islice(waiting, _AT_ONCE))):
                marks = ",".join("?" * len(some))
                # As bytes: text that is not UTF-8 is skipped, and is not an error of the file.
                for key, answer in file.execute(
                    f"SELECT key, CAST(answer AS BLOB) FROM rows WHERE key IN ({marks})",  # noqa: S608 - question marks
                    some,
                ):
                    with contextlib.suppress(UnicodeDecodeError):
                        found[key] = answer.decode()
        return found

    def put(
        self, name: str, model: str, answers: Mapping[str, str], *, wait: float = _WAIT
    ) -> None:
        """Write the answers of a run by their keys, all or none."""
        with self.writing(wait=wait) as file:
            self.add(file, name, model, answers)

    def add(
        self, file: sqlite3.Connection, name: str, model: str, answers: Mapping[str, str]
    ) -> None:
        """Write the answers of a run, within the transaction of `writing`."""
        now = time.time()
        # Each time: another kernel may have removed the run and reused its number.
        ((run,),) = file.execute(
            "INSERT INTO runs (name, model, began, used) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (name, model) DO UPDATE SET used = excluded.used RETURNING id",
            (name, model, now, now),
        ).fetchall()
        file.executemany(
            "INSERT OR REPLACE INTO rows VALUES (?, ?, ?)",
            [(key, run, answer) for key, answer in answers.items()],
        )

    @contextlib.contextmanager
    def writing(
        self, *, is_durable: bool = False, wait: float = _WAIT
    ) -> Iterator[sqlite3.Connection]:
        """Open a transaction to write in.

        Parameters
        ----------
        is_durable : bool
            Whether it survives a power cut.
        wait : float
            Seconds for which to wait if another process has locked the file.
        """
        with self._writing:
            file = retry_while_locked(self._for_writing, wait)
            if is_durable:
                file.execute("PRAGMA synchronous = FULL")
            try:
                with transaction(file, wait=wait):
                    yield file
            finally:
                if is_durable:
                    file.execute("PRAGMA synchronous = NORMAL")

    @contextlib.contextmanager
    def reading(self, wait: float = _WAIT) -> Iterator[sqlite3.Connection | None]:
        """Yield the open file to read from; None if it doesn't exist yet."""
        with self._reading:
            file = retry_while_locked(self._for_reading, wait)
            if file is None:
                yield None
                return
            with snapshot(file, wait):
                yield file

    def runs(self) -> list[RunRecord]:
        """Return the runs whose answers it contains, the latest first."""
        with self.reading() as file:
            return runs_in(file) if file is not None else []

    def clear(self, run: int | None = None) -> int:
        """Remove the answers of one run, or of all; return how many there were."""
        with self._writing:
            if not self.path.exists():
                return 0
            file = retry_while_locked(self._for_writing, _WAIT)
            chosen, values = ("", ()) if run is None else (" WHERE run = ?", (run,))
            with transaction(file, wait=_WAIT):
                clear_jobs(file, run)
                count = file.execute(f"DELETE FROM rows{chosen}", values).rowcount  # noqa: S608 - one of two constants
                file.execute("DELETE FROM runs WHERE id NOT IN (SELECT run FROM rows)")
            # Otherwise removed answers could still be read from the file.
            retry_while_locked(lambda: file.execute("VACUUM"), _WAIT)
            truncate_log(file, _WAIT)
            return count

    def size(self) -> int:
        """Return how many bytes it takes on the disk."""
        places = (self.path, *self._beside())
        return sum(place.stat().st_size for place in places if place.exists())

    def close(self) -> None:
        """Close the file; unless another kernel has it open, it can then be copied as one file."""
        with self._writing, self._reading:
            for file in self._opened():
                with contextlib.suppress(sqlite3.Error):
                    if file is self._writer:
                        file.execute("PRAGMA busy_timeout = 0")
                        file.execute("PRAGMA journal_mode = DELETE")
                file.close()
            self._reader = self._writer = None

    def set_aside(self) -> Path:
        """Rename a damaged file, and copy its readable part to a new one; return the new name.

        Processes that have it open keep writing to the renamed file.
        """
        with self._writing, self._reading:
            for file in self._opened():
                file.close()
            self._reader = self._writer = None
            number = next(n for n in range(1, 10_000) if not self._damaged(n).exists())
            aside = self._damaged(number)
            for place in self._beside():
                with contextlib.suppress(FileNotFoundError):
                    place.rename(aside.with_name(aside.name + place.name[len(self.path.name) :]))
            self.path.rename(aside)
        for run, answers in readable(aside).items():
            self.put(*run, answers)
        with self.writing() as file:
            copy_jobs(aside, file)
        return aside

    def _for_reading(self) -> sqlite3.Connection | None:
        self._forget_parents()
        if self._reader is None and self._is_there():
            mode = "ro"
            if not os.access(self.path.parent, os.W_OK):
                # SQLite can't create its lock files there.
                mode += "&immutable=1"
            self._reader = self._connect(mode)
        return self._reader

    def _for_writing(self) -> sqlite3.Connection:
        self._forget_parents()
        if self._writer is None:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite gives its files beside this one the same permissions.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self._is_there()
            self._writer = self._connect("rw")
        if self._writer is None:
            raise sqlite3.OperationalError("its tables can't be made")
        return self._writer

    def _forget_parents(self) -> None:
        """Forget the connections in a forked process: it must not use its parent's."""
        if self._process != os.getpid():
            self._inherited = self._opened()
            self._process = os.getpid()
            self._reader = self._writer = None

    def _is_there(self) -> bool:
        """Return whether the file exists and isn't empty; refuse one that is not a database."""
        found = is_database(self.path)
        if found is False:
            raise self._not_a_journal()
        return found or (self.path.exists() and self._beside()[0].exists())

    def _connect(self, mode: str) -> sqlite3.Connection | None:
        """Return the open file; None for an empty one that is only to be read."""
        file = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=_ONE_TRY,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            # A forged file must not run code of its own.
            file.execute("PRAGMA trusted_schema = OFF")
            # Another program's database is not changed in any way.
            tables = tables_of(file)
            if mode == "rw" and tables in (None, set(TABLES)):
                prepare(file)
                tables = tables_of(file)
        except BaseException:
            file.close()
            raise
        if tables == set(TABLES):
            return file
        file.close()
        if tables is not None:
            raise self._not_a_journal()
        return None

    def _not_a_journal(self) -> OptionError:
        happened = f"`{self.path.name}` is not a journal."
        return OptionError(happened, "Give `--journal` another file.")

    def _opened(self) -> list[sqlite3.Connection]:
        return [file for file in (self._reader, self._writer) if file is not None]

    def _beside(self) -> tuple[Path, ...]:
        names = ("-wal", "-shm", "-journal")
        return tuple(self.path.with_name(self.path.name + name) for name in names)

    def _damaged(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.damaged-{number}")


def journal_path() -> Path:
    """Return the path of the default journal, in the system's state folder.

    Raises
    ------
    RuntimeError
        When the user's home is unknown.
    """
    from platformdirs import user_state_path

    return user_state_path("groq_magic", appauthor=False) / _FILE
