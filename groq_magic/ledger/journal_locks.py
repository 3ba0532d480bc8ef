"""The locks of a journal's file: wait for other processes in short tries, in transactions."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["is_locked", "retry_while_locked", "snapshot", "transaction", "truncate_log"]

# Seconds between two tries to use a locked file.
_PAUSE = 0.01
_Value = TypeVar("_Value")


def is_locked(failure: Exception) -> bool:
    """Return whether a file can't be used because another process has locked it."""
    return getattr(failure, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def retry_while_locked(step: Callable[[], _Value], wait: float) -> _Value:
    """Return the result of a step; try for `wait` seconds if another process has locked the file.

    In short tries: SQLite's own wait can't be interrupted.
    """
    until = time.monotonic() + wait
    while True:
        try:
            return step()
        except sqlite3.OperationalError as failure:
            if not is_locked(failure) or time.monotonic() >= until:
                raise
        time.sleep(_PAUSE)


@contextlib.contextmanager
def transaction(
    file: sqlite3.Connection, kind: str = "IMMEDIATE", wait: float = 0.0
) -> Iterator[None]:
    """Run the block as one transaction; wait for a locked file as `retry_while_locked`."""
    retry_while_locked(lambda: file.execute(f"BEGIN {kind}"), wait)
    try:
        yield
        retry_while_locked(lambda: file.execute("COMMIT"), wait)
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            file.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def snapshot(file: sqlite3.Connection, wait: float) -> Iterator[None]:
    """Run the block on one state of the file; once it has begun, no lock can stop its reading."""

    def begin() -> None:
        if not file.in_transaction:
            file.execute("BEGIN")
        # Only the first statement takes the lock.
        file.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()

    try:
        retry_while_locked(begin, wait)
        yield
    finally:
        with contextlib.suppress(sqlite3.Error):
            file.execute("ROLLBACK")


def truncate_log(file: sqlite3.Connection, wait: float) -> None:
    """Empty the write-ahead log; try for `wait` seconds while other processes read from it."""
    until = time.monotonic() + wait
    # The first column is 1 while somebody reads: that is no error to SQLite.
    while file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() >= until:
            return
        time.sleep(_PAUSE)
