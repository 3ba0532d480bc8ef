"""The calls that a map makes to its view, and views that fail."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from groq_magic.errors import InterruptedAskError

if TYPE_CHECKING:
    from pathlib import Path


class Recorder:
    """A view that keeps what it gets."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.calls: list[tuple[str, Any]] = []
        self.stops_at = 10**9
        self.fails_at = ""

    def __getattr__(self, name: str) -> Any:
        if name not in {"open", "progress", "rows", "finish", "discard"}:
            raise AttributeError(name)

        def take(*values: Any) -> None:
            assert threading.current_thread() is threading.main_thread()
            self.calls.append((name, values[0] if values else None))
            if name == "progress" and values[0].done >= self.stops_at:
                self.stopped.set()
            if name == self.fails_at:
                raise ValueError(name)

        return take

    def of(self, name: str) -> list[Any]:
        return [value for called, value in self.calls if called == name]


@pytest.fixture
def view(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    made = Recorder()
    monkeypatch.setattr("groq_magic.magics.map.map_view_of", lambda _session: made)
    return made


@pytest.fixture
def mapped(cells: Any, practice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    practice.script([{"match": "row 1\n", "reply": '{"score": 1}'}, {"reply": '{"score": 4}'}])
    cells.shell.user_ns["df"] = pd.DataFrame(
        {"text": [f"row {n}" for n in range(8)], "teacher": [4, 2, 4, 5, None, 4, 4, 1]}
    )
    return cells


def test_a_view_gets_a_start_progress_rows_and_one_end(mapped: Any, view: Any) -> None:
    mapped.fine("%%groq_map df --schema 'score int'\nRate {{text}}")
    names = [name for name, _ in view.calls]
    assert (names[0], names[-1]) == ("open", "finish")
    assert names.count("open") == names.count("finish") == 1
    (start,) = view.of("open")
    assert (start.name, start.rows, start.requested) == ("answers", 8, 8)
    assert (start.columns, start.data_columns) == (("text", "score", "error"), 1)
    assert start.notices == ("Sent from each row: `text`",)
    last = view.of("progress")[-1]
    assert (last.done, last.failed, last.total, last.is_over) == (8, 0, 8, True)
    assert all(len(rows) <= 5 for rows in view.of("rows"))
    (end,) = view.of("finish")
    assert [row.cells for row in end.rows] == [
        ("row 0", "4", ""),
        ("row 1", "1", ""),
        *((f"row {n}", "4", "") for n in (2, 3, 4)),
    ]
    (field,) = end.fields
    assert (field.name, field.kind) == ("score", "integer")
    assert list(field.values) == [4, 1, *[4] * 6]
    assert (end.errors, end.checks, end.reason) == ((), (), "")


def test_equal_rows_are_requested_once_and_counted_as_one(mapped: Any, view: Any) -> None:
    mapped.fine('%%groq_map \'["x", "x", "y"]\' --schema \'score int\'\nRate {{row}}')
    (start,) = view.of("open")
    assert (start.rows, start.requested) == (3, 2)
    (end,) = view.of("finish")
    assert end.progress.done == 2
    assert list(end.fields[0].values) == [4, 4, 4]


def test_the_rows_of_the_sample_are_asked_and_counted_once(
    mapped: Any, practice: Any, view: Any
) -> None:
    mapped.shell.user_ns["df"] = pd.DataFrame({"text": [f"row {n}" for n in range(15)]})
    practice.faults("403")
    mapped.fine("%%groq_map df --schema 'score int' --concurrency 1\nRate {{text}}")
    progress = view.of("finish")[0].progress
    assert (progress.done, progress.failed, progress.from_journal) == (14, 1, 0)
    assert len(practice.requests()) == 15


def test_a_check_has_the_figures_of_each_model(mapped: Any, view: Any) -> None:
    mapped.fine(
        "%%groq_map df -m fast,openai/gpt-oss-120b --schema 'score int' --check score=teacher\n"
        "Rate {{text}}"
    )
    (start,) = view.of("open")
    assert (start.rows, start.requested) == (7, 14)
    (end,) = view.of("finish")
    assert [(each.model, each.expected, each.kind) for each in end.checks] == [
        ("openai/gpt-oss-20b", "teacher", "column"),
        ("openai/gpt-oss-120b", "teacher", "column"),
    ]
    for each in end.checks:
        assert (each.agreement.compared, each.agreement.agreed) == (7, 4)
        assert [row[0] for row in each.rows] == ["7", "1", "3"]
        assert each.cost is not None
        assert each.cost > 0
        assert each.rows_a_minute is not None
    view.calls.clear()
    mapped.fine(
        "%%groq_map df -m fast,openai/gpt-oss-120b --schema 'score int' --check score=teacher\n"
        "Rate {{text}}\n"
    )
    (again,) = view.of("finish")
    assert [each.cost for each in again.checks] == [each.cost for each in end.checks]
    assert [each.rows_a_minute for each in again.checks] == [None, None]


def test_two_models_without_a_check_are_compared_with_each_other(mapped: Any, view: Any) -> None:
    mapped.fine("%%groq_map df -m fast,openai/gpt-oss-120b --schema 'score int'\nRate {{text}}")
    (end,) = view.of("finish")
    (found,) = end.checks
    assert (found.kind, found.model, found.expected) == (
        "model",
        "openai/gpt-oss-120b",
        "openai/gpt-oss-20b",
    )
    assert found.agreement.share == 1.0


def test_errors_are_counted(mapped: Any, practice: Any, view: Any) -> None:
    practice.script([{"match": "row 1\n", "reply": '{"score": 1}'}, {"reply": '{"points": 4}'}])
    mapped.fine("%%groq_map df --schema 'score int'\nRate {{text}}")
    (end,) = view.of("finish")
    (line, count) = end.errors[0]
    assert "doesn't fit the schema" in line
    assert count == 7
    assert end.progress.failed == 7


def test_stop_in_the_view_ends_the_map(mapped: Any, practice: Any, view: Any) -> None:
    # Only the stop can end the other replies.
    slow = {"match": "row [1-7]", "pieces": ["x "] * 20_000, "tokens_per_second": 20}
    practice.script([slow, {"pieces": ["fine"]}])
    view.stops_at = 1
    ran = mapped.run("%%groq_map df --concurrency 1\nRate {{text}}")
    assert isinstance(ran.error, InterruptedAskError)
    assert str(ran.error).startswith("Stopped: 1 of 8 rows are answered.")
    (end,) = view.of("finish")
    assert (end.reason, end.is_raised) == ("Stopped.", True)
    errors = mapped.shell.user_ns["answers"]["error"]
    assert errors.tolist() == [None, *["Not asked yet."] * 7]
    # What the view shows and counts is what the frame contains.
    assert [row.cells[-1] for row in end.rows] == ["", *["Not asked yet."] * 4]
    assert (end.progress.done, end.progress.left, end.errors) == (1, 7, ())


def test_at_the_end_of_the_budget_the_counts_match_the_frame(mapped: Any, view: Any) -> None:
    ran = mapped.run("%%groq_map df --concurrency 1 --budget 0.00005usd\nRate {{text}}")
    assert ran.error is None
    (end,) = view.of("finish")
    assert end.reason
    assert not end.is_raised
    errors = mapped.shell.user_ns["answers"]["error"]
    assert (errors == "Not asked yet.").sum() == end.progress.left
    assert 0 < end.progress.left < 8


def test_an_invented_quote_is_marked_and_counted(mapped: Any, practice: Any, view: Any) -> None:
    practice.script(
        [
            {"match": "row [0-4]", "reply": '{"answer_quote": "row", "answer": "a"}'},
            {"match": "row 5", "reply": '{"answer_quote": "", "answer": "a"}'},
            {"reply": '{"answer_quote": "made up", "answer": "a"}'},
        ]
    )
    mapped.shell.user_ns["df"] = mapped.shell.user_ns["df"][::-1]
    mapped.fine("%%groq_map df --evidence\nRate {{text}}")
    (end,) = view.of("finish")
    cells = [row.cells[2] for row in end.rows]
    assert cells == [*["✗ not in its row: made up"] * 2, "", "row", "row"]
    (quotes,) = end.quotes
    assert (quotes.name, quotes.found, quotes.invented, quotes.missing) == ("answer_quote", 5, 2, 1)
    assert mapped.shell.user_ns["answers"]["answer_quote_ok"].sum() == 5


def test_data_without_rows_are_named(mapped: Any, view: Any) -> None:
    mapped.fine('%%groq_map "df[:0]"\nRate {{text}}')
    (start,) = view.of("open")
    assert start.notices[-1] == "The data has no rows."


@pytest.mark.parametrize("fails_at", ["open", "progress", "rows", "finish"])
def test_a_view_that_fails_ends_no_map(mapped: Any, view: Any, fails_at: str) -> None:
    view.fails_at = fails_at
    ran = mapped.fine("%%groq_map df --schema 'score int'\nRate {{text}}")
    assert mapped.shell.user_ns["answers"]["score"].tolist() == [4, 1, *[4] * 6]
    assert "8" in "".join(output["data"]["text/plain"] for output in ran.outputs)


def test_a_whole_number_is_shown_as_one_although_its_column_has_gaps(
    mapped: Any, practice: Any, view: Any
) -> None:
    practice.script([{"reply": '{"score": 3}'}])
    mapped.shell.user_ns["data"] = pd.DataFrame({"text": ["a", "b"], "teacher": [4.0, None]})
    mapped.fine("%%groq_map data --schema 'score int' --check score=teacher\nRate {{text}}")
    (end,) = view.of("finish")
    assert [each.rows for each in end.checks] == [(("0", "4", "3"),)]


def test_a_secret_is_neither_sent_nor_shown(
    mapped: Any, practice: Any, view: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "tok_abcdef123456")
    practice.script([{"pieces": ["it is tok_abcdef123456"]}])
    mapped.shell.user_ns["data"] = ["mine is tok_abcdef123456"]
    mapped.fine("%%groq_map data\nRate {{row}}")
    assert "tok_abcdef123456" not in str(practice.requests()[0]["body"])
    (start,) = view.of("open")
    assert "Replaced by `[key]` in rows: the value of `SHOP_TOKEN`." in start.notices
    (end,) = view.of("finish")
    assert "tok_abcdef123456" not in str((end.rows, end.errors, vars(end.fields[0])))


def test_a_secret_that_labels_a_row_is_not_shown(
    mapped: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "tok_abcdef123456")
    frame = pd.DataFrame({"text": ["a"], "hand": ["b"]}, index=["tok_abcdef123456"])
    mapped.shell.user_ns["data"] = frame
    ran = mapped.fine("%%groq_map data --check answer=hand\nRate {{text}}")
    assert "1 row disagrees" in ran.everything
    assert "tok_abcdef123456" not in ran.everything


def test_the_view_is_discarded_if_the_frame_can_not_be_made(
    mapped: Any, view: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_run: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("groq_magic.mapping.flow.MapRun.frame", fail)
    assert isinstance(mapped.run("%%groq_map df\nRate {{text}}").error, MemoryError)
    assert len(view.of("discard")) == 1
