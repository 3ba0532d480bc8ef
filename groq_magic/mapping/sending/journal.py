"""The answers that were paid for, kept by the key of their row."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

from groq_magic.errors import OptionError
from groq_magic.ledger.journal_file import JournalFile, RunRecord, journal_path
from groq_magic.ledger.journal_jobs import JobTables
from groq_magic.ledger.usage import Usage
from groq_magic.mapping.sending.row_request import RowAnswer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

__all__ = ["Journal", "answer_of", "text_of"]

# How many seconds pass before a file that could not be written is tried again.
_AGAIN_AFTER = 1.0
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
# No answer takes so many tokens: such a count is forged.
_MOST_TOKENS = 10**9
_COUNTS = ("prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens")


class Journal:
    """The answers of runs, on disk; any thread may use it.

    A file that can't be read or written stops no run: `lines` reports it once, and
    answers stay in memory until the file can be written.

    Parameters
    ----------
    path : Path, optional
        By default the one in the user's state folder.

    Raises
    ------
    OptionError
        When the file is something else than a journal, or there is no place for one.
    """

    def __init__(self, path: Path | None = None) -> None:
        try:
            self._file = JournalFile(path or journal_path())
        except RuntimeError:
            raise OptionError(
                "No place for the journal: the home folder is unknown.",
                "Set XDG_STATE_HOME or give `--journal PATH`.",
            ) from None
        self._unwritten: dict[tuple[str, str], dict[str, str]] = {}
        self._lock = threading.Lock()
        self._lines: list[str] = []
        self._reported: set[str] = set()
        self._next_try = 0.0
        self._replacing = threading.Lock()
        self._replaced = False
        # Refuse a file that is not a journal before anything is sent.
        self.get("")

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._file.path

    @property
    def jobs(self) -> JobTables:
        """The jobs of the batch engine."""
        return JobTables(self._file)

    @property
    def unwritten(self) -> int:
        """How many answers are only in memory."""
        with self._lock:
            return sum(map(len, self._unwritten.values()))

    def get(self, key: str) -> RowAnswer | None:
        """Return the answer to a row, None if it has none yet.

        Raises
        ------
        OptionError
            When the file is something else than a journal.
        """
        with self._lock:
            kept = next((each[key] for each in self._unwritten.values() if key in each), None)
        if kept is None:
            was_replaced = self._replaced
            try:
                kept = self._file.get(key)
            except (OSError, sqlite3.Error) as failure:
                if self._replace(failure, was_replaced=was_replaced):
                    return self.get(key)
                self._report("read", failure, "all rows are asked again")
        return answer_of(kept) if kept is not None else None

    def get_all(self, keys: Collection[str]) -> dict[str, RowAnswer]:
        """Return the answers to rows by their keys; those without one are left out.

        Raises
        ------
        OptionError
            When the file is something else than a journal.
        """
        try:
            texts = self._file.get_all(keys)
        except (OSError, sqlite3.Error):
            # One by one what can be read is used, and a damaged file is set aside.
            found = {key: self.get(key) for key in keys}
            return {key: answer for key, answer in found.items() if answer is not None}
        with self._lock:
            for kept in self._unwritten.values():
                texts |= {key: text for key, text in kept.items() if key in keys}
        answers = {key: answer_of(text) for key, text in texts.items()}
        return {key: answer for key, answer in answers.items() if answer is not None}

    def put(self, name: str, model: str, answers: Mapping[str, RowAnswer]) -> None:
        """Write answers of a run by the keys of their rows; never raises for the file's sake.

        Parameters
        ----------
        name, model : str
            Of the run, for `runs`.
        answers : mapping of str to RowAnswer
            Those without an error.
        """
        # A lone surrogate, from a prompt say, can't be written.
        run = name.encode(errors="replace").decode(), model.encode(errors="replace").decode()
        with self._lock:
            kept = self._unwritten.setdefault(run, {})
            kept.update({key: text_of(answer) for key, answer in answers.items()})
            if time.monotonic() < self._next_try:
                return
        self.flush()

    def flush(self) -> bool:
        """Write the answers that are only in memory; return whether all were written."""
        with self._lock:
            waiting = {run: dict(answers) for run, answers in self._unwritten.items() if answers}
        for run, answers in waiting.items():
            if not self._written(run, answers):
                return False
            with self._lock:
                kept = self._unwritten[run]
                for key, answer in answers.items():
                    if kept.get(key) == answer:
                        del kept[key]
        return True

    def runs(self) -> list[RunRecord]:
        """Return the runs, the latest first; empty if unreadable, and then `lines` reports why."""
        try:
            return self._file.runs()
        except (OSError, sqlite3.Error) as failure:
            self._report("read", failure, "its runs are not listed")
        return []

    def clear(self, run: int | None = None) -> int:
        """Remove the answers of one run, or of all; return how many there were.

        Raises
        ------
        OptionError
            When the file can't be written.
        """
        try:
            return self._file.clear(run)
        except (OSError, sqlite3.Error) as failure:
            reason = _reason(failure)
        raise OptionError(f"The journal can't be cleared: {reason}.", f"The file is {self.path}.")

    def size(self) -> int:
        """Return how many bytes its file takes."""
        try:
            return self._file.size()
        except OSError:
            return 0

    def close(self) -> None:
        """Write what is left and close the file; it is opened again when needed."""
        self.flush()
        self._file.close()

    def lines(self) -> tuple[str, ...]:
        """Return messages to the user about the file, each once; usually none."""
        with self._lock:
            lines, self._lines = tuple(self._lines), []
        return lines

    def _written(self, run: tuple[str, str], answers: Mapping[str, str]) -> bool:
        was_replaced = self._replaced
        try:
            self._file.put(*run, answers)
        except (OSError, sqlite3.Error, OptionError) as failure:
            if self._replace(failure, was_replaced=was_replaced):
                return self._written(run, answers)
            self._report("written", failure, "answers are kept only in memory")
            with self._lock:
                self._next_try = time.monotonic() + _AGAIN_AFTER
            return False
        return True

    def _replace(self, failure: Exception, *, was_replaced: bool) -> bool:
        """Set a damaged file aside, once; return whether a new one took its place."""
        if getattr(failure, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
            return False
        with self._replacing:
            if self._replaced:
                # Another thread did, while this one met the same damage.
                return not was_replaced
            try:
                aside = self._file.set_aside()
            except (OSError, sqlite3.Error, OptionError):
                return False
            self._replaced = True
        with self._lock:
            self._lines.append(
                f"The journal was damaged: it is now {aside.name}, and what could be read is used."
            )
        return True

    def _report(self, what: str, failure: Exception, then: str) -> None:
        with self._lock:
            if what not in self._reported:
                self._reported.add(what)
                line = f"The journal can't be {what} ({_reason(failure)}); {then}."
                self._lines.append(line)


def _reason(failure: Exception) -> str:
    return getattr(failure, "strerror", None) or str(failure).rstrip(".")


def text_of(answer: RowAnswer) -> str:
    """Return an answer as a text of the file."""
    usage = answer.usage
    counts = [getattr(usage, name) for name in _COUNTS] if usage is not None else None
    values = [answer.text, answer.finish_reason, answer.model, counts]
    if answer.error:
        values.append(answer.error)
    # Short, for there are many; ASCII, so that a lone surrogate can be written.
    return json.dumps(values, separators=(",", ":"))


def answer_of(text: str) -> RowAnswer | None:
    """Return the answer that a text of the file contains, None if it contains none."""
    try:
        match json.loads(text):
            case [str(answer), str() | None as finish_reason, str(model), counts, *error]:
                failure = str(error[0]) if error else ""
                return RowAnswer(answer, finish_reason, _usage_of(counts), model, failure)
    # A text nested too deeply is not an answer either.
    except (ValueError, RecursionError):
        pass
    return None


def _usage_of(counts: object) -> Usage | None:
    match counts:
        case [int(prompt), int(completion), int(reasoning), int(cached)] if all(
            0 <= count < _MOST_TOKENS for count in (prompt, completion, reasoning, cached)
        ):
            return Usage(prompt, completion, prompt + completion, reasoning, cached)
    return None
