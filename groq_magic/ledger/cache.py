"""A cache of answers on disk, so that the same request is paid for once."""

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

__all__ = ["MOST_BYTES", "MOST_DAYS", "Cache", "CacheInfo", "cache_folder", "key_of"]

_FILE = "answers.sqlite"
# Seconds to wait for another kernel that writes; an ask waits twice at most, to read and to write.
_WAIT = 0.5
_DAY = 86_400.0
# Of all answers together, and the age of an answer.
MOST_BYTES, MOST_DAYS = 100_000_000, 30
_Found = TypeVar("_Found")
_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, answer TEXT NOT NULL, size INTEGER NOT NULL,
  made REAL NOT NULL, used REAL NOT NULL
) WITHOUT ROWID
"""
# Removes the answers used longest ago, beyond a total size.
_EVICT = """
DELETE FROM answers WHERE key IN (
  SELECT key FROM (SELECT key, sum(size) OVER (ORDER BY used DESC, key) AS filled FROM answers)
  WHERE filled > ?
)
"""


@dataclass(frozen=True)
class CacheInfo:
    """The content of a cache: answers, bytes, and the Unix time of the oldest answer."""

    answers: int
    size: int
    oldest: float | None


class Cache:
    """A file of answers by the hash of their request.

    If the file can't be opened or written, asks continue without it: `take_line`
    reports that once, `fault` each time. A damaged file is deleted.

    Parameters
    ----------
    folder : Path
        Created for the user alone (0700) if it is missing.
    most_bytes : int
        Of all answers together; those used longest ago are evicted first.
    most_days : float
        Age of an answer.

    Attributes
    ----------
    path : Path
        The file.
    fault : str
        Why the latest call failed; empty where it did not.

    Notes
    -----
    Each call opens the file again: that takes less than a millisecond, and
    is safe with threads, forks and other kernels.
    """

    def __init__(
        self, folder: Path, most_bytes: int = MOST_BYTES, most_days: float = MOST_DAYS
    ) -> None:
        self.path = folder / _FILE
        self.fault = ""
        self._most_bytes = most_bytes
        self._most_seconds = most_days * _DAY
        self._line = ""
        self._fault_reported = False

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the answer of a key, None if it is missing."""
        now = time.time()

        def find(file: sqlite3.Connection) -> list[tuple[bytes]]:
            found = file.execute(
                # As bytes: text that is not UTF-8 is skipped, and is not an error of the file.
                "SELECT CAST(answer AS BLOB) FROM answers"
                " WHERE key = ? AND made >= ? AND size <= ?",
                (key, now - self._most_seconds, self._most_bytes),
            ).fetchall()
            # A file that can only be read is used without a wait.
            with contextlib.suppress(sqlite3.OperationalError):
                file.execute("PRAGMA busy_timeout = 0")
                file.execute("UPDATE answers SET used = ? WHERE key = ?", (now, key))
            return found

        rows = self._use(find)
        self._report()
        return _parsed(rows[0][0]) if rows else None

    def put(self, key: str, answer: Mapping[str, Any]) -> None:
        """Write an answer, unless it is too large; evict the oldest ones."""
        text = json.dumps(dict(answer), ensure_ascii=True)
        now, size = time.time(), len(text)
        fits = size <= self._most_bytes

        def keep(file: sqlite3.Connection) -> None:
            file.execute("BEGIN IMMEDIATE")
            if fits:
                row = (key, text, size, now, now)
                file.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", row)
            file.execute("DELETE FROM answers WHERE made < ?", (now - self._most_seconds,))
            (filled,) = file.execute("SELECT total(size) FROM answers").fetchone()
            if filled > self._most_bytes:
                file.execute(_EVICT, (self._most_bytes,))

        self._use(keep, create=fits)
        self._report()

    def clear(self) -> int:
        """Remove every answer; return how many there were, 0 after a `fault`."""

        def empty(file: sqlite3.Connection) -> int:
            count = file.execute("DELETE FROM answers").rowcount
            file.execute("VACUUM")
            return count

        return self._use(empty) or 0

    def info(self) -> CacheInfo:
        """Return the size of its content; that of an empty cache after a `fault`."""

        def look(file: sqlite3.Connection) -> CacheInfo:
            row = file.execute("SELECT count(*), total(size), min(made) FROM answers").fetchone()
            return CacheInfo(row[0], int(row[1]), row[2])

        return self._use(look) or CacheInfo(0, 0, None)

    def take_line(self) -> str:
        """Return the notice about the file, once, "" without one."""
        line, self._line = self._line, ""
        return line

    def _use(
        self, work: Callable[[sqlite3.Connection], _Found], *, create: bool = False
    ) -> _Found | None:
        """Return what `work` finds in the open file; None without a file or after a fault."""
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
            # Not `exists`: some versions of Python report other faults as a missing file.
            self.path.stat()
        except FileNotFoundError:
            return None
        file = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)
        with contextlib.closing(file), file:
            # Then a power cut may damage the file; a damaged cache is replaced.
            file.execute("PRAGMA synchronous = OFF")
            file.execute(_TABLE)
            return work(file)

    def _report(self) -> None:
        if self.fault and not self._fault_reported:
            self._fault_reported = True
            self._line = f"The cache can't be used ({self.fault}); asks continue without it."


def key_of(base_url: str, request: Mapping[str, Any]) -> str:
    """Return the hash of a request and its address, whether or not it streams."""
    body = {name: value for name, value in request.items() if name != "stream"}
    canonical = json.dumps([base_url, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def cache_folder() -> Path:
    """Return our folder in the system's cache folder.

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
    # Deeply nested JSON is damaged, too.
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
