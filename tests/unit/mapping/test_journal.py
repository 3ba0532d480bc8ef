"""The journal: answers can be read, in this process and in later ones, until they are cleared."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groq_magic.errors import OptionError
from groq_magic.ledger.journal_file import journal_path
from groq_magic.ledger.usage import Usage
from groq_magic.mapping.sending.journal import Journal
from groq_magic.mapping.sending.row_request import RowAnswer
from tests.markers import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER = RowAnswer("good", "stop", Usage(12, 3, 15, 1, 4), "openai/gpt-oss-20b", "")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    made = Journal(path)
    yield made
    made.close()


def test_an_answer_can_be_read_at_once_by_all(journal: Journal, path: Path) -> None:
    assert journal.get("k") is None
    assert not path.exists()

    journal.put("Labels", "m", {"k": ANSWER})

    assert journal.get("k") == ANSWER
    assert Journal(path).get("k") == ANSWER
    assert journal.lines() == ()


def test_only_the_user_can_read_the_file(journal: Journal, path: Path) -> None:
    before = os.umask(0)
    try:
        journal.put("", "m", {"k": ANSWER})
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}


def test_a_closed_journal_is_a_single_file_that_can_be_copied(
    journal: Journal, path: Path, tmp_path: Path
) -> None:
    journal.put("", "m", {"k": ANSWER})
    journal.close()

    assert [each.name for each in path.parent.iterdir()] == ["journal.sqlite"]
    copied = tmp_path / "copied"
    copied.write_bytes(path.read_bytes())
    assert Journal(copied).get("k") == ANSWER
    # It is opened again when it is needed.
    journal.put("", "m", {"l": ANSWER})
    assert journal.get("k") == journal.get("l") == ANSWER


def test_a_later_answer_replaces_an_earlier_one(journal: Journal) -> None:
    journal.put("", "m", {"k": ANSWER})
    later = RowAnswer("bad", "length", None, "m", "")
    journal.put("", "m", {"k": later})
    assert journal.get("k") == later


TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)


@settings(max_examples=examples(15))
@given(
    st.dictionaries(TEXTS, st.tuples(TEXTS, st.sampled_from([None, "stop", "length"])), max_size=4)
)
def test_any_text_is_read_as_it_was_written(tmp_path_factory: Any, rows: dict[str, Any]) -> None:
    journal = Journal(tmp_path_factory.mktemp("journal") / "j")
    answers = {
        key.encode("utf-16", "surrogatepass").decode("utf-16", "replace"): RowAnswer(
            text, finish, None, "m", ""
        )
        for key, (text, finish) in rows.items()
    }
    journal.put("half a \ud83d", "m", answers)
    assert {key: journal.get(key) for key in answers} == answers
    assert journal.lines() == ()
    journal.close()


def test_runs_have_a_size_and_an_age_and_can_be_cleared(journal: Journal, path: Path) -> None:
    assert (journal.runs(), journal.clear(), journal.size()) == ([], 0, 0)
    journal.put("Labels", "a", {"k": ANSWER, "l": ANSWER})
    journal.put("Labels", "b", {"m": ANSWER})
    journal.close()
    journal.put("Labels", "a", {"n": ANSWER})

    first, second = sorted(journal.runs(), key=lambda run: run.model)
    assert (first.name, first.model, first.rows) == ("Labels", "a", 3)
    assert 0 < second.size < first.size < journal.size()
    assert second.began <= second.used <= first.used

    assert journal.clear(second.id) == 1
    assert [run.model for run in journal.runs()] == ["a"]
    assert journal.get("m") is None
    assert journal.clear() == 3
    assert journal.runs() == []
    journal.close()
    # The answers are removed from the file, too.
    assert b"good" not in path.read_bytes()


def test_threads_of_two_journals_write_and_read_at_once(path: Path) -> None:
    journals = [Journal(path), Journal(path)]

    def write(number: int) -> None:
        journal = journals[number % 2]
        for count in range(40):
            journal.put(f"run {number}", "m", {f"{number} {count}": ANSWER})
            assert journal.get(f"{number} {count}") == ANSWER

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(run.rows for run in journals[0].runs()) == 240
    for journal in journals:
        assert (len(journal._unwritten), journal.lines()) == (0, ())
        journal.close()
    # After the last one is closed there is one file.
    assert [each.name for each in path.parent.iterdir()] == ["journal.sqlite"]


def test_threads_may_create_the_same_journal_at_once(tmp_path: Path) -> None:
    for number in range(30):
        path, start = tmp_path / f"{number}.sqlite", threading.Barrier(4)
        failed: list[Exception] = []

        def use(path: Path = path, start: Any = start, failed: Any = failed) -> None:
            start.wait(10)
            try:
                journal = Journal(path)
                while journal.get("k") is None:
                    journal.put("", "m", {"k": ANSWER})
                journal.close()
                failed.extend(journal.lines())
            except Exception as failure:  # noqa: BLE001 - any exception fails the test
                failed.append(failure)

        threads = [threading.Thread(target=use) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []


def test_a_forked_process_uses_a_connection_of_its_own(journal: Journal) -> None:
    journal.put("", "m", {"parent": ANSWER})
    process = os.fork()
    if process == 0:
        journal.put("", "m", {"child": ANSWER})
        os._exit(0 if journal.get("parent") == ANSWER else 1)
    assert os.waitpid(process, 0)[1] == 0
    assert journal.get("child") == journal.get("parent") == ANSWER


def test_the_journal_is_in_the_users_state_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere/state")
    assert journal_path() == Path("/somewhere/state/groq_magic/journal.sqlite")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert journal_path() == Path("/home/somebody/.local/state/groq_magic/journal.sqlite")


def test_without_a_home_folder_the_journal_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("groq_magic.mapping.sending.journal.journal_path", unknown)
    with pytest.raises(OptionError, match="No place for the journal"):
        Journal()


def test_another_programs_file_is_refused_and_not_changed(tmp_path: Path) -> None:
    text = tmp_path / "rows.csv"
    text.write_text("a,b\n1,2\n")
    database = tmp_path / "mine.sqlite"
    with sqlite3.connect(database) as file:
        file.execute("CREATE TABLE rows (key, run, answer)")
    file.close()
    for path in (text, database):
        before = path.read_bytes()
        with pytest.raises(OptionError, match=r"is not a journal\. Give `--journal`"):
            Journal(path)
        assert path.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [database, text]


def test_many_answers_are_looked_up_at_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    assert journal.get_all({"key 1"}) == {}
    answers = {f"key {n}": RowAnswer(f"{n}", "stop", None, "m", "") for n in range(1_200)}
    journal.put("run", "m", answers)
    assert journal.get_all({*answers, "another"}) == answers
    assert journal.get_all({"key 7"}) == {"key 7": answers["key 7"]}
    journal.close()


def test_a_run_continues_after_another_kernel_has_cleared_the_journal(path: Path) -> None:
    one, other = Journal(path), Journal(path)
    one.put("one", "m", {"a": ANSWER})
    other.clear()
    other.put("two", "m", {"b": ANSWER})
    one.put("one", "m", {"c": ANSWER})
    assert {run.name: run.rows for run in one.runs()} == {"one": 1, "two": 1}
    (second,) = (run.id for run in one.runs() if run.name == "two")
    other.clear(second)
    assert one.get("c") == ANSWER
