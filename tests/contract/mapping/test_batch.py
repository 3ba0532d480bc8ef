"""Rows in batch jobs: submitted, fetched into the journal, cancelled."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.api.batch import Batch
from groq_magic.errors import (
    ConnectionLostError,
    GroqMagicError,
    OptionError,
    RequestError,
    ServiceError,
    TooLargeError,
)
from groq_magic.ledger.journal_file import JournalFile
from groq_magic.mapping.batch.batch_run import BatchRun, batch_line, run_batch
from groq_magic.mapping.batch.fetching import collect, fetch
from groq_magic.mapping.batch.files import FileLimits
from groq_magic.mapping.batch.jobs import KEPT_BY_GROQ, cancel, status
from groq_magic.mapping.sending.row_request import RowAnswer
from tests.contract.mapping.batch_rows import MODEL, Engine, plan_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import PracticeServer


@pytest.fixture
def engine(practice: PracticeServer, tmp_path: Path) -> Engine:
    practice.script([{"reply": "fine"}])
    return Engine(tmp_path / "journal.sqlite", practice.url)


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groq_magic.api.batches.backoff", lambda _tried: 0.01)


def test_rows_are_submitted_and_fetched_and_files_deleted(engine: Engine) -> None:
    plan, lines = plan_of(["a", "b", "c", "a"]), []

    (job,) = engine.submit(plan, name="Rate", on_upload=lines.append)

    assert lines == [KEPT_BY_GROQ]
    assert job.rows == 3
    (file,) = engine.files()
    assert file == f"groq_magic-{job.id}.jsonl"
    waiting = engine.collect(plan).waiting
    assert waiting.keys() == set(plan.keys)
    assert "Waiting for Groq's batch job" in waiting[plan.keys[0]].error

    (running,) = engine.fetch().running
    assert (running.state, running.completed, running.requests) == ("in_progress", 1, 3)
    assert running.words == "1 of 3 requests done"
    (done,) = engine.fetch().finished
    assert done.is_fetched
    assert engine.fetch().finished == ()
    assert engine.files() == []

    rows = engine.collect(plan)
    assert (len(rows.answered), rows.errors, rows.waiting, rows.alone) == (3, {}, {}, ())
    assert engine.texts(plan) == ["fine"] * 4
    answer = engine.answers(plan)[0]
    assert answer is not None
    assert answer.usage is not None
    assert (answer.model, answer.finish_reason) == (MODEL, "stop")
    (run,) = engine.journal().runs()
    assert (run.name, run.model, run.rows) == ("Rate", MODEL, 3)
    assert engine.journal().jobs.jobs() == ()


def test_only_unfinished_rows_are_submitted(engine: Engine) -> None:
    engine.submit(plan_of(["a", "b"]))
    engine.finish(plan_of(["a", "b"]))
    assert engine.submitted(plan_of(["c"])) == 1

    plan = plan_of(["a", "b", "c", "d", "e"])
    assert engine.submitted(plan, without=plan.keys[4:]) == 1
    assert engine.submit(plan, without=plan.keys[4:]) == ()
    engine.finish(plan)
    assert engine.texts(plan) == ["fine"] * 4 + [None]
    assert engine.submitted(plan, again=True) == 5


def test_files_have_no_more_lines_and_bytes_than_allowed(engine: Engine) -> None:
    plan = plan_of([f"row {n} é😀" for n in range(7)])
    jobs = engine.submit(plan, limits=FileLimits(lines=3))
    assert [job.rows for job in jobs] == [3, 3, 1]
    sizes = [file.bytes or 0 for file in engine.sdk.files.list().data]
    engine.finish(plan)
    assert engine.texts(plan) == ["fine"] * 7

    # A file takes as many lines as fit, to the byte.
    plan = plan_of([f"Row {n} é😀" for n in range(7)])
    engine.submit(plan, limits=FileLimits(bytes=max(sizes)))
    assert [file.bytes for file in engine.sdk.files.list().data] == sizes


def test_a_request_larger_than_a_file_is_refused(engine: Engine) -> None:
    plan = plan_of(["a", "b" * 2_000])
    with pytest.raises(TooLargeError, match=r"^A row's request takes 0 MB"):
        engine.submit(plan, limits=FileLimits(bytes=1_000))
    assert engine.files() == []


def test_odd_characters_arrive_as_they_are(engine: Engine, practice: PracticeServer) -> None:
    practice.script([{"match": "\u2028", "reply": "\u2028é😀\x0b\x85"}, {"reply": "no"}])
    plan = plan_of(["\u2028\x0b", "\ud800", '"\\n"'])
    engine.submit(plan, name="\ud800")
    engine.finish(plan)
    assert engine.texts(plan) == ["\u2028é😀\x0b\x85", "no", "no"]


def test_failed_and_expired_rows_are_errors_once_and_then_asked_again(
    engine: Engine, practice: PracticeServer
) -> None:
    practice.script(
        [
            {"match": "broken", "batch": "failed", "times": 1},
            {"match": "late", "batch": "expired", "times": 1},
            {"reply": "fine"},
        ]
    )
    plan = plan_of(["a", "broken", "late"])
    engine.submit(plan)

    rows = engine.finish(plan)

    assert len(rows.answered) == 1
    errors = {key: answer.error for key, answer in rows.errors.items()}
    assert errors == {
        plan.keys[1]: "The service failed (500): the model failed.",
        plan.keys[2]: "The batch job expired before this row was answered.",
    }
    assert engine.collect(plan).errors == {}
    assert engine.files() == []
    assert engine.submit(plan, without=rows.errors) == ()
    assert engine.submitted(plan) == 2
    assert len(engine.finish(plan).answered) == 2
    assert engine.texts(plan) == ["fine"] * 3


def test_a_refused_file_is_an_error_of_all_its_rows(engine: Engine) -> None:
    plan = plan_of(["a", "b"], model="qwen/qwen3.8-27b")
    engine.submit(plan)
    rows = engine.finish(plan)
    (error,) = {answer.error for answer in rows.errors.values()}
    assert error.startswith("Groq refused the whole file: line 1: The model `qwen/qwen3.8-27b`")
    assert len(rows.errors) == 2
    assert engine.files() == []


def test_answers_are_checked_against_the_schema(engine: Engine, practice: PracticeServer) -> None:
    practice.script([{"match": "bad", "reply": "{}"}, {"reply": '{"score": 3}'}])
    plan = plan_of(["a", "bad"], schema="score int")
    engine.submit(plan)
    rows = engine.finish(plan)
    assert len(rows.answered) == 1
    assert "doesn't fit the schema" in rows.errors[plan.keys[1]].error
    assert engine.texts(plan) == ['{"score": 3}', None]


def test_packs_are_split_and_missing_rows_asked_alone(
    engine: Engine, practice: PracticeServer
) -> None:
    packed = {"answers": [{"row": 1, "answer": {"score": 1}}]}
    plan = plan_of(["a", "b", "c"], schema="score int", pack=2)
    form = next(iter(plan.requests())).request["response_format"]["json_schema"]["schema"]
    (list_name,) = form["properties"]
    packed = {list_name: _packed_rows(form, [1], {"score": 1})}
    practice.script([{"match": "Row 2", "reply": json.dumps(packed)}, {"reply": '{"score": 7}'}])
    assert engine.submit(plan)[0].requests == 2

    rows = engine.finish(plan)

    assert len(rows.answered) == 2
    (alone,) = rows.alone
    assert alone.keys == (plan.keys[1],)
    assert engine.submitted(plan, alone=rows.alone) == 1
    assert len(engine.finish(plan).answered) == 1
    texts = [json.loads(text or "") for text in engine.texts(plan)]
    assert texts == [{"score": 1}, {"score": 7}, {"score": 7}]


def _packed_rows(form: dict[str, Any], numbers: list[int], answer: Any) -> list[dict[str, Any]]:
    (rows,) = form["properties"].values()
    item = rows["items"]
    if "$ref" in item:
        item = form["$defs"][item["$ref"].rpartition("/")[2]]
    number_name, *others = item["properties"]
    if len(others) == 1 and others[0] not in answer:
        return [{number_name: number, others[0]: answer} for number in numbers]
    return [{number_name: number, **answer} for number in numbers]


def test_rows_missing_in_one_plan_wait_for_another_plan(engine: Engine) -> None:
    plan = plan_of(["a", "b"])
    engine.submit(plan)
    while engine.fetch().running:
        pass
    assert len(engine.collect(plan_of(["a"])).answered) == 1
    assert len(engine.collect(plan_of(["a", "b"])).answered) == 1
    assert engine.journal().jobs.jobs() == ()


def test_answers_of_a_cancelled_job_are_fetched_and_its_other_rows_submitted(
    engine: Engine, practice: PracticeServer
) -> None:
    practice.script([{"match": "slow", "batch": "waiting", "times": 1}, {"reply": "fine"}])
    plan = plan_of(["a", "slow"])
    engine.submit(plan)
    for _ in range(3):
        (job,) = status(engine.journal(), engine.service)
    assert job.state == "in_progress"

    assert cancel(engine.journal(), engine.service, ids=()) == ()
    (cancelled,) = cancel(engine.journal(), engine.service)
    assert cancelled.words == "being cancelled"
    rows = engine.finish(plan)
    assert len(rows.answered) == 1
    assert "cancelled" in rows.errors[plan.keys[1]].error
    assert engine.files() == []
    assert engine.submitted(plan) == 1


def test_cancel_removes_a_job_that_the_key_does_not_know(
    engine: Engine, practice: PracticeServer
) -> None:
    plan = plan_of(["a"])
    engine.submit(plan)
    practice.reset()
    assert len(engine.fetch().unknown) == 1
    assert engine.collect(plan).waiting
    run = run_batch(
        plan,
        journal=engine.journal(),
        service=engine.service,
        name="",
        left_out={},
        again=False,
        on_upload=str,
    )
    line = batch_line([plan], [run])
    assert line.endswith(
        " Groq doesn't know 1 job with this key; `%groq_runs cancel JOB` removes it."
    )

    (forgotten,) = cancel(engine.journal(), engine.service)
    assert forgotten.words == "no longer at Groq; removed from the list"
    assert engine.collect(plan).waiting == {}


def test_rows_in_jobs_of_another_practice_server_are_submitted(engine: Engine) -> None:
    plan = plan_of(["a"])
    elsewhere = Engine(engine.path, engine.url.replace("127.0.0.1", "localhost"))
    engine.submit(plan)

    assert elsewhere.collect(plan).waiting == {}
    assert [job.url for job in status(elsewhere.journal(), elsewhere.service)] == [engine.url]
    assert elsewhere.submitted(plan) == 1
    (kept,) = {job.url for job in cancel(elsewhere.journal(), elsewhere.service)} - {engine.url}
    assert kept == elsewhere.url


def test_a_key_without_the_batch_engine_gets_one_line_and_no_job(
    practice_factory: Any, tmp_path: Path
) -> None:
    engine = Engine(tmp_path / "journal.sqlite", practice_factory(plan="free").url)
    plan = plan_of(["a"])
    with pytest.raises(RequestError) as caught:
        engine.submit(plan)
    assert str(caught.value) == (
        "This key has no access to Groq's batch engine (403). It needs a paid plan: "
        "https://console.groq.com/settings/billing. Without --batch the rows are asked one by one."
    )
    assert engine.collect(plan).waiting == {}
    assert engine.journal().jobs.jobs() == ()


def test_a_refused_job_leaves_nothing_behind(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(["a"])
    monkeypatch.setattr("groq_magic.mapping.batch.jobs._WINDOW", "2h")
    with pytest.raises(RequestError, match="completion_window"):
        engine.submit(plan)
    assert engine.files() == []
    assert engine.collect(plan).waiting == {}


def test_rows_submitted_before_a_failure_stay_submitted(
    engine: Engine, practice: PracticeServer
) -> None:
    plan = plan_of(["a", "b", "c"])
    practice.faults(batch=("ok", "ok", "429:retry-after=100"))
    with pytest.raises(GroqMagicError) as caught:
        engine.submit(plan, limits=FileLimits(lines=1))
    assert caught.value.remedy == "1 request was submitted; run the cell again for the rest."

    assert engine.submitted(plan, limits=FileLimits(lines=1)) == 2
    engine.finish(plan)
    assert engine.texts(plan) == ["fine"] * 3
    assert engine.accepted() == 3


@pytest.mark.parametrize("number", range(2))
def test_after_a_lost_reply_no_row_is_submitted_twice(
    engine: Engine, practice: PracticeServer, number: int
) -> None:
    plan = plan_of(["a", "b"])
    practice.faults(batch=("ok",) * number + ("drop-before-headers",))
    with pytest.raises(ConnectionLostError, match="connection broke") as caught:
        engine.submit(plan)
    assert caught.value.remedy == "Run it again: nothing is sent twice."
    assert engine.files()

    # The upload was lost: its file is deleted, and another made. The job was lost: it is found.
    assert len(engine.submit(plan)) == 1 - number
    assert len(engine.files()) == 1
    engine.finish(plan)
    assert engine.texts(plan) == ["fine"] * 2
    assert engine.accepted() == 2
    assert engine.files() == []


@pytest.mark.parametrize("fault", ["503", "429", "drop-before-headers", "reset-before-headers"])
def test_fetch_tries_again(
    engine: Engine, practice: PracticeServer, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    plan = plan_of(["a"])
    engine.submit(plan)
    practice.faults(batch=(fault,))
    engine.fetch()
    practice.faults(batch=("ok", fault, fault))
    engine.finish(plan)
    assert engine.texts(plan) == ["fine"]


@pytest.mark.parametrize("fault", ["html-200", "wrong-json", "malformed-200"])
def test_a_page_instead_of_the_answers_deletes_nothing(
    engine: Engine, practice: PracticeServer, fault: str
) -> None:
    plan = plan_of(["a"])
    engine.submit(plan)
    engine.fetch()
    practice.faults(batch=("ok", fault))
    with pytest.raises(ServiceError):
        engine.fetch()
    assert len(engine.files()) == 2
    engine.finish(plan)
    assert engine.texts(plan) == ["fine"]


def test_two_kernels_fetch_at_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of([f"row {n}" for n in range(5)])
    engine.submit(plan)
    engine.fetch()
    service = Engine(engine.path, engine.url).service
    lines = service.lines

    def other_first(file: str) -> Any:
        """Let another kernel fetch, and read, all of it while this one reads the answers."""
        found = list(lines(file))
        assert len(engine.fetch().finished) == 1
        assert len(engine.collect(plan).answered) == 5
        return iter(found)

    monkeypatch.setattr(service, "lines", other_first)
    assert fetch(engine.journal(), service).finished == ()
    assert len(collect(plan, engine.journal(), engine.url).answered) == 0
    assert engine.texts(plan) == ["fine"] * 5
    assert engine.journal().jobs.jobs() == ()


def test_another_kernel_deletes_the_files_first(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(["a"])
    engine.submit(plan)
    engine.fetch()
    service = Engine(engine.path, engine.url).service
    lines = service.lines

    def other_first(file: str) -> Any:
        engine.fetch()
        return lines(file)

    monkeypatch.setattr(service, "lines", other_first)
    assert fetch(engine.journal(), service).finished == ()
    assert len(engine.collect(plan).answered) == 1


def test_files_are_deleted_after_a_durable_write(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(["a"])
    engine.submit(plan)
    engine.fetch()
    journal = engine.journal()
    done: list[str] = []
    writing = JournalFile.writing

    def noted_writing(file: JournalFile, *, is_durable: bool = False) -> Any:
        if is_durable:
            done.append("written for good")
        return writing(file, is_durable=is_durable)

    def noted_delete(_file: str) -> None:
        assert [job.is_fetched for job in engine.journal().jobs.jobs()] == [True]
        done.append("deleted")

    monkeypatch.setattr(JournalFile, "writing", noted_writing)
    monkeypatch.setattr(engine.service, "delete", noted_delete)
    fetch(journal, engine.service)
    assert done == ["written for good", "deleted", "deleted"]


def test_answers_that_were_deleted_at_groq_are_errors(engine: Engine) -> None:
    plan = plan_of(["a"])
    engine.submit(plan)
    engine.fetch()
    engine.sdk.batches.retrieve(engine.sdk.batches.list().data[0].id)
    for file in engine.sdk.files.list().data:
        engine.sdk.files.delete(file.id or "")
    rows = engine.finish(plan)
    assert rows.errors[plan.keys[0]].error == "The answers are no longer at Groq."
    assert engine.submitted(plan) == 1


def test_answers_are_fetched_without_the_file_of_errors(
    engine: Engine, practice: PracticeServer
) -> None:
    practice.script([{"match": "late", "batch": "expired"}, {"reply": "fine"}])
    plan = plan_of(["a", "late"])
    engine.submit(plan)
    engine.fetch()
    ended = engine.sdk.batches.retrieve(engine.sdk.batches.list().data[0].id)
    engine.sdk.files.delete(ended.error_file_id or "")

    rows = engine.finish(plan)
    assert (len(rows.answered), len(rows.errors), engine.files()) == (1, 1, [])


def test_a_file_that_lacks_answers_is_kept_at_groq(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(["a", "b"])
    engine.submit(plan)
    engine.fetch()
    lines = engine.service.lines
    monkeypatch.setattr(engine.service, "lines", lambda file: list(lines(file))[:1])

    rows = engine.finish(plan)
    assert len(rows.answered) == 1
    (error,) = (answer.error for answer in rows.errors.values())
    assert error.endswith(" lacks this row; the file is kept at Groq.")
    assert len(engine.files()) == 2


def test_a_job_is_not_over_before_its_answers_exist() -> None:
    assert not Batch("b", "completed", 2, 0, "i").is_over
    assert Batch("b", "completed", 0, 2, "i", "", "e").is_over


def test_only_one_kernel_submits_at_a_time(engine: Engine) -> None:
    with engine.journal().jobs.submit_lock() as has_lock:
        assert has_lock
        with pytest.raises(OptionError, match="Another kernel is submitting rows"):
            engine.submit(plan_of(["a"]))
    assert engine.submitted(plan_of(["a"])) == 1


def test_a_lost_job_is_found_on_a_later_page(engine: Engine) -> None:
    plan = plan_of(["a"])
    engine.submit(plan)
    (job,) = engine.journal().jobs.jobs()
    # As after a kernel that was killed before it could write the job's id.
    engine.journal().jobs.update(job.id, batch="", state="")
    for number in range(25):
        other = Engine(engine.path.with_name(f"{number}.sqlite"), engine.url)
        other.submit(plan_of([f"other {number}"]))

    assert engine.submit(plan) == ()
    assert [each.batch for each in status(engine.journal(), engine.service)] == [job.batch]


@pytest.mark.parametrize("fault", ["html-200", "wrong-json", "malformed-200", "503"])
def test_an_unreadable_list_of_jobs_removes_no_job(
    engine: Engine, practice: PracticeServer, fault: str
) -> None:
    plan = plan_of(["a"])
    practice.faults(batch=("ok", "drop-before-headers"))
    with pytest.raises(ConnectionLostError):
        engine.submit(plan)
    practice.faults(batch=(fault,) * 4)
    with pytest.raises(ServiceError):
        engine.fetch()
    practice.faults(batch=())
    assert engine.submit(plan) == ()
    engine.finish(plan)
    assert (engine.texts(plan), engine.accepted()) == (["fine"], 1)


def test_no_key_is_in_any_error(practice_factory: Any, tmp_path: Path) -> None:
    engine = Engine(tmp_path / "journal.sqlite", practice_factory(keys="gsk_other").url)
    with pytest.raises(GroqMagicError) as caught:
        engine.submit(plan_of(["a"]))
    seen = [caught.value]
    while seen[-1] is not None:
        assert "gsk_made_up" not in f"{seen[-1]} {vars(seen[-1])}"
        seen.append(seen[-1].__cause__ or seen[-1].__context__)


def test_a_run_fetches_answers_and_submits_the_other_rows(
    engine: Engine, practice: PracticeServer
) -> None:
    practice.script([{"match": "late", "batch": "expired", "times": 1}, {"reply": "fine"}])
    plan = plan_of(["a", "late", "too long"])
    too_long = {plan.keys[2]: RowAnswer("", None, None, MODEL, "Too long.")}
    lines: list[str] = []

    def run(*, again: bool = False) -> BatchRun:
        return run_batch(
            plan,
            journal=engine.journal(),
            service=engine.service,
            name="",
            left_out=too_long,
            again=again,
            on_upload=lines.append,
        )

    def line(result: BatchRun) -> str:
        return batch_line([plan], [result])

    first = run()
    assert line(first) == (
        "2 rows submitted to Groq's batch engine in 1 job. Run the cell again for the answers; "
        "`%groq_runs status` shows progress."
    )
    assert (set(first.failed), set(first.waiting)) == ({plan.keys[2]}, set(plan.keys[:2]))
    assert line(run()).startswith("2 rows still in a batch job. Run")
    second = run()
    assert (line(second), second.jobs, second.waiting) == ("1 row fetched.", (), {})
    assert "expired" in second.failed[plan.keys[1]].error
    assert run().waiting.keys() == {plan.keys[1]}
    run()
    assert line(run()) == "1 row fetched."
    assert line(run()) == ""
    assert engine.texts(plan) == ["fine", "fine", None]
    assert lines == [KEPT_BY_GROQ] * 2

    # --again submits all rows once: rows that were just fetched are not submitted again.
    assert len(run(again=True).waiting) == 2
    run(again=True)
    assert (len(run(again=True).answered), engine.accepted()) == (2, 5)


def test_packs_that_expire_or_are_refused(engine: Engine, practice: PracticeServer) -> None:
    practice.script([{"match": "late", "batch": "expired"}, {"reply": '{"score": 7}'}])
    plan = plan_of(["a", "late", "b", "c"], schema="score int", pack=2)
    engine.submit(plan)
    rows = engine.finish(plan)
    # Rows without an answer in a pack are asked alone, expired rows are not.
    assert set(rows.errors) == set(plan.keys[:2])
    assert {request.keys for request in rows.alone} == {(key,) for key in plan.keys[2:]}
