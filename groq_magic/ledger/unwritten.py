"""The answers that a journal's file doesn't contain yet, in memory."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from typing import TYPE_CHECKING

from groq_magic.ledger.journal_file import JournalFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

__all__ = ["UnwrittenAnswers", "UnwrittenByFile"]


class UnwrittenAnswers:
    """The answers to be written to one file, by run and key; any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[tuple[str, str], dict[str, str]] = {}

    def __len__(self) -> int:
        with self._lock:
            return sum(map(len, self._runs.values()))

    def add(self, run: tuple[str, str], answers: Mapping[str, str]) -> None:
        """Add the answers of a run, given by its name and model."""
        with self._lock:
            self._runs.setdefault(run, {}).update(answers)

    def find(self, keys: AbstractSet[str]) -> dict[str, str]:
        """Return the answers to some keys."""
        with self._lock:
            runs = self._runs.values()
            return {key: answers[key] for answers in runs for key in keys & answers.keys()}

    def runs(self) -> dict[tuple[str, str], dict[str, str]]:
        """Return all answers, a copy."""
        with self._lock:
            return {run: dict(answers) for run, answers in self._runs.items()}

    def remove(self, run: tuple[str, str], answers: Mapping[str, str]) -> None:
        """Remove the answers that were written, unless they have changed since."""
        with self._lock:
            kept = self._runs.get(run, {})
            for key in [key for key, answer in answers.items() if kept.get(key) == answer]:
                del kept[key]
            if not kept:
                self._runs.pop(run, None)


class UnwrittenByFile:
    """The unwritten answers of each journal: for whatever uses the file next."""

    def __init__(self) -> None:
        self._files: dict[Path, UnwrittenAnswers] = {}
        self._process = os.getpid()

    @property
    def is_here(self) -> bool:
        """Whether this is the process that it was made in, and not a fork of it."""
        return self._process == os.getpid()

    def of(self, path: Path) -> UnwrittenAnswers:
        """Return those of one file."""
        return self._files.setdefault(path.absolute(), UnwrittenAnswers())

    def write(self) -> None:
        """Write all of them, at the end of the process; what can't be written is lost."""
        for path, unwritten in self._files.items() if self.is_here else ():
            for run, answers in unwritten.runs().items():
                with contextlib.suppress(OSError, sqlite3.Error):
                    JournalFile(path).put(*run, answers)
                    unwritten.remove(run, answers)
