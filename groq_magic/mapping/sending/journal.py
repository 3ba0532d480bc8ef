"""The journal: the answers of runs on disk, by the keys of their rows."""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import TYPE_CHECKING

from groq_magic.errors import OptionError
from groq_magic.ledger.journal_file import JournalFile, RunRecord, journal_path
from groq_magic.ledger.journal_jobs import JobTables
from groq_magic.ledger.journal_locks import is_locked
from groq_magic.ledger.unwritten import UnwrittenByFile
from groq_magic.mapping.sending.stored_answer import answer_of, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from groq_magic.mapping.sending.row_request import RowAnswer

__all__ = ["Journal"]

# Seconds before a file that could not be used is tried again.
_AGAIN_AFTER = 0.5
# Seconds to wait for a locked file: in a thread with a new answer, and at the end.
_WAIT, _LAST_WAIT = 0.1, 2.0
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Journal:
    """The answers of runs, on disk; any thread may use it.

    If the file can't be read or written, or another process has locked it, runs continue without
    delay: answers stay in memory until they are written, and `lines` reports the problem.

    Parameters
    ----------
    path : Path, optional
        By default a file in the user's state folder.
    unwritten : UnwrittenByFile, optional
        Keeps answers that could not be written for the next journal with this path.

    Raises
    ------
    OptionError
        When the file isn't a journal, or the state folder is unknown.
    """

    def __init__(self, path: Path | None = None, unwritten: UnwrittenByFile | None = None) -> None:
        try:
            self._file = JournalFile(path or journal_path())
        except RuntimeError:
            raise OptionError(
                "No place for the journal: the home folder is unknown.",
                "Set XDG_STATE_HOME or give `--journal PATH`.",
            ) from None
        # In a forked process it can't keep answers: they would end with the process.
        self._outlives = unwritten is not None and unwritten.is_here
        kept = unwritten if unwritten is not None and unwritten.is_here else UnwrittenByFile()
        self._unwritten = kept.of(self.path)
        self._lock, self._flushing = threading.Lock(), threading.Lock()
        self._lines: list[str] = []
        self._is_reported = False
        # Why the file could not be written, and how many answers were reported as unwritten.
        self._reason, self._reported = "", 0
        self._next_write = self._next_read = 0.0
        self._replacing = threading.Lock()
        self._replaced = False
        # Refuse a file that isn't a journal before anything is sent.
        self.get("")
        if self._unwritten:
            self.flush()

    @property
    def path(self) -> Path:
        """The path of the file."""
        return self._file.path

    @property
    def jobs(self) -> JobTables:
        """The jobs of the batch engine."""
        return JobTables(self._file)

    def get(self, key: str) -> RowAnswer | None:
        """Return the answer to a row, None if it has no answer.

        While another process has locked the file, only answers in memory are found.

        Raises
        ------
        OptionError
            When the file isn't a journal.
        """
        kept = self._unwritten.find({key}).get(key)
        if kept is None and time.monotonic() >= self._next_read:
            was_replaced = self._replaced
            try:
                kept = self._file.get(key)
            except (OSError, sqlite3.Error) as failure:
                if self._replace(failure, was_replaced=was_replaced):
                    return self.get(key)
                if is_locked(failure):
                    self._next_read = time.monotonic() + _AGAIN_AFTER
                else:
                    self._report_unread(failure)
        return answer_of(kept) if kept is not None else None

    def get_all(self, keys: Collection[str]) -> dict[str, RowAnswer]:
        """Return the answers to rows, by their keys; rows without an answer are left out.

        Raises
        ------
        OptionError
            When the file isn't a journal, or another process has locked it.
        """
        try:
            texts = self._file.get_all(keys)
        except (OSError, sqlite3.Error) as failure:
            if not is_locked(failure):
                # One by one, readable answers are found, and a damaged file is set aside.
                found = {key: self.get(key) for key in keys}
                return {key: answer for key, answer in found.items() if answer is not None}
            raise OptionError(
                "Another program has locked the journal.",
                "Run the cell again later, or give `--journal PATH`.",
            ) from None
        texts |= self._unwritten.find(set(keys))
        answers = {key: answer_of(text) for key, text in texts.items()}
        return {key: answer for key, answer in answers.items() if answer is not None}

    def put(self, name: str, model: str, answers: Mapping[str, RowAnswer]) -> None:
        """Write answers of a run; if the file can't be written they stay in memory.

        Parameters
        ----------
        name, model : str
            The name and the model of the run.
        answers : mapping of str to RowAnswer
            Valid answers by their rows' keys.
        """
        # Lone surrogates, which a prompt may contain, can't be written.
        run = name.encode(errors="replace").decode(), model.encode(errors="replace").decode()
        self._unwritten.add(run, {key: text_of(answer) for key, answer in answers.items()})
        with self._flushing:
            # Another thread may have written these answers just now, or failed to.
            if self._unwritten and time.monotonic() >= self._next_write:
                self._flush(0.0 if self._reason else _WAIT)

    def flush(self, wait: float = 0.0) -> bool:
        """Write the answers that are only in memory; return whether all were written.

        Parameters
        ----------
        wait : float
            Seconds to wait if another process has locked the file.
        """
        with self._flushing:
            return self._flush(wait)

    def _flush(self, wait: float) -> bool:
        for run, answers in self._unwritten.runs().items():
            if not self._written(run, answers, wait):
                return False
            self._unwritten.remove(run, answers)
        return True

    def runs(self) -> list[RunRecord]:
        """Return the runs, the latest first; if the file is unreadable, `lines` reports it."""
        try:
            return self._file.runs()
        except (OSError, sqlite3.Error) as failure:
            self._add_line(f"The journal can't be read ({_reason(failure)}).")
        return []

    def clear(self, run: int | None = None) -> int:
        """Remove the answers of one run, or of all runs; return the number of answers.

        Raises
        ------
        OptionError
            When the file can't be written.
        """
        try:
            cleared = {(each.name, each.model) for each in self._file.runs() if each.id == run}
            count = self._file.clear(run)
        except (OSError, sqlite3.Error) as failure:
            reason = _reason(failure)
        else:
            for each, answers in self._unwritten.runs().items():
                if run is None or each in cleared:
                    self._unwritten.remove(each, answers)
                    count += len(answers)
            return count
        raise OptionError(f"The journal can't be cleared: {reason}.", f"The file is {self.path}.")

    def size(self) -> int:
        """Return the size of the file in bytes."""
        try:
            return self._file.size()
        except OSError:
            return 0

    def close(self, *, is_stopped: bool = False) -> None:
        """Write the answers in memory and close the file, which opens again when needed.

        Parameters
        ----------
        is_stopped : bool
            Whether the user waits after ■: then a locked file is left to the next journal, if
            `unwritten` keeps the answers.
        """
        self.flush(0.0 if is_stopped and self._outlives else _LAST_WAIT)
        self._file.close()

    def lines(self) -> tuple[str, ...]:
        """Return new lines for the user about problems with the file."""
        with self._lock:
            lines, self._lines = self._lines, []
            count = len(self._unwritten)
            if self._reason and count and count != self._reported:
                self._reported = count
                lines.append(self._unwritten_line(count))
        return tuple(lines)

    def _unwritten_line(self, count: int) -> str:
        answers = "1 answer is" if count == 1 else f"{count:,} answers are"
        line = f"The journal can't be written ({self._reason}): {answers} only in memory"
        return f"{line}. Run the cell again to write them." if self._outlives else f"{line}."

    def _written(self, run: tuple[str, str], answers: Mapping[str, str], wait: float) -> bool:
        was_replaced = self._replaced
        try:
            self._file.put(*run, answers, wait=wait)
        except (OSError, sqlite3.Error, OptionError) as failure:
            if self._replace(failure, was_replaced=was_replaced):
                return self._written(run, answers, wait)
            self._reason = _reason(failure)
            self._next_write = time.monotonic() + _AGAIN_AFTER
            return False
        self._reason = ""
        return True

    def _replace(self, failure: Exception, *, was_replaced: bool) -> bool:
        """Rename a damaged file, once; return whether there is a new file."""
        if getattr(failure, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
            return False
        with self._replacing:
            if self._replaced:
                # Another thread did it after this thread's failure.
                return not was_replaced
            try:
                aside = self._file.set_aside()
            except (OSError, sqlite3.Error, OptionError):
                return False
            self._replaced = True
        self._add_line(
            f"The journal was damaged: it is now {aside.name}, and what could be read is used."
        )
        return True

    def _report_unread(self, failure: Exception) -> None:
        if not self._is_reported:
            self._is_reported = True
            self._add_line(f"The journal can't be read ({_reason(failure)}); all rows are asked.")

    def _add_line(self, line: str) -> None:
        with self._lock:
            self._lines.append(line)


def _reason(failure: Exception) -> str:
    if is_locked(failure):
        return "another program has locked it"
    return getattr(failure, "strerror", None) or str(failure).rstrip(".")
