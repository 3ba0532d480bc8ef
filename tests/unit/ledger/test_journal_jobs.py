"""The jobs of the batch engine in a journal."""

from __future__ import annotations

import sqlite3
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from groq_magic.errors import OptionError
from groq_magic.ledger.job_record import FETCHED, JobRecord, JobRow
from groq_magic.ledger.journal_file import JournalFile
from groq_magic.ledger.journal_jobs import JobTables

if TYPE_CHECKING:
    from collections.abc import Iterator

URL = "https://api.groq.com"
JOB = JobRecord("j", "Rate", "m", URL, 10.0, 3, 2)
ROWS = (JobRow("b", "a", 1), JobRow("a", "a", 0), JobRow("c", "c", 0))


@pytest.fixture
def file(tmp_path: Path) -> Iterator[JournalFile]:
    made = JournalFile(tmp_path / "journal.sqlite")
    yield made
    made.close()


@pytest.fixture
def tables(file: JournalFile) -> JobTables:
    return JobTables(file)


def fetched(tables: JobTables, answers: dict[str, str], **changes: object) -> None:
    tables.add(JOB, ROWS)
    assert tables.keep("j", answers)
    tables.end(replace(JOB, **changes))  # type: ignore[arg-type]  # names of its fields


def test_an_empty_journal_has_no_jobs(tables: JobTables, file: JournalFile) -> None:
    assert tables.jobs() == ()
    assert tables.job_of("a", URL) == ""
    assert tables.waiting(URL) == {}
    assert list(tables.answers()) == []
    assert not file.path.exists()


def test_a_job_is_as_it_was_written(tables: JobTables) -> None:
    tables.add(JOB, ROWS)
    tables.add(replace(JOB, id="k", url="http://127.0.0.1:1", made=20.0), ())
    assert [job.id for job in tables.jobs()] == ["k", "j"]
    assert tables.jobs(URL) == (JOB,)

    tables.update("j", file="f", batch="b", state="in_progress", completed=1)
    changed = replace(JOB, file="f", batch="b", state="in_progress", completed=1)
    assert tables.jobs(URL) == (changed,)
    with pytest.raises(ValueError, match="made"):
        tables.update("j", made=1)


def test_a_row_is_in_one_job(tables: JobTables) -> None:
    tables.add(JOB, ROWS)
    other = replace(JOB, id="k", url="http://127.0.0.1:1")
    tables.add(other, ROWS[:1])
    assert tables.waiting(URL) == {"a": "j", "c": "j"}
    assert (tables.job_of("a", URL), tables.job_of("b", URL)) == ("j", "")
    assert tables.job_of("b", other.url) == "k"
    tables.drop("j")
    assert tables.waiting(URL) == {}


def test_answers_come_with_their_rows_in_order_until_they_are_read(
    tables: JobTables, file: JournalFile
) -> None:
    fetched(tables, {"a": "A", "nobody's": "?"}, error="lost")
    assert tables.waiting(URL) == {}
    found = list(tables.answers())
    assert [(each.keys, each.answer) for each in found] == [(("a", "b"), "A"), (("c",), None)]
    assert {each.job.error for each in found} == {"lost"}
    assert not tables.keep("j", {"a": "later"})
    tables.update("j", state="in_progress")
    assert tables.jobs()[0].state == FETCHED

    part = replace(found[0], keys=("a",))
    tables.move_rows("Rate", "m", {"a": "read"}, [part])
    assert file.get("a") == "read"
    assert [each.keys for each in tables.answers()] == [("b",), ("c",)]
    tables.move_rows("Rate", "m", {}, tables.answers())
    assert tables.jobs() == ()


def test_a_job_stays_until_its_files_are_deleted(tables: JobTables) -> None:
    fetched(tables, {}, left=("f", "g"))
    tables.move_rows("Rate", "m", {}, list(tables.answers()))
    tables.deleted("j", "f")
    assert tables.jobs()[0].left == ("g",)
    tables.deleted("j", "g")
    tables.deleted("j", "g")
    assert tables.jobs() == ()


def test_many_requests_come_one_after_another(tables: JobTables) -> None:
    rows = [JobRow(f"{n:05}", f"{n:05}", 0) for n in range(2_345)]
    tables.add(JOB, rows)
    tables.keep("j", {row.key: row.key for row in rows})
    tables.end(JOB)
    assert [each.answer for each in tables.answers()] == [row.key for row in rows]


def test_clearing_removes_answers_and_keeps_jobs_that_are_running(
    tables: JobTables, file: JournalFile
) -> None:
    fetched(tables, {"a": "secret answer"}, left=("f",))
    tables.add(replace(JOB, id="k"), [JobRow("d", "d", 0)])
    tables.keep("k", {"d": "secret too"})
    file.clear()
    assert b"secret" not in file.path.read_bytes()
    assert tables.waiting(URL) == {"d": "k"}
    assert {job.id: job.left for job in tables.jobs()} == {"j": ("f",), "k": ()}


def test_clearing_a_run_removes_what_its_jobs_answered(
    tables: JobTables, file: JournalFile
) -> None:
    fetched(tables, {"a": "A"})
    file.put("Rate", "m", {"x": "X"})
    file.put("Other", "m", {"y": "Y"})
    other, run = file.runs()
    assert file.clear(other.id) == 1
    assert len(list(tables.answers())) == 2
    assert file.clear(run.id) == 1
    assert list(tables.answers()) == []
    assert tables.jobs() == ()


def test_jobs_of_a_damaged_journal_are_copied(tables: JobTables, file: JournalFile) -> None:
    file.put("Rate", "m", {"x": "X"})
    fetched(tables, {"a": "A"}, left=("f",))
    aside = file.set_aside()
    assert aside.exists()
    assert tables.jobs()[0].left == ("f",)
    assert [each.answer for each in tables.answers()] == ["A", None]
    assert file.get("x") == "X"


def test_one_at_a_time_has_the_lock(tables: JobTables, file: JournalFile) -> None:
    with tables.submit_lock() as first, tables.submit_lock() as second:
        assert (first, second) == (True, False)
    with JobTables(file).submit_lock() as again:
        assert again
    (lock,) = file.path.parent.glob("*.lock")
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600


def test_a_journal_that_cannot_be_used_is_one_line(
    tables: JobTables, file: JournalFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables.add(JOB, ())

    def full(*_given: object, **_options: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(file, "writing", full)
    with pytest.raises(OptionError, match=r"^The journal can't be written: database or disk is"):
        tables.drop("j")
    monkeypatch.setattr(file, "reading", full)
    with pytest.raises(OptionError, match=r"^The journal can't be read: "):
        tables.jobs()
    nowhere = JobTables(JournalFile(Path("/dev/null/none/journal.sqlite")))
    with pytest.raises(OptionError, match="can't be locked"), nowhere.submit_lock():
        pass


def test_a_forged_list_of_files_is_empty(tables: JobTables, file: JournalFile) -> None:
    tables.add(JOB, ())
    for forged in ("nonsense", "{}", "[" * 100_000):
        with file.writing() as opened:
            opened.execute("UPDATE jobs SET left = ?", (forged,))
        assert tables.jobs()[0].left == ()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("", "not submitted"),
        ("validating", "being checked"),
        ("in_progress", "1,001 of 2,000 requests done"),
        ("completed", "done, not fetched"),
        ("expired", "expired; 1,001 of 2,000 requests done, not fetched"),
        ("cancelling", "being cancelled"),
        ("fetched", "fetched; run the cell again"),
        ("something new", "something new"),
    ],
)
def test_a_state_has_words(state: str, words: str) -> None:
    job = replace(JOB, state=state, completed=1_000, failed=1, requests=2_000)
    assert job.words == words
