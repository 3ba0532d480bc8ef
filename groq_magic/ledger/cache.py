"""Answers kept on disk, so that the same request is paid for once."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Cache", "CacheInfo", "cache_folder", "key_of"]

_FILE = "answers.sqlite"
# Two kernels may write at once: how many seconds one waits for the other. An ask waits twice at
# most, to look and to keep.
_WAIT = 0.5
_DAY = 86_400.0
_Found = TypeVar("_Found")
_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, answer TEXT NOT NULL, size INTEGER NOT NULL,
  made REAL NOT NULL, used REAL NOT NULL
) WITHOUT ROWID
"""
# What does not fit beside the answers that were used later.
_EVICT = """
DELETE FROM answers WHERE key IN (
  SELECT key FROM (SELECT key, sum(size) OVER (ORDER BY used DESC, key) AS filled FROM answers)
  WHERE filled > ?
)
"""


@dataclass(frozen=True)
class CacheInfo:
    """How full a cache is: answers, bytes, and the Unix time of the oldest answer."""

    answers: int
    size: int
    oldest: float | None


class Cache:
    """A file of answers by the hash of their request, which delays no ask.

    If the file can't be opened or written, asks go on without it: `take_line`
    states that once and `fault` each time. A damaged file is deleted.

    Parameters
    ----------
    folder : Path
        Made for the user alone (0700) if it is missing.
    most_bytes : int
        Of all answers together; those that were used longest ago are evicted first.
    most_days : float
        How old an answer may become.

    Attributes
    ----------
    path : Path
        The file.
    limits : (Path, int, float)
        What it was made with.
    fault : str
        Why the latest call failed; empty where it did not.

    Notes
    -----
    Each call opens the file anew: that takes less than a millisecond, and
    serves threads, forks and other kernels alike.
    """

    def __init__(self, folder: Path, most_bytes: int, most_days: float) -> None:
        self.path = folder / _FILE
        self.limits = folder, most_bytes, most_days
        self.fault = ""
        self._most_bytes = most_bytes
        self._most_days = most_days
        self._line = ""
        self._fault_reported = False

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the answer kept under a key, None if there is no such answer."""
        now = time.time()

        def find(file: sqlite3.Connection) -> list[tuple[bytes]]:
            oldest = now - self._most_days * _DAY
            found = file.execute(
                # As bytes, for text that is not UTF-8 is no answer, and no fault of the file.
                "SELECT CAST(answer AS BLOB) FROM answers"
                " WHERE key = ? AND made >= ? AND size <= ?",
                (key, oldest, self._most_bytes),
            ).fetchall()
            # A file that can be read but not written still answers, and at once.
            with contextlib.suppress(sqlite3.OperationalError):
                file.execute("PRAGMA busy_timeout = 0")
                file.execute("UPDATE answers SET used = ? WHERE key = ?", (now, key))
            return found

        rows = self._use(find)
        self._report()
        return _parsed(rows[0][0]) if rows else None

    def put(self, key: str, answer: Mapping[str, Any]) -> None:
        """Keep an answer that is not too large, and evict what is too old or too much."""
        text = json.dumps(dict(answer), ensure_ascii=True)
        now, size = time.time(), len(text)
        fits = size <= self._most_bytes

        def keep(file: sqlite3.Connection) -> None:
            file.execute("BEGIN IMMEDIATE")
            if fits:
                row = (key, text, size, now, now)
                file.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", row)
            file.execute("DELETE FROM answers WHERE made < ?", (now - self._most_days * _DAY,))
            (filled,) = file.execute("SELECT total(size) FROM answers").fetchone()
            if filled > self._most_bytes:
                file.execute(_EVICT, (self._most_bytes,))

        self._use(keep, create=fits)
        self._report()

    def clear(self) -> int:
        """Remove every answer; return how many there were, 0 where `fault` states why not."""

        def empty(file: sqlite3.Connection) -> int:
            count = file.execute("DELETE FROM answers").rowcount
            file.execute("VACUUM")
            return count

        return self._use(empty) or 0

    def info(self) -> CacheInfo:
        """Return how full it is; as empty where `fault` states why that is not known."""

        def look(file: sqlite3.Connection) -> CacheInfo:
            row = file.execute("SELECT count(*), total(size), min(made) FROM answers").fetchone()
            return CacheInfo(row[0], int(row[1]), row[2])

        return self._use(look) or CacheInfo(0, 0, None)

    def take_line(self) -> str:
        """Return, once, what the user is to know of the file; mostly nothing."""
        line, self._line = self._line, ""
        return line

    def _use(
        self, work: Callable[[sqlite3.Connection], _Found], *, create: bool = False
    ) -> _Found | None:
        """Return what `work` finds in the open file; None where there is no file, or a fault."""
        self.fault = ""
        try:
            try:
                return self._open(work, create=create)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                self.path.unlink(missing_ok=True)
                self.path.with_name(f"{_FILE}-journal").unlink(missing_ok=True)
                self._line = "The cache file was damaged; a new one replaces it."
                return self._open(work, create=create)
        except (OSError, sqlite3.DatabaseError) as failure:
            self.fault = getattr(failure, "strerror", None) or str(failure)
        return None

    def _open(self, work: Callable[[sqlite3.Connection], _Found], *, create: bool) -> _Found | None:
        if create:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite gives its files beside this one the same permissions.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        try:
            # Not `exists`, which takes some faults for a missing file, as the Python is.
            self.path.stat()
        except FileNotFoundError:
            return None
        file = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)
        with contextlib.closing(file), file:
            # A power cut may damage the file then, and it begins anew: that is no loss.
            file.execute("PRAGMA synchronous = OFF")
            file.execute(_TABLE)
            return work(file)

    def _report(self) -> None:
        if self.fault and not self._fault_reported:
            self._fault_reported = True
            self._line = f"The cache can't be used ({self.fault}); asks go on without it."


def key_of(base_url: str, request: Mapping[str, Any]) -> str:
    """Return the hash of a whole request: where it goes, model, messages and parameters.

    Whether it streams does not matter: the answer is the same.
    """
    asked = {name: value for name, value in request.items() if name != "stream"}
    canonical = json.dumps([base_url, asked], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def cache_folder() -> Path:
    """Return the folder for what can be made again, as each system has it.

    Raises
    ------
    RuntimeError
        When the user's home is unknown.
    """
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "groq_magic" / "Cache"
    named = os.environ.get("XDG_CACHE_HOME", "")
    if Path(named).is_absolute():
        return Path(named) / "groq_magic"
    usual = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return usual / "groq_magic"


def _parsed(text: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    # A text that is nested without end is no answer either.
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
