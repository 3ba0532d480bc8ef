"""A map whose journal another process has locked: it doesn't wait, and pays for no row twice."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from groq_magic.errors import InterruptedAskError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = 30
# The lock is waited for up to 5 seconds; ■ takes 0.2, more on a busy machine.
SOON = 4.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def mapped(cells: Any, practice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    practice.script([{"pieces": ["fine"]}])
    cells.shell.user_ns["df"] = pd.DataFrame({"text": [f"row {n}" for n in range(COUNT)]})
    cells.fine("%%groq_map df --journal journal.sqlite --limit 1\nRate {{text}}")
    return cells


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock, as another process would."""
    file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        file.close()


def shown(ran: Any) -> str:
    return "\n".join(output["data"]["text/plain"] for output in ran.outputs)


CELL = "%%groq_map df --journal journal.sqlite\nRate {{text}}"
UNWRITTEN = (
    "The journal can't be written (another program has locked it): 29 answers are only in memory."
    " Run the cell again to write them."
)


@pytest.mark.slow
def test_all_rows_are_answered_and_the_next_run_writes_them(
    mapped: Any, practice: Any, path: Path
) -> None:
    with locked(path):
        ran = mapped.fine(CELL)
        assert UNWRITTEN in " ".join(shown(ran).split())
        assert mapped.shell.user_ns["answers"]["answer"].tolist() == ["fine"] * COUNT
        # Still locked: the answers in memory are used.
        ran = mapped.fine(CELL)
        assert UNWRITTEN in " ".join(shown(ran).split())
        assert mapped.shell.user_ns["answers"]["answer"].tolist() == ["fine"] * COUNT
        assert UNWRITTEN in " ".join(
            shown(mapped.fine("%groq_runs --journal journal.sqlite")).split()
        )
    ran = mapped.fine(CELL)
    assert "journal can't" not in shown(ran)
    assert len(practice.requests()) == COUNT
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT count(*) FROM rows").fetchall() == [(COUNT,)]
    file.close()


def test_stop_ends_a_map_at_once_and_keeps_the_answers(
    mapped: Any, practice: Any, path: Path
) -> None:
    practice.script(
        [
            {"match": r"row 2\d", "pieces": ["x "] * 2000, "tokens_per_second": 20},
            {"pieces": ["fine"]},
        ]
    )
    pressed: list[float] = []

    def press() -> None:
        until = time.monotonic() + 20
        while sum(each["outcome"] == "complete" for each in practice.requests(running=True)) < 20:
            assert time.monotonic() < until
            time.sleep(0.01)
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    try:
        with locked(path):
            thread.start()
            ran = mapped.run(CELL)
            took = time.monotonic() - pressed[0]
    finally:
        thread.join()
    assert isinstance(ran.error, InterruptedAskError)
    assert took < SOON
    # A reply that the server has just sent may not have been read.
    count = mapped.shell.user_ns["answers"]["answer"].notna().sum()
    assert 10 <= count <= 20
    assert f"{count - 1} answers are only in memory" in " ".join(shown(ran).split())
    practice.reset()
    practice.script([{"pieces": ["later"]}])
    mapped.fine(CELL)
    assert len(practice.requests()) == COUNT - count


@pytest.mark.slow
def test_cleared_answers_are_not_in_memory_either(mapped: Any, practice: Any, path: Path) -> None:
    with locked(path):
        mapped.fine(CELL)
    assert "30 answers removed" in shown(mapped.fine("%groq_runs --journal journal.sqlite clear"))
    mapped.fine(CELL)
    assert len(practice.requests()) == 2 * COUNT
