"""`%%groq_map --batch`, and `%groq_runs` with jobs of the batch engine."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from typing import TYPE_CHECKING, Any

import groq
import pandas as pd
import pytest

from groq_magic.api.batches import BatchService
from groq_magic.errors import (
    GroqMagicError,
    InterruptedAskError,
    NotebookError,
    OptionError,
    RequestError,
    ServiceError,
)
from groq_magic.magics.help import help_of
from groq_magic.magics.map import groq_map
from groq_magic.magics.runs import groq_runs
from tests.shell.conftest import KEY
from tests.shell.test_completion import completed

if TYPE_CHECKING:
    from pathlib import Path

CELL = "%%groq_map df --batch\nRate {{text}}"
PLAIN = "%%groq_map df\nRate {{text}}"
HAS = re.compile(r"Waiting for Groq's batch job [0-9a-f]{8}\.")
# The practice server's jobs advance by one step with each request for a job.
STEPS = 5
KEPT = "Groq keeps batch files until they are deleted; fetching the answers deletes them."


@pytest.fixture
def mapped(cells: Any, practice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    practice.script([{"pieces": ["fine"]}])
    give(cells)
    return cells


def give(cells: Any) -> None:
    cells.shell.user_ns["df"] = pd.DataFrame({"text": ["good", "bad", "so so"]})


def shown(ran: Any) -> str:
    return "\n".join(output["data"]["text/plain"] for output in ran.outputs)


def answers(cells: Any, name: str = "answers") -> list[Any]:
    return list(cells.shell.user_ns[name]["answer"])


def errors(cells: Any, name: str = "answers") -> list[Any]:
    return list(cells.shell.user_ns[name]["error"])


def job(cells: Any) -> str:
    """Return the id of the one job in the journal, as it is shown."""
    text = shown(cells.fine("%groq_runs"))
    (found,) = re.findall(r"  ([0-9a-f]{8})  ", text)
    return str(found)


def finish(cells: Any) -> None:
    """Ask for the practice server's jobs until all are over."""
    going = re.compile(r"being checked|being cancelled|requests done +a moment")
    for _ in range(STEPS):
        if not going.search(shown(cells.fine("%groq_runs status"))):
            return
    pytest.fail("jobs are not over")


def files(practice: Any) -> list[Any]:
    """Return the files at the service."""
    sdk = groq.Groq(api_key=KEY, base_url=practice.url, max_retries=0)
    return list(sdk.files.list().data)


def submitted_requests(practice: Any) -> int:
    """Return the number of requests in all jobs at the service."""
    sdk = groq.Groq(api_key=KEY, base_url=practice.url, max_retries=0)
    return sum(batch.request_counts.total for batch in sdk.batches.list().data)


# The cell


def test_rows_are_submitted_and_fetched_and_the_cell_returns_the_frame(
    mapped: Any, practice: Any
) -> None:
    ran = mapped.fine(CELL)
    first, second = (output["data"]["text/plain"] for output in ran.outputs)
    assert first == KEPT
    assert "3 rows submitted to Groq's batch engine in 1 job. Run the cell again" in second
    assert "0 of 3 rows answered" in second
    assert "3 in a batch job" in second
    assert "failed" not in second.lower()
    assert answers(mapped) == [None] * 3
    assert all(HAS.fullmatch(error) for error in errors(mapped))
    finish(mapped)
    assert "done, not fetched" in shown(mapped.fine("%groq_runs status"))
    assert "3 of 3 replies fetched from 1 job. Run the cell again" in shown(
        mapped.fine("%groq_runs fetch")
    )
    assert files(practice) == []
    ran = mapped.fine(CELL)
    assert (answers(mapped), errors(mapped)) == (["fine"] * 3, [None] * 3)
    text = shown(ran)
    assert "3 rows fetched." in text
    assert "3 rows answered" in text
    assert "with Groq" not in text
    assert KEPT not in text
    assert practice.requests() == []
    assert "No batch jobs yet" in shown(mapped.fine("%groq_runs status"))


def test_the_cell_alone_fetches_too(mapped: Any, practice: Any) -> None:
    mapped.fine(CELL)
    assert "3 rows still in a batch job." in shown(mapped.fine(CELL))
    for _ in range(3):
        mapped.fine(CELL)
    assert answers(mapped) == ["fine"] * 3
    assert (practice.requests(), files(practice), submitted_requests(practice)) == ([], [], 3)


def test_without_the_option_rows_in_jobs_are_not_asked(mapped: Any, practice: Any) -> None:
    mapped.fine("%%groq_map df --batch --limit 2\nRate {{text}}")
    ran = mapped.fine(PLAIN)
    assert answers(mapped) == [None, None, "fine"]
    assert len(practice.requests()) == 1
    text = shown(ran)
    assert "2 rows are in a batch job and not asked here. %groq_runs fetch gets" in text
    assert "1 of 3 rows answered" in text
    assert "2 in a batch job" in text
    assert "Failed" not in text
    finish(mapped)
    mapped.fine("%groq_runs fetch")
    dry = mapped.fine("%%groq_map df --dry-run\nRate {{text}}")
    # Fetched, but unread: neither an estimate nor a run asks for them.
    assert "Without --dry-run, nothing would be sent" in shown(dry)
    mapped.fine(PLAIN)
    assert answers(mapped) == ["fine"] * 3
    assert len(practice.requests()) == 1


def test_equal_rows_and_packs_are_submitted_as_fewer_requests(mapped: Any) -> None:
    mapped.fine("many = ['good', 'bad', 'good'] * 20")
    text = shown(mapped.fine("%%groq_map many --batch\nRate {{row}}"))
    assert "60 rows submitted to Groq's batch engine as 2 requests in 1 job. Run" in text
    text = shown(mapped.fine("%%groq_map many --batch\nRate {{row}}"))
    assert "60 rows still in a batch job." in text
    text = shown(mapped.fine("%%groq_map many\nRate {{row}}"))
    assert "60 rows are in a batch job and not asked here." in text
    finish(mapped)
    text = shown(mapped.fine("%%groq_map many --batch\nRate {{row}}"))
    assert "60 rows fetched." in text
    text = shown(mapped.fine("%%groq_map df --batch --pack 3\nRate {{text}}"))
    assert "3 rows submitted to Groq's batch engine as 1 request in 1 job. Run" in text


def test_in_python_the_frame_names_the_jobs_of_waiting_rows(mapped: Any) -> None:
    ran = mapped.fine("import groq_magic\ngot = groq_magic.map('Rate {{text}}', df, batch=True)")
    assert "3 rows submitted to Groq's batch engine" in shown(ran)
    assert all(HAS.fullmatch(error) for error in errors(mapped, "got"))
    assert "answers" not in mapped.shell.user_ns


def test_expired_and_failed_rows_are_errors_and_submitted_again(mapped: Any, practice: Any) -> None:
    practice.script(
        [
            {"match": "so so", "batch": "expired", "times": 1},
            {"match": "bad", "batch": "failed", "times": 1},
            {"pieces": ["fine"]},
        ]
    )
    mapped.fine(CELL)
    finish(mapped)
    ran = mapped.fine(CELL)
    assert answers(mapped) == ["fine", None, None]
    assert "The batch job expired before this row was answered." in errors(mapped)[2]
    assert errors(mapped)[1]
    text = shown(ran)
    assert "2 rows failed. Run the cell again: it asks only these." in text
    assert "2 failed" in text
    assert "The batch job expired" in text
    assert "2 rows submitted to" in shown(mapped.fine(CELL))
    finish(mapped)
    mapped.fine(CELL)
    assert answers(mapped) == ["fine"] * 3
    assert submitted_requests(practice) == 5


def test_a_new_kernel_fetches_the_answers(
    mapped: Any, practice: Any, served: Any, monkeypatch: Any
) -> None:
    mapped.fine(CELL)
    for _ in range(STEPS):
        # Restart & Run All.
        cells = served()
        monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")
        give(cells)
        cells.fine(CELL)
        cells.fine("left = answers.answer.isna().sum()")
    assert answers(cells) == ["fine"] * 3
    assert cells.shell.user_ns["left"] == 0
    assert (practice.requests(), submitted_requests(practice), files(practice)) == ([], 3, [])


def test_known_answers_need_no_key(mapped: Any, practice: Any, monkeypatch: Any) -> None:
    mapped.fine(PLAIN)
    mapped.fine("%%groq_map df --batch -o other\nRate others {{text}}")
    practice.forget_requests()
    monkeypatch.delenv("GROQ_API_KEY")
    mapped.fine(CELL)
    assert answers(mapped) == ["fine"] * 3
    ran = mapped.run("%%groq_map df --batch\nRate {{text}} again")
    assert "no key" in str(ran.error)
    mapped.fine("%groq_runs")


def test_again_submits_rows_once(mapped: Any, practice: Any) -> None:
    mapped.fine(PLAIN)
    practice.script([{"pieces": ["new"]}])
    again = CELL.replace("--batch", "--batch --again")
    for _ in range(STEPS):
        mapped.fine(again)
        if answers(mapped) == ["new"] * 3:
            break
    assert answers(mapped) == ["new"] * 3
    assert submitted_requests(practice) == 3
    mapped.fine(PLAIN)
    assert answers(mapped) == ["new"] * 3


def test_again_is_ignored_until_its_jobs_are_fetched(mapped: Any, practice: Any) -> None:
    mapped.fine(PLAIN)
    practice.script([{"pieces": ["new"]}])
    mapped.fine("%%groq_map df --batch --again --limit 2\nRate {{text}}")
    again = CELL.replace("--batch", "--batch --again")
    for _ in range(STEPS):
        text = shown(mapped.fine(again))
        if answers(mapped) == ["new", "new", "fine"]:
            break
    assert "2 rows fetched." in text
    assert "--again was ignored: rows are in a batch job" in text
    assert submitted_requests(practice) == 2
    assert "3 rows submitted" in shown(mapped.fine(again))


def test_two_models_have_two_jobs_and_are_checked(mapped: Any, practice: Any) -> None:
    practice.script([{"match": "bad", "pieces": ["no"]}, {"pieces": ["yes"]}])
    mapped.shell.user_ns["df"]["hand"] = ["yes", "yes", None]
    cell = "%%groq_map df --batch -m fast,balanced --check answer=hand\nIs {{text}} praise?"
    ran = mapped.fine(cell)
    line = "2 rows submitted to Groq's batch engine as 4 requests in 2 jobs. Run"
    assert line in shown(ran)
    assert shown(ran).count(KEPT) == 1
    finish(mapped)
    text = shown(mapped.fine(cell))
    assert "2 rows fetched." in text
    assert mapped.shell.user_ns["answers"]["answer_gpt-oss-20b"].tolist() == ["yes", "no"]
    assert "50" in text
    assert practice.requests() == []


def test_packs_a_schema_and_evidence(mapped: Any, practice: Any) -> None:
    practice.script(
        [
            {"match": "so so", "reply": '{"score": 4, "score_quote": "so so"}'},
            {"match": "bad", "reply": '{"score": 4, "score_quote": "bad"}'},
            {"match": "good", "reply": '{"score": 4, "score_quote": "good"}'},
        ]
    )
    cell = "%%groq_map df --batch --pack 2 --schema 'score int' --evidence\nRate {{text}}"
    mapped.fine(cell)
    finish(mapped)
    # The single row has an answer; the reply to the pack is refused, so its rows are asked alone.
    text = shown(mapped.fine(cell))
    assert "1 row fetched, 2 rows submitted to Groq's batch engine in 1 job." in text
    finish(mapped)
    mapped.fine(cell)
    found = mapped.shell.user_ns["answers"]
    assert found["score"].tolist() == [4] * 3
    assert found["score_quote_ok"].tolist() == [True] * 3
    assert (practice.requests(), submitted_requests(practice)) == ([], 4)


# What it costs


def test_half_the_price_is_in_the_summary_the_usage_and_the_estimate(
    mapped: Any, practice: Any
) -> None:
    mapped.fine("long = [f'{n} ' + 'word ' * 900 for n in range(20)]")
    dry = [
        shown(mapped.fine(f"%%groq_map long --dry-run{option}\nRate {{{{row}}}}"))
        for option in ("", " --batch")
    ]
    estimates = [float(re.search(r"\$(\d+\.\d+)", text)[1]) for text in dry]
    assert estimates[1] == pytest.approx(estimates[0] / 2, abs=0.0002)
    assert "through the batch engine" in dry[1]
    assert "within a day" in dry[1]
    assert practice.requests() == []
    cell = "%%groq_map long --batch\nRate {{row}}"
    mapped.fine(cell)
    assert mapped.session.ledger.entries == ()
    text = shown(mapped.fine(cell.replace("--batch", "--batch --dry-run")))
    assert "20 rows, 20 in a batch job, 0 requests" in text
    finish(mapped)
    text = shown(mapped.fine(cell))
    (entry,) = mapped.session.ledger.entries
    usage = entry.usage
    whole = (usage.prompt_tokens * 0.15 + usage.completion_tokens * 0.60) / 1e6
    assert entry.cost == pytest.approx(whole / 2)
    assert f"${entry.cost:.4f}" in text
    text = shown(mapped.fine(cell))
    assert "$" not in text
    assert len(mapped.session.ledger.entries) == 1


def test_the_log_has_a_line_for_each_job(mapped: Any) -> None:
    mapped.fine("%config GroqMagics.log = 'log.jsonl'")
    mapped.fine(CELL)
    with open("log.jsonl") as file:  # noqa: PTH123 - in the shell's folder
        (line,) = file.readlines()
    assert '{"name": "a job of the batch engine", "size": "3 requests"}' in line
    assert '{"name": "text", "size": "a column"}' in line
    assert "good" not in line


# What is refused


@pytest.mark.parametrize(
    "option",
    ["--background", "--budget 1usd", "--concurrency 2", "--share 0.5", "--service-tier flex"],
)
def test_options_that_exclude_each_other(mapped: Any, practice: Any, option: str) -> None:
    ran = mapped.run(f"%%groq_map df --batch {option}\nRate {{{{text}}}}")
    assert isinstance(ran.error, OptionError)
    assert f"--batch and {option.split(maxsplit=1)[0]} exclude each other." in str(ran.error)
    assert submitted_requests(practice) == 0


def test_a_key_without_the_batch_engine_gets_one_line(
    mapped: Any, practice_factory: Any, monkeypatch: Any
) -> None:
    server = practice_factory(plan="free")
    monkeypatch.setenv("GROQ_BASE_URL", server.url)
    ran = mapped.run(CELL)
    assert isinstance(ran.error, RequestError)
    assert "This key has no access to Groq's batch engine (403)." in str(ran.error)
    assert "\n" not in str(ran.error)
    assert "answers" not in mapped.shell.user_ns
    # Its rows can be asked without --batch.
    mapped.fine(PLAIN)
    assert len(server.requests()) == 3


def test_the_service_tier_of_the_settings_is_not_sent(mapped: Any) -> None:
    mapped.fine("%config GroqMagics.service_tier = 'flex'")
    mapped.fine(CELL)
    finish(mapped)
    mapped.fine(CELL)
    assert answers(mapped) == ["fine"] * 3


def test_a_service_that_fails_loses_nothing(mapped: Any, practice: Any) -> None:
    practice.faults(batch=("500",) * 20)
    ran = mapped.run(CELL)
    assert isinstance(ran.error, ServiceError)
    practice.faults()
    for _ in range(STEPS):
        mapped.fine(CELL)
    assert answers(mapped) == ["fine"] * 3
    assert submitted_requests(practice) == 3


def test_stop_while_rows_are_submitted(mapped: Any, practice: Any, monkeypatch: Any) -> None:
    create = BatchService.create

    def interrupted(*given: Any) -> Any:
        create(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(BatchService, "create", interrupted)
        ran = mapped.run(CELL)
    assert isinstance(ran.error, InterruptedAskError)
    assert str(ran.error) == "Stopped. Run the cell again to continue."
    assert KEY not in ran.everything
    for _ in range(STEPS):
        mapped.fine(CELL)
    assert answers(mapped) == ["fine"] * 3
    assert submitted_requests(practice) == 3


# `%groq_runs`


def test_jobs_are_listed_with_their_last_known_state(mapped: Any, practice: Any) -> None:
    mapped.fine(CELL)
    practice.forget_requests()
    text = shown(mapped.fine("%groq_runs"))
    assert re.search(
        r"answers: Rate \{\{text\}\}  [0-9a-f]{8}  openai/gpt-oss-120b +3  being checked +a moment",
        text,
    )
    assert practice.requests("/openai/v1/batches") == []
    text = shown(mapped.fine("%groq_runs status"))
    assert "1 of 3 requests done" in text
    assert "1 of 3 requests done" in shown(mapped.fine("%groq_runs"))
    finish(mapped)
    mapped.fine("%groq_runs fetch")
    assert "fetched; run the cell again" in shown(mapped.fine("%groq_runs"))


def test_a_job_is_named_by_the_beginning_of_its_id(mapped: Any, practice: Any) -> None:
    practice.script([{"match": "slow", "batch": "waiting"}, {"pieces": ["fine"]}])
    mapped.fine(CELL)
    first = job(mapped)
    mapped.fine("%%groq_map df --batch -o other\nRate slow {{text}}")
    assert len(shown(mapped.fine("%groq_runs status")).splitlines()) == 6
    text = shown(mapped.fine(f"%groq_runs status {first}"))
    assert "answers: Rate" in text
    assert "other: Rate" not in text
    for word in ("status", "fetch", "cancel"):
        ran = mapped.run(f"%groq_runs {word} nothing")
        assert isinstance(ran.error, OptionError)
        assert "No job or run is called `nothing`. `%groq_runs` lists runs and jobs." in str(
            ran.error
        )
    texts = [shown(mapped.fine(f"%groq_runs fetch {first.upper()}")) for _ in range(STEPS)]
    assert sum("fetched from 1 job" in text for text in texts) == 1
    text = shown(mapped.fine("%groq_runs fetch"))
    assert re.search(r"Job [0-9a-f]{8}: 0 of 3 requests done\.", text), text


def test_cancelled_rows_are_errors_and_can_be_asked(mapped: Any, practice: Any) -> None:
    practice.script([{"match": "bad", "batch": "waiting", "times": 1}, {"pieces": ["fine"]}])
    mapped.fine(CELL)
    mapped.fine("%groq_runs status")
    ran = mapped.fine(f"%groq_runs cancel {job(mapped)}")
    assert (
        "being cancelled. Answers given before the cancellation can still be fetched."
        in " ".join(shown(ran).splitlines())
    )
    finish(mapped)
    mapped.fine(CELL)
    assert answers(mapped)[1] is None
    assert "cancelled" in errors(mapped)[1]
    mapped.fine(PLAIN)
    assert answers(mapped) == ["fine"] * 3
    assert len(practice.requests()) == 1


def test_cancel_ends_all_or_reports_that_nothing_is_running(mapped: Any, practice: Any) -> None:
    ran = mapped.run("%groq_runs cancel")
    assert isinstance(ran.error, NotebookError)
    mapped.fine(CELL)
    practice.script([{"pieces": ["x "] * 2000, "tokens_per_second": 20}])
    mapped.fine("%%groq_map df --background -o later\nRate {{text}} slowly")
    text = shown(mapped.fine("%groq_runs cancel later"))
    assert "later: " in text
    assert "Job" not in text
    mapped.fine("%%groq_map df --background -o later\nRate {{text}} slowly")
    text = shown(mapped.fine("%groq_runs cancel"))
    assert "later: " in text
    assert "being cancelled" in text


def test_nothing_is_fetched_where_there_is_no_job(mapped: Any) -> None:
    assert "No batch jobs yet; %%groq_map --batch starts one." in shown(
        mapped.fine("%groq_runs status")
    )
    assert "Nothing to fetch." in shown(mapped.fine("%groq_runs fetch"))


def test_jobs_at_another_address_are_listed_with_it(
    mapped: Any, practice_factory: Any, monkeypatch: Any
) -> None:
    mapped.fine(CELL)
    other = practice_factory()
    other.script([{"pieces": ["fine"]}])
    monkeypatch.setenv("GROQ_BASE_URL", other.url)
    assert re.search(r"being checked \(127\.0\.0\.1:\d+\)", shown(mapped.fine("%groq_runs status")))
    mapped.fine(PLAIN)
    assert answers(mapped)[0] is not None


def test_practice_mode_is_labelled(mapped: Any, practice: Any) -> None:
    mapped.fine("%groq_practice on")
    text = shown(mapped.fine(CELL))
    assert "Practice mode: the rows go to the practice server, not to Groq." in text
    assert KEPT not in text
    assert "practice mode" in text
    assert "In practice mode." in shown(mapped.fine("%groq_runs status"))
    finish(mapped)
    text = shown(mapped.fine(CELL))
    assert "$" not in text
    errors = mapped.shell.user_ns["answers"]["error"]
    assert set(errors) == {"Practice mode: no entry of the script matches."}
    mapped.fine("%groq_practice off")
    assert submitted_requests(practice) == 0


def test_help_and_tab(mapped: Any) -> None:
    assert re.search(r"--batch +Groq's batch engine: half the price", help_of(groq_map))
    assert "fetch [JOB]" in help_of(groq_runs)
    assert completed(mapped, "%%groq_map df --ba") == ["--background", "--batch"]
    assert completed(mapped, "%groq_runs ") == ["status", "fetch", "cancel", "clear"]


FORGED = {
    "url": ["http://[x", 5],
    "name": ["<b>x</b> `y`", b"\xff\xfe", "\x1b[31m"],
    "made": ["soon", -1e300, 1e300],
    "rows": ["many", -5],
    "completed": [b"x", 2**62],
    "state": ["<script>", b"\xff"],
    "left": ["{", b"\xff", '["file"]'],
    "id": ["", "<i>"],
}


@pytest.mark.parametrize("column", FORGED)
def test_a_forged_job_breaks_nothing(mapped: Any, tmp_path: Path, column: str) -> None:
    for value in FORGED[column]:
        mapped.fine(f"%%groq_map df --batch --journal {tmp_path}/forged.sqlite\nRate {{{{text}}}}")
        with contextlib.closing(sqlite3.connect(tmp_path / "forged.sqlite")) as file, file:
            file.execute(f"UPDATE jobs SET {column} = ?", (value,))  # noqa: S608 - a name of ours
        for word in ("", "status", "fetch", "cancel"):
            ran = mapped.run(f"%groq_runs {word} --journal {tmp_path}/forged.sqlite")
            assert isinstance(ran.error, GroqMagicError | None), ran.everything
            html = "".join(output["data"]["text/html"] for output in ran.outputs)
            assert not re.search(r"<(b|i|script)>", html)
            assert "\x1b" not in shown(ran)
        (tmp_path / "forged.sqlite").unlink()
