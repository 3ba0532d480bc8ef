"""Runs in the background, and the list of runs."""

from __future__ import annotations

import re
import threading
import time
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from groq_magic.errors import GroqMagicError, NotebookError, OptionError
from groq_magic.magics.help import help_of
from groq_magic.magics.map import groq_map
from groq_magic.mapping.map_run import MapRun
from tests.shell.test_completion import completed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def mapped(cells: Any, practice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    practice.script([{"pieces": ["fine"]}])
    cells.shell.user_ns["df"] = pd.DataFrame({"text": ["good", "bad", "so so"]})
    return cells


def shown(ran: Any) -> str:
    return "\n".join(output["data"]["text/plain"] for output in ran.outputs)


def until(is_so: Callable[[], Any]) -> None:
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def slow(practice: Any) -> None:
    practice.script(
        [
            {"match": "bad", "pieces": ["x "] * 2000, "tokens_per_second": 20},
            {"pieces": ["fine"]},
        ]
    )


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let no run in the background begin before this is set."""
    released, begin = threading.Event(), MapRun.run

    def run_later(run: MapRun) -> None:
        assert released.wait(20)
        begin(run)

    monkeypatch.setattr(MapRun, "run", run_later)
    return released


def is_over(cells: Any) -> bool:
    return all(run.is_over for run in cells.session.background_runs.running())


def test_a_run_in_the_background_sets_its_variable_at_a_later_cell(
    mapped: Any, held: threading.Event
) -> None:
    ran = mapped.fine("%%groq_map df --background -o later\nRate {{text}}")
    assert "`later`" not in shown(ran)
    assert "later is set at the end" in shown(ran)
    # If it were over before its cell, that cell would set the variable.
    held.set()
    until(lambda: is_over(mapped))
    assert "later" not in mapped.shell.user_ns
    ran = mapped.fine("got = later")
    assert ran.outputs == []
    assert mapped.shell.user_ns["got"]["answer"].tolist() == ["fine"] * 3
    assert re.search(r"later +3 of 3 rows; done", shown(mapped.fine("%groq_runs")))


def test_cancel_ends_it_and_keeps_what_came(mapped: Any, practice: Any) -> None:
    slow(practice)
    mapped.fine("%%groq_map df --background\nRate {{text}}")
    with_two = re.compile(r"answers +2 of 3 rows; running")
    until(lambda: with_two.search(shown(mapped.fine("%groq_runs"))))
    ran = mapped.run("%%groq_map df --background\nRate {{text}} again")
    assert isinstance(ran.error, NotebookError)
    assert "A run for `answers` is still going." in str(ran.error)
    ran = mapped.run("%groq_runs clear")
    assert "The run for `answers` is still going in the background." in str(ran.error)
    assert "`%groq_runs cancel answers`" in str(ran.error)
    ran = mapped.fine("%groq_runs cancel answers")
    assert "answers: 2 of 3 rows; Stopped." in shown(ran)
    found = mapped.shell.user_ns["answers"]
    assert found["answer"].notna().tolist() == [True, False, True]
    ran = mapped.run("%groq_runs cancel")
    assert "No run or job to cancel." in str(ran.error)


def test_unloading_ends_what_runs(mapped: Any, practice: Any, groq_threads: Any) -> None:
    slow(practice)
    mapped.fine("%%groq_map df --background\nRate {{text}}")
    mapped.fine("%unload_ext groq_magic")
    until(lambda: not [name for name in groq_threads() if "map" in name])
    events = mapped.shell.events.callbacks
    assert not [each for each in events["pre_run_cell"] if "BackgroundRuns" in repr(each)]


def test_a_run_whose_key_is_refused_says_so_in_the_list(mapped: Any, practice: Any) -> None:
    practice.faults("401:times=3")
    mapped.fine("%%groq_map df --background --concurrency 1\nRate {{text}}")
    until(lambda: is_over(mapped))
    assert "refuses the key" in shown(mapped.fine("%groq_runs"))


def test_runs_are_listed_with_size_and_age_and_cleared(mapped: Any, practice: Any) -> None:
    assert "No runs yet" in shown(mapped.fine("%groq_runs"))
    mapped.fine("%%groq_map df\nRate {{text}}")
    mapped.fine("%%groq_map df -m fast -o second --limit 2\nRate {{text}}")
    text = shown(mapped.fine("%groq_runs"))
    assert re.search(r"1  answers: Rate \{\{text\}\} +openai/gpt-oss-120b +3 +\d+ bytes", text), (
        text
    )
    assert re.search(r"2  second: Rate \{\{text\}\} +openai/gpt-oss-20b +2 +\d+ bytes", text), text
    assert "a moment ago" in text
    assert "journal.sqlite" in text
    ran = mapped.run("%groq_runs clear 9")
    assert isinstance(ran.error, OptionError)
    assert "2 answers removed." in shown(mapped.fine("%groq_runs clear 2"))
    assert "second:" not in shown(mapped.fine("%groq_runs"))
    assert "3 answers removed." in shown(mapped.fine("%groq_runs clear"))
    assert "No runs yet" in shown(mapped.fine("%groq_runs"))
    mapped.fine("%%groq_map df\nRate {{text}}")
    assert len(practice.requests()) == 8


def test_the_options_of_a_run_are_listed_and_it_is_a_run_of_its_own(
    mapped: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "tok_abcdef123456")
    mapped.fine("%%groq_map df\nRate {{text}}")
    mapped.fine("%%groq_map df --limit 2 -t 0.5 -s 'Use tok_abcdef123456'\nRate {{text}}")
    text = shown(mapped.fine("%groq_runs"))
    assert re.search(r"1  answers: Rate \{\{text\}\} +openai/gpt-oss-120b +3 ", text), text
    assert re.search(
        r"2  answers: Rate \{\{text\}\} · --system Use \[key\] --temperature 0.5 +openai", text
    ), text
    assert "tok_abcdef123456" not in text
    assert "Equal rows share one answer, listed with the run that asked for it." in text


def test_another_run_can_be_cleared_while_one_is_in_the_background(
    mapped: Any, practice: Any
) -> None:
    mapped.fine("%%groq_map df -o first\nRate {{text}}")
    slow(practice)
    mapped.fine("%%groq_map df --background\nRate {{text}} again")
    with_two = re.compile(r"answers +2 of 3 rows; running")
    until(lambda: with_two.search(shown(mapped.fine("%groq_runs"))))
    assert "3 answers removed." in shown(mapped.fine("%groq_runs clear 1"))
    for line in ("%groq_runs clear 2", "%groq_runs clear"):
        assert "The run for `answers` is still going" in str(mapped.run(line).error)
    other = "%groq_runs --journal other.sqlite clear"
    assert "0 answers removed." in shown(mapped.fine(other))
    mapped.fine("%groq_runs cancel")


def test_clear_removes_ended_background_runs_from_the_list(mapped: Any) -> None:
    mapped.fine("%%groq_map df --background\nRate {{text}}")
    until(lambda: is_over(mapped))
    assert "background run" in shown(mapped.fine("%groq_runs"))
    mapped.fine("%groq_runs clear")
    assert "No runs yet" in shown(mapped.fine("%groq_runs"))


def test_another_word_is_refused(mapped: Any) -> None:
    ran = mapped.run("%groq_runs remove")
    assert "%groq_runs takes status, fetch, cancel or clear, not `remove`." in str(ran.error)


def test_practice_is_labelled_and_apart_from_real_answers(mapped: Any, practice: Any) -> None:
    mapped.fine("%%groq_map df\nRate {{text}}")
    mapped.fine("%groq_practice on")
    ran = mapped.fine("%%groq_map df\nRate {{text}}")
    assert "practice mode" in shown(ran)
    errors = mapped.shell.user_ns["answers"]["error"]
    assert set(errors) == {"Practice mode: no entry of the script matches."}
    assert "3 rows failed. Add entries to the script (%groq_practice --script" in shown(ran)
    assert "Run the cell again" not in shown(ran)
    assert "$" not in shown(ran)
    mapped.fine("%groq_practice off")
    mapped.fine("%%groq_map df\nRate {{text}}")
    assert mapped.shell.user_ns["answers"]["answer"].tolist() == ["fine"] * 3
    assert len(practice.requests()) == 3


def test_usage_and_log_count_a_map(mapped: Any) -> None:
    mapped.fine("%config GroqMagics.log = 'log.jsonl'")
    mapped.fine("%%groq_map df\nRate {{text}}")
    assert "openai/gpt-oss-120b" in shown(mapped.fine("%groq_usage"))
    with open("log.jsonl") as file:  # noqa: PTH123 - in the shell's folder
        lines = file.readlines()
    assert len(lines) == 3
    assert '{"name": "text", "size": "a column"}' in lines[0]
    assert "good" not in "".join(lines)


def test_a_script_that_is_changed_answers_the_rows_without_an_entry(
    mapped: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_MAGIC_PRACTICE", "unpaced")
    script, cell = tmp_path / "script.json", "%%groq_map df\nRate {{text}}"
    script.write_text('[{"match": "good", "reply": "yes"}]')
    mapped.fine(f"%groq_practice --script {script} on")
    mapped.fine(cell)
    script.write_text('[{"match": "good", "reply": "never"}, {"match": "Rate", "reply": "no"}]')
    mapped.fine(f"%groq_practice --script {script} on")
    mapped.fine(cell)
    assert mapped.shell.user_ns["answers"]["answer"].tolist() == ["yes", "no", "no"]


def test_a_budget_in_dollars_works_in_practice_mode(
    mapped: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_MAGIC_PRACTICE", "unpaced")
    script = tmp_path / "script.json"
    script.write_text('[{"match": "Rate", "reply": "fine"}]')
    mapped.fine(f"%groq_practice --script {script} on")
    mapped.fine("many = [f'row {n}' for n in range(40)]")
    ran = mapped.fine("%%groq_map many --budget 0.00005usd --max-tokens 10\nRate {{row}}")
    assert "The budget of $0.00005 is used up." in shown(ran)
    assert "Practice costs nothing; the budget counts what Groq would charge." in shown(ran)
    assert 3 < mapped.shell.user_ns["answers"]["answer"].notna().sum() < 40


def test_help_has_the_options_and_tab_the_columns(mapped: Any) -> None:
    text = help_of(groq_map)
    for flag in ("--check score=teacher", "--pack N", "--budget X", "--dry-run", "--evidence"):
        assert flag in text
    assert max(map(len, text.splitlines())) <= 100
    assert completed(mapped, "%%groq_map df --ch") == ["--check"]
    offered = completed(mapped, "%%groq_map df -")
    listed = re.findall(r"^  (-\w|--[\w-]+)(?:, (--[\w-]+))?", text, re.MULTILINE)
    assert sorted(offered) == sorted(filter(None, (form for forms in listed for form in forms)))
    assert completed(mapped, "%%groq_map d") == ["df"]
    assert completed(mapped, "%%groq_map -m fa") == ["fast"]
    assert completed(mapped, "%groq_runs ca") == ["cancel"]
    mapped.fine("d = {'the text': [1], 'texture': [2]}; tex = 1")
    assert completed(mapped, "%%groq_map df --limit 2\nRate {{te") == ["text", "tex"]
    assert completed(mapped, "%%groq_map d -o x\nRate {{the") == ["the text"]
    assert completed(mapped, "%%groq_map 'd.x'\nRate {{the") == []


def test_a_run_that_gets_no_thread_is_one_line_and_not_listed(
    mapped: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = threading.Thread.start

    def fail(thread: threading.Thread) -> None:
        if thread.name == "groq-magic-map-run":
            raise RuntimeError("can't start new thread")
        start(thread)

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", fail)
        ran = mapped.run("%%groq_map df --background\nRate {{text}}")
    assert isinstance(ran.error, GroqMagicError)
    assert mapped.session.background_runs.lines() == ()
    mapped.fine("%%groq_map df --background\nRate {{text}}")
    until(lambda: is_over(mapped))


def test_answers_of_a_server_on_this_machine_are_never_taken_for_groqs(
    mapped: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapped.fine("%%groq_map df\nRate {{text}}")
    monkeypatch.setenv("GROQ_BASE_URL", "https://api.groq.com")
    mapped.fine("%load_ext groq_magic")
    ran = mapped.fine("%%groq_map df --dry-run\nRate {{text}}")
    assert "in the journal" not in ran.everything
    monkeypatch.setenv("GROQ_BASE_URL", practice.url)
    ran = mapped.fine("%%groq_map df --dry-run\nRate {{text}}")
    assert "3 in the journal" in ran.everything
