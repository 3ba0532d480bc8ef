"""A journal on a full disk, in a read-only place, broken or forged: one line, no answer lost."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import OptionError
from groq_magic.ledger.unwritten import UnwrittenByFile
from groq_magic.mapping.sending.journal import Journal
from groq_magic.mapping.sending.row_request import RowAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANSWER = RowAnswer("good", "stop", None, "m", "")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def filled(path: Path, rows: int = 300) -> None:
    journal = Journal(path)
    long = RowAnswer("good " * 100, "stop", None, "m", "")
    journal.put("Labels", "m", {f"key {number}": long for number in range(rows)})
    journal.close()


def test_on_a_full_disk_answers_stay_in_memory_until_there_is_room(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(path)
    journal.put("", "m", {"before": ANSWER})
    put, is_full = journal._file.put, True

    def full(*given: Any, **options: Any) -> None:
        if is_full:
            raise sqlite3.OperationalError("database or disk is full")
        put(*given, **options)

    monkeypatch.setattr(journal._file, "put", full)
    monkeypatch.setattr("groq_magic.mapping.sending.journal._AGAIN_AFTER", 0.0)
    for key in ("a", "b", "c"):
        journal.put("", "m", {key: ANSWER})
    assert [journal.get(key) for key in ("before", "a", "b", "c")] == [ANSWER] * 4
    (line,) = journal.lines()
    assert line == (
        "The journal can't be written (database or disk is full): 3 answers are only in memory."
    )
    assert (journal.lines(), len(journal._unwritten)) == ((), 3)

    is_full = False
    journal.put("", "m", {"d": ANSWER})
    assert len(journal._unwritten) == 0
    assert [Journal(path).get(key) for key in "abcd"] == [ANSWER] * 4


def test_on_a_disk_that_is_really_full(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.put("", "m", {"before": ANSWER})
    file = journal._file._writer
    # As small as a database may be made.
    file.execute("PRAGMA max_page_count = 1")
    large = RowAnswer("x" * 100_000, "stop", None, "m", "")
    journal.put("", "m", {"large": large})
    assert "(database or disk is full)" in journal.lines()[0]
    assert (journal.get("large"), journal.get("before")) == (large, ANSWER)
    file.execute("PRAGMA max_page_count = 100000")
    assert journal.flush()
    assert len(journal._unwritten) == 0


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock, as another process would: nobody else may even read."""
    file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    file.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        file.close()


def test_a_locked_file_delays_no_thread_of_a_run(path: Path) -> None:
    filled(path, 10)
    journal = Journal(path)
    with locked(path):
        began = time.monotonic()
        threads = [
            threading.Thread(target=journal.put, args=("", "m", {f"new {number}": ANSWER}))
            for number in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [journal.get(f"new {number}") for number in range(20)] == [ANSWER] * 20
        assert [journal.get(f"key {number}") for number in range(10)] == [None] * 10
        assert len(journal._unwritten) == 20
        # One after another each would wait.
        assert time.monotonic() - began < 2
        (line,) = journal.lines()
        assert line == (
            "The journal can't be written (another program has locked it):"
            " 20 answers are only in memory."
        )
    journal.close()
    assert (len(journal._unwritten), journal.lines()) == (0, ())
    assert len(Journal(path).get_all({f"new {number}" for number in range(20)})) == 20


def test_a_look_up_of_all_rows_waits_for_a_locked_file(path: Path) -> None:
    filled(path, 10)
    journal, found = Journal(path), []
    keys = {f"key {number}" for number in range(10)}
    thread = threading.Thread(target=lambda: found.append(journal.get_all(keys)))
    with locked(path):
        thread.start()
        thread.join(0.2)
        assert found == []
    thread.join()
    assert found[0].keys() == keys
    assert journal.lines() == ()
    journal.close()


def test_a_look_up_of_all_rows_is_refused_if_the_file_stays_locked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Otherwise all rows would be asked, and paid for, again.
    filled(path, 10)
    journal = Journal(path)
    monkeypatch.setattr(journal._file, "get_all", partial(journal._file.get_all, wait=0.1))
    with locked(path), pytest.raises(OptionError, match="Another program has locked the journal"):
        journal.get_all({"key 1"})
    assert journal.get_all({"key 1"}).keys() == {"key 1"}
    journal.close()


@pytest.mark.parametrize("is_stopped", [False, True])
def test_closing_waits_for_a_lock_unless_the_user_has_stopped_the_map(
    path: Path, *, is_stopped: bool
) -> None:
    filled(path, 10)
    journal = Journal(path, unwritten := UnwrittenByFile())
    with locked(path):
        journal.put("", "m", {"a": ANSWER})
        thread = threading.Thread(target=journal.close, kwargs={"is_stopped": is_stopped})
        thread.start()
        thread.join(30 if is_stopped else 0.2)
        assert thread.is_alive() is not is_stopped
    thread.join()
    assert (Journal(path).get("a") is None) is is_stopped
    # As at the end of the kernel.
    unwritten.write()
    assert Journal(path).get("a") == ANSWER


def test_removed_answers_are_gone_from_the_file_although_another_process_reads(path: Path) -> None:
    filled(path, 10)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode = WAL")
    journal = Journal(path)
    journal.put("", "m", {"secret": RowAnswer("a secret answer", "stop", None, "m", "")})
    reader = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM rows").fetchall()
    timer = threading.Timer(0.3, reader.close)
    timer.start()
    journal.clear()
    timer.join()
    log = path.with_name(path.name + "-wal")
    assert b"a secret answer" not in path.read_bytes() + (log.read_bytes() if log.exists() else b"")
    journal.close()


def test_an_interrupt_ends_the_wait_for_a_locked_file(path: Path) -> None:
    filled(path, 10)
    journal = Journal(path)
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    with locked(path):
        began = time.monotonic()
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            journal.get_all({"key 1"})
        assert time.monotonic() - began < 3
    journal.close()


@pytest.mark.slow
def test_answers_outlive_a_journal_that_could_not_write_them(path: Path) -> None:
    filled(path, 10)
    unwritten = UnwrittenByFile()
    journal = Journal(path, unwritten)
    with locked(path):
        journal.put("", "m", {"a": ANSWER})
        journal.close()
        assert journal.lines()[0].endswith(
            "1 answer is only in memory. Run the cell again to write them."
        )
        assert Journal(path, unwritten).get("a") == ANSWER
        assert Journal(path).get("a") is None
        assert Journal(path.with_name("another"), unwritten).get("a") is None
    later = Journal(path, unwritten)
    assert (len(later._unwritten), later.lines()) == (0, ())
    assert Journal(path).get("a") == ANSWER
    later.close()


READ_ONLY = """
import os, sys
from pathlib import Path
sys.path.insert(0, "")
from groq_magic.mapping.sending.journal import Journal
from groq_magic.mapping.sending.row_request import RowAnswer
Path(sys.argv[1]).as_uri()  # imports modules that another user may not be allowed to read
if os.getuid() == 0:
    os.setuid(65534)
journal = Journal(Path(sys.argv[1]))
assert journal.get("key 1").text.startswith("good"), journal.lines()
journal.put("", "m", {"new": RowAnswer("new", "stop", None, "m", "")})
journal.put("", "m", {"newer": RowAnswer("new", "stop", None, "m", "")})
assert journal.get("new").text == journal.get("newer").text == "new"
print(*journal.lines(), sep="\\n")
"""


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_read_only_journal_is_read_and_new_answers_stay_in_memory(
    tmp_path: Path, is_closed: Any
) -> None:
    place = tmp_path / "handed out"
    place.mkdir()
    path = place / "journal.sqlite"
    filled(path)
    if not is_closed:
        # As a killed kernel leaves it.
        with sqlite3.connect(path) as file:
            file.execute("PRAGMA journal_mode = WAL")
        file.close()
    path.chmod(0o444)
    for each in (tmp_path, *tmp_path.parents):
        if each.stat().st_uid == os.getuid() and each.is_relative_to("/tmp/pytest-of-root"):  # noqa: S108 - where pytest puts it
            each.chmod(0o755)
    place.chmod(0o555)
    try:
        command = [sys.executable, "-c", READ_ONLY, str(path)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        place.chmod(0o755)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("\n") == 1
    assert ended.stdout.startswith("The journal can't be written (")
    assert ended.stdout.endswith("): 2 answers are only in memory.\n")


@pytest.mark.parametrize("seed", range(8))
def test_readable_answers_of_a_damaged_file_are_used(path: Path, seed: int) -> None:
    filled(path)
    data, chance = bytearray(path.read_bytes()), random.Random(seed)  # noqa: S311 - which bytes, no secret
    # Not the first page: then it is no database at all.
    start = chance.randrange(4_096, len(data) - 2_000)
    data[start : start + 2_000] = chance.randbytes(2_000)
    path.write_bytes(data)

    journal = Journal(path)
    found = [journal.get(f"key {number}") for number in range(300)]
    journal.put("Labels", "m", {"new": ANSWER})
    lines = journal.lines()

    assert journal.get("new") == ANSWER
    assert len(journal._unwritten) == 0 or lines
    assert sum(each is not None for each in found) >= 100
    assert all(each is None or isinstance(each.text, str) for each in found)
    assert len(lines) <= 1
    if lines:
        assert lines[0].startswith("The journal was damaged: it is now journal.sqlite.damaged-1")
        assert path.with_name("journal.sqlite.damaged-1").read_bytes()[:100] == bytes(data[:100])
    journal.close()


def test_a_truncated_file_is_set_aside(path: Path) -> None:
    filled(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    journal = Journal(path)
    for number in range(300):
        journal.get(f"key {number}")
    journal.put("", "m", {"new": ANSWER})
    assert journal.get("new") == ANSWER
    (line,) = journal.lines()
    assert "damaged" in line


@pytest.mark.parametrize(
    "answer",
    [
        b"\xff\xfe", "", "null", "[", "[1, 2, 3, 4]", '["a", 1, "m", null]', "[" * 100_000,
        '{"text": "a"}', None, 7,
    ],
)  # fmt: skip
def test_forged_answers_are_ignored(path: Path, answer: Any) -> None:
    filled(path, 1)
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA ignore_check_constraints = ON")
        value = "x" if answer is None else answer
        file.execute("INSERT INTO rows VALUES ('forged', 99, ?)", (value,))
    file.close()
    journal = Journal(path)
    assert journal.get("forged") is None
    assert journal.lines() == ()
    assert [run.rows for run in journal.runs()] == [1]
    journal.close()


def test_forged_counts_of_tokens_are_ignored(path: Path) -> None:
    filled(path, 1)
    with sqlite3.connect(path) as file:
        row = '["good", "stop", "m", [1, 2, "x", 10000000000000000000000]]'
        file.execute("INSERT INTO rows VALUES ('forged', 1, ?)", (row,))
    file.close()
    assert Journal(path).get("forged") == ANSWER


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON rows BEGIN DELETE FROM rows; END",
        "CREATE VIEW v AS SELECT * FROM rows",
        "CREATE TABLE more (a)",
        "CREATE INDEX i ON rows (lower(answer))",
        "DROP TABLE runs",
        "PRAGMA application_id = 1",
    ],
)
def test_a_file_with_other_tables_is_refused(path: Path, statement: str) -> None:
    filled(path, 1)
    with sqlite3.connect(path) as file:
        file.execute(statement)
    file.close()
    with pytest.raises(OptionError, match="is not a journal"):
        Journal(path)


def test_a_path_through_a_file_or_to_a_folder_gives_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file" / "journal.sqlite", tmp_path):
        journal = Journal(place)
        journal.put("", "m", {"a": ANSWER})
        journal.put("", "m", {"b": ANSWER})
        assert journal.get("a") == journal.get("b") == ANSWER
        lines = journal.lines()
        assert len(lines) == 2
        assert lines[0].startswith("The journal can't be read (")
        assert lines[1].startswith("The journal can't be written (")


@pytest.mark.parametrize("count", ["1" * 400, "-1", "1" * 10])
def test_impossible_counts_of_tokens_are_ignored(path: Path, count: str) -> None:
    filled(path, 1)
    with sqlite3.connect(path) as file:
        row = f'["good", "stop", "m", [1, {count}, 0, 0]]'
        file.execute("INSERT INTO rows VALUES ('forged', 1, ?)", (row,))
    file.close()
    assert Journal(path).get("forged") == ANSWER


@pytest.mark.parametrize("time", ["noon", b"noon", 1e300, -1.0, float("-inf")])
def test_forged_times_of_runs_are_numbers(path: Path, time: Any) -> None:
    filled(path, 1)
    with sqlite3.connect(path) as file:
        file.execute("UPDATE runs SET began = ?, used = ?", (time, time))
    file.close()
    (run,) = Journal(path).runs()
    assert (run.began, run.used) == (0.0, 0.0)
