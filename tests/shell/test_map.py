"""`%%groq_map` in a shell: rows in, a frame out, and nothing asked twice."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from groq_magic.errors import InterruptedAskError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY_NAME = "GROQ_API_KEY"


@pytest.fixture
def mapped(cells: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A shell with data, whose journal is the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    cells.shell.user_ns["df"] = pd.DataFrame(
        {"text": ["good", "bad", "so so"], "n": [1, 2, 3]}, index=["a", "b", "c"]
    )
    return cells


@pytest.fixture
def prompts(practice: Any) -> Callable[[], list[str]]:
    """What was sent: the last message of each request."""
    return lambda: [each["body"]["messages"][-1]["content"] for each in practice.requests()]


def frame(cells: Any, name: str = "answers") -> Any:
    return cells.shell.user_ns[name]


def many(cells: Any, count: int = 60) -> None:
    cells.shell.user_ns["df"] = pd.DataFrame({"text": [f"row {n}" for n in range(count)]})


def shown(ran: Any) -> str:
    return "\n".join(output["data"]["text/plain"] for output in ran.outputs)


# Rows in, a frame out


def test_each_row_is_asked_and_the_answers_are_a_frame(mapped: Any, practice: Any) -> None:
    practice.script([{"match": "good", "pieces": ["yes"]}, {"pieces": ["no"]}])
    mapped.fine("%%groq_map df\nIs {{text}} praise?")
    found = frame(mapped)
    assert found["answer"].tolist() == ["yes", "no", "no"]
    assert found.index.tolist() == ["a", "b", "c"]
    assert found["error"].tolist() == [None, None, None]
    assert found.columns.tolist() == ["text", "n", "answer", "error"]
    (body,) = {json.dumps(each["body"]["messages"]) for each in practice.requests()[:1]}
    assert "Is `text` praise?" in body
    sent = practice.requests()[0]["body"]
    assert (sent["temperature"], sent["reasoning_effort"]) == (0.0, "low")
    assert "stream" not in sent


def test_the_conversation_is_neither_sent_nor_changed(mapped: Any, practice: Any) -> None:
    mapped.fine("%groq_system Be brief.")
    mapped.fine("%groq Hello", "a")
    turns = mapped.turns
    mapped.fine("%%groq_map df\nIs {{text}} praise?", "b")
    assert mapped.turns == turns
    sent = practice.requests()[-1]["body"]["messages"]
    assert [each["role"] for each in sent] == ["user"]
    assert "Hello" not in sent[0]["content"]
    mapped.fine("%%groq_map df -s 'You rate.' -o more\nIs {{text}} praise?", "c")
    assert practice.requests()[-1]["body"]["messages"][0]["content"] == "You rate."


def test_a_schema_gives_a_column_a_field(mapped: Any, practice: Any) -> None:
    practice.script([{"reply": '{"score": 4, "why": "short"}'}])
    mapped.fine("%%groq_map df --schema 'score int, why' --prefix p_ -o rated\nRate {{text}}")
    found = frame(mapped, "rated")
    assert found.columns.tolist() == ["text", "n", "p_score", "p_why", "p_error"]
    assert found["p_score"].tolist() == [4, 4, 4]
    assert str(found["p_score"].dtype) == "Int64"


def test_in_python_a_map_returns_the_frame_and_sets_no_variable(mapped: Any, practice: Any) -> None:
    practice.script([{"pieces": ["fine"]}])
    ran = mapped.fine(
        "import groq_magic\ngot = groq_magic.map('Rate {{row}}', ['x', 'y'], limit=1)"
    )
    assert frame(mapped, "got")["answer"].tolist() == ["fine"]
    assert "answers" not in mapped.shell.user_ns
    assert "\n1 row\n" in shown(ran)
    assert "answers" not in shown(ran)
    ran = mapped.fine("groq_magic.map('Rate {{row}}', ['x'], out='named')")
    assert "named: 1 row" in shown(ran)
    assert frame(mapped, "named")["answer"].tolist() == ["fine"]


def test_a_line_names_the_variable_that_the_result_replaces(mapped: Any, practice: Any) -> None:
    practice.script([{"pieces": ["fine"]}])
    mapped.fine("found, nothing = {'x': 1}, None")
    line = "Replaced by the result: found (dict)"
    assert line in mapped.fine("%%groq_map df -o found --dry-run\nRate {{text}}").plain
    assert frame(mapped, "found") == {"x": 1}
    assert line in mapped.fine("%%groq_map df -o found\nRate {{text}}").plain
    again = mapped.fine("%%groq_map df -o found\nRate {{text}}").plain
    assert "Replaced" not in again  # the result of an earlier map
    assert "Replaced" not in mapped.fine("%%groq_map df -o nothing\nRate {{text}}").plain
    mapped.fine("found = found.dropna()")
    changed = mapped.fine("%%groq_map df -o found\nRate {{text}}").plain
    assert "Replaced by the result: found (DataFrame)" in changed
    mapped.fine("elsewhere = [1]")
    behind = mapped.fine("%%groq_map df -o elsewhere --background\nRate {{text}}")
    assert "Replaced by the result: elsewhere (list)" in shown(behind)
    code = '"[x for x in df.text]" -o x'
    mapped.fine(f"x = 1\nget_ipython().run_cell_magic('groq_map', '{code}', 'Rate {{{{row}}}}')")
    assert len(frame(mapped, "x")) == len(frame(mapped, "df"))


def test_data_may_be_any_code_and_an_item(mapped: Any, practice: Any) -> None:
    practice.script([{"pieces": ["fine"]}])
    mapped.fine('%%groq_map "df[df.n > 1].head(1)" -o one\nRate {{text}}')
    assert frame(mapped, "one").index.tolist() == ["b"]
    mapped.fine("d = {'k 1': [df, df.text]}")
    mapped.fine("%%groq_map --limit 2 d['k 1'][1] -o two\nRate {{row}}")
    assert frame(mapped, "two")["answer"].tolist() == ["fine", "fine"]
    code = "def f():\n    own = ['x']\n    get_ipython().run_cell_magic"
    mapped.fine(f"{code}('groq_map', 'own -o three', 'Rate {{{{row}}}}')\nf()")
    assert frame(mapped, "three")["answer"].tolist() == ["fine"]


# Odd data


ODD: dict[str, Any] = {
    "a column's name with spaces": ({"the text": ["x"]}, "Rate {{the text}}", ["x"]),
    "braces in values": (["{{df}} and {{nothing}}"], "Rate {{row}}", ["{{df}} and {{nothing}}"]),
    "nothing": ([None, math.nan, pd.NA], "Rate {{row}}", ["missing"]),
    "half a character": (["a\ud800b"], "Rate {{row}}", ["a\ufffdb"]),
    "a fence in a value": (["```\nnot code\n```"], "Rate {{row}}", ["````text"]),
    "an empty text": ([""], "Rate {{row}}", ["```text\n```"]),
    "lists": ([[1, {"a": 2}]], "Rate {{row}}", ['"a"']),
    "a dict of lists": ({"x": [1], "y": [2]}, "Rate {{x}} {{y}}", ["`x`: 1", "`y`: 2"]),
    "a dict of texts": ({"first": "A", "second": "B"}, "Rate {{row}}", ["A", "B"]),
    "records": ([{"x": 1}, {"y": 2}], "Rate {{row}}", ["`x`: 1", "`y`: 2"]),
    "a column called row": (pd.DataFrame({"row": ["R"], "x": [1]}), "Rate {{row}}", ["R"]),
    "levels": (
        pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])),
        "Rate {{a_b}}",
        ["1"],
    ),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_data_is_sent_and_keeps_its_rows(
    mapped: Any, practice: Any, prompts: Any, kind: str
) -> None:
    data, prompt, expected = ODD[kind]
    practice.script([{"pieces": ["fine"]}])
    mapped.shell.user_ns["data"] = data
    mapped.fine(f"%%groq_map data\n{prompt}")
    found = frame(mapped)
    rows = len(next(iter(data.values()))) if kind == "a dict of lists" else len(data)
    rows = 1 if kind == "a column's name with spaces" else rows
    assert len(found) == rows
    assert found["answer"].tolist() == ["fine"] * rows
    sent = "\n".join(prompts())
    assert all(each in sent for each in expected), sent


def test_double_labels_and_columns_stay_as_they_are(mapped: Any, practice: Any) -> None:
    practice.script([{"pieces": ["fine"]}])
    data = pd.DataFrame([[1, 2, "x"], [3, 4, "y"]], columns=["a", "a", "t"], index=[7, 7])
    mapped.shell.user_ns["data"] = data
    mapped.fine("%%groq_map data\nRate {{row}}")
    found = frame(mapped)
    assert found.columns.tolist() == ["a", "a", "t", "answer", "error"]
    assert found.index.tolist() == [7, 7]
    assert found["answer"].tolist() == ["fine", "fine"]
    assert data.columns.tolist() == ["a", "a", "t"]


@pytest.mark.parametrize("data", [[], {}, pd.DataFrame({"text": []}), pd.Series([], dtype=str)])
def test_no_rows_give_an_empty_frame_without_a_key(
    mapped: Any, practice: Any, monkeypatch: pytest.MonkeyPatch, data: Any
) -> None:
    monkeypatch.delenv(KEY_NAME)
    mapped.shell.user_ns["data"] = data
    prompt = "Rate {{text}}" if isinstance(data, pd.DataFrame) else "Rate {{row}}"
    ran = mapped.fine(f"%%groq_map data\n{prompt}")
    assert len(frame(mapped)) == 0
    assert {"answer", "error"} <= set(frame(mapped).columns)
    assert practice.requests() == []
    assert "0 rows answered" in shown(ran)


def test_a_cell_of_a_megabyte_is_listed_before_anything_is_sent(
    mapped: Any, practice: Any, prompts: Any
) -> None:
    practice.script([{"pieces": ["fine"]}])
    mapped.shell.user_ns["data"] = pd.Series(["x", "y" * 2**20], index=["short", "long"])
    ran = mapped.fine("%%groq_map data\nRate {{row}}")
    assert ran.outputs[0]["data"]["text/plain"].count("1 row is too long and not sent: long") == 1
    found = frame(mapped)
    assert found["answer"].tolist() == ["fine", None]
    assert "too long" in found["error"]["long"]
    assert len(prompts()) == 1


def test_a_value_that_can_not_be_shown_is_one_line(mapped: Any) -> None:
    class Hostile:
        def __repr__(self) -> str:
            raise ValueError("no")

        __str__ = __repr__

    mapped.shell.user_ns["data"] = [Hostile()]
    ran = mapped.run("%%groq_map data\nRate {{row}}")
    assert "\n" not in str(ran.error or "")


# Nothing twice, nothing lost


def test_a_cell_that_runs_again_asks_only_what_is_missing(
    mapped: Any, practice: Any, prompts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.script([{"pieces": ["fine"]}])
    cell = "%%groq_map df\nIs {{text}} praise?"
    mapped.fine(cell)
    monkeypatch.delenv(KEY_NAME)
    mapped.fine("%reload_ext groq_magic")
    ran = mapped.fine(cell)
    assert len(prompts()) == 3
    assert "3 from the journal" in shown(ran)
    monkeypatch.setenv(KEY_NAME, "gsk_made_up_for_tests_0123456789")
    mapped.fine("df = df.iloc[::-1]\ndf.loc['d'] = ['new', 4]")
    mapped.fine(cell)
    assert len(prompts()) == 4
    assert "new" in prompts()[-1]
    assert frame(mapped).index.tolist() == ["c", "b", "a", "d"]
    mapped.fine("%%groq_map df --again\nIs {{text}} praise?")
    assert len(prompts()) == 8


def test_equal_rows_are_asked_once(mapped: Any, practice: Any, prompts: Any) -> None:
    practice.script([{"pieces": ["fine"]}])
    mapped.shell.user_ns["data"] = ["x", "y", "x", "x"]
    mapped.fine("%%groq_map data\nRate {{row}}")
    assert len(prompts()) == 2
    assert frame(mapped)["answer"].tolist() == ["fine"] * 4


def test_a_row_that_failed_has_a_line_and_is_asked_again(mapped: Any, practice: Any) -> None:
    practice.script([{"pieces": ["fine"]}])
    practice.faults("403")
    cell = "%%groq_map df --concurrency 1\nIs {{text}} praise?"
    ran = mapped.fine(cell)
    found = frame(mapped)
    assert found["answer"].tolist() == [None, "fine", "fine"]
    assert "Access is denied (403)" in found["error"]["a"]
    assert "1 failed" in shown(ran)
    mapped.fine(cell)
    assert frame(mapped)["answer"].tolist() == ["fine"] * 3
    assert frame(mapped)["error"].tolist() == [None] * 3


def test_an_error_of_all_rows_ends_the_map(mapped: Any, practice: Any) -> None:
    practice.faults("401")
    ran = mapped.run("%%groq_map df --concurrency 1\nIs {{text}} praise?")
    assert "refuses the key" in str(ran.error)
    assert "answers" not in mapped.shell.user_ns
    many(mapped)
    practice.script([{"pieces": ["fine"]}])
    practice.faults(*["ok"] * 20, "401")
    ran = mapped.run("%%groq_map df --concurrency 1\nIs {{text}} praise?")
    assert "refuses the key" in str(ran.error)
    found = frame(mapped)
    assert found["answer"].notna().sum() == 20
    assert set(found["error"][20:]) == {"Not asked yet."}


def test_a_journal_answers_without_a_key(
    mapped: Any, practice: Any, prompts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.script([{"pieces": ["fine"]}])
    mapped.fine("%%groq_map df --journal run.sqlite\nRate {{text}}")
    monkeypatch.delenv(KEY_NAME)
    mapped.fine("%reload_ext groq_magic")
    mapped.fine("%%groq_map df --journal run.sqlite\nRate {{text}}")
    assert frame(mapped)["answer"].tolist() == ["fine"] * 3
    assert len(prompts()) == 3
    ran = mapped.run("%%groq_map df\nRate {{text}}")
    assert "%groq_practice on" in str(ran.error)


# ■


@pytest.fixture
def interrupt_when() -> Iterator[Callable[[Callable[[], Any]], None]]:
    """Press ■ once something is so."""
    threads: list[threading.Thread] = []

    def press(is_so: Callable[[], Any]) -> None:
        def wait() -> None:
            until = time.monotonic() + 10
            while not is_so():
                assert time.monotonic() < until
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGINT)

        threads.append(threading.Thread(target=wait))
        threads[-1].start()

    yield press
    for thread in threads:
        thread.join()


def test_stop_keeps_the_answers_so_far_and_the_rest_is_asked_later(
    mapped: Any, practice: Any, interrupt_when: Any
) -> None:
    many(mapped, 40)
    practice.script(
        [
            {"match": r"row 2\d|row 3\d", "pieces": ["x "] * 2000, "tokens_per_second": 20},
            {"pieces": ["fine"]},
        ]
    )
    interrupt_when(
        lambda: sum(each["outcome"] == "complete" for each in practice.requests(running=True)) >= 20
    )
    ran = mapped.run("%%groq_map df -o part\nRate {{text}}\n")
    assert isinstance(ran.error, InterruptedAskError), ran.everything
    assert str(ran.error) == (
        "Stopped: 20 of 40 rows are answered. Run the cell again to ask the rest."
    )
    found = frame(mapped, "part")
    assert found["answer"].notna().sum() == 20
    assert set(found["error"][found["answer"].isna()]) == {"Not asked yet."}
    assert "20 of 40 rows answered" in shown(ran)
    practice.reset()
    practice.script([{"pieces": ["later"]}])
    mapped.fine("%%groq_map df -o part\nRate {{text}}\n")
    assert len(practice.requests()) == 20
    assert frame(mapped, "part")["answer"].tolist() == ["fine"] * 20 + ["later"] * 20


# Before it is paid for


def test_limit_sample_and_budget(mapped: Any, practice: Any, prompts: Any) -> None:
    many(mapped, 100)
    practice.script([{"pieces": ["fine"]}])
    mapped.fine("%%groq_map df --limit 3\nRate {{text}}")
    assert frame(mapped)["text"].tolist() == ["row 0", "row 1", "row 2"]
    mapped.fine("%%groq_map df --sample 5 -o s\nRate {{text}}")
    mapped.fine("%%groq_map df --sample 5 -o t\nRate {{text}}")
    assert frame(mapped, "s")["text"].tolist() == frame(mapped, "t")["text"].tolist()
    mapped.fine("%%groq_map df --sample 5 --seed 1 -o u\nRate {{text}}")
    assert frame(mapped, "s")["text"].tolist() != frame(mapped, "u")["text"].tolist()
    before = len(prompts())
    ran = mapped.fine("%%groq_map df --budget 2k --concurrency 2 -o b\nRate it: {{text}}")
    assert 10 < len(prompts()) - before < 99
    assert frame(mapped, "b")["answer"].notna().sum() == len(prompts()) - before
    assert "The budget of 2,000 tokens is used up" in shown(ran)
    spent = sum(len(each) // 4 for each in prompts()[before:])
    assert spent < 2_000
    mapped.fine('%%groq_map df --budget "200k tokens" --limit 1 -o c\nRate it: {{text}}')
    assert frame(mapped, "c")["answer"].tolist() == ["fine"]


def test_a_dry_run_sends_nothing_and_needs_no_key(
    mapped: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_NAME)
    ran = mapped.fine("%%groq_map df -s 'You rate.' --dry-run\nRate {{text}}")
    text = shown(ran)
    assert "Nothing was sent." in text
    assert "would get 3 requests. The first 3:" in text
    assert "You rate." in text
    assert all(each in text for each in ("good", "bad", "so so"))
    assert "to send" in text
    assert "$" in text
    assert practice.requests() == []
    assert "answers" not in mapped.shell.user_ns


def test_a_dry_run_shows_the_first_prompt_and_previews_of_the_others(mapped: Any) -> None:
    prompt = f"Rate {{{{text}}}} {'with care ' * 20}and {{{{n}}}}"
    line = "%%groq_map df --schema 'score int, why' --evidence -s 'You rate.' --dry-run"
    ran = mapped.fine(f"{line}\n{prompt}")
    html = ran.data["text/html"]
    folds = re.findall(r'<details class="groq-turn"( open)?>.*?<span dir="auto">(.*?)</span>', html)
    assert folds == [
        ("", "You rate."),
        (" open", "text: good, n: 1"),
        ("", "text: bad, n: 2"),
        ("", "text: so so, n: 3"),
    ]
    assert "reasoning_effort low · schema with score, why · a quote for each field" in ran.plain
    assert "response_format" not in ran.plain
    packed = mapped.fine("%%groq_map df --pack 2 --dry-run\nRate {{text}}").data["text/html"]
    assert ">2 rows, the first: good<" in packed


def test_check_compares_models_with_a_column(mapped: Any, practice: Any) -> None:
    mapped.shell.user_ns["df"] = pd.DataFrame(
        {"text": ["a", "b", "c", "d"], "teacher": [1, 2, None, 4]}
    )
    practice.script(
        [
            {"match": "(?s)text`:\n```text\n[ab]", "reply": '{"score": 1}'},
            {"reply": '{"score": 4}'},
        ]
    )
    mapped.fine(
        "%%groq_map df -m fast,openai/gpt-oss-120b --schema 'score int'"
        " --check score=teacher\nRate {{row}}"
    )
    found = frame(mapped)
    assert found["text"].tolist() == ["a", "b", "d"]
    assert {"score_gpt-oss-20b", "score_gpt-oss-120b"} <= set(found.columns)
    sent = [each["body"]["messages"][-1]["content"] for each in practice.requests()]
    assert len(sent) == 6
    assert not any("teacher" in each for each in sent)


def test_rows_are_packed_and_missing_answers_asked_alone(mapped: Any, practice: Any) -> None:
    many(mapped, 4)
    rows = [{"row": n, "answer": f"{n}"} for n in (1, 2, 3)]
    practice.script(
        [
            {"match": "Row 4", "reply": json.dumps({"rows": rows}), "times": 1},
            {"pieces": ["alone"]},
        ]
    )
    mapped.fine("%%groq_map df --pack 4\nRate {{text}}")
    assert frame(mapped)["answer"].tolist() == ["1", "2", "3", "alone"]
    assert len(practice.requests()) == 2


def test_a_refused_pack_gives_the_answers_that_came_with_it(mapped: Any, practice: Any) -> None:
    many(mapped, 3)
    written = json.dumps({"rows": [{"row": 1, "answer": "one"}, {"row": 2, "answer": "t"}]})[:-1]
    practice.faults(f"json-validate-failed:generation={written.replace(':', '%3A')}")
    practice.script([{"pieces": ["alone"]}])
    mapped.fine("%%groq_map df --pack 3\nRate {{text}}")
    assert set(frame(mapped)["answer"]) <= {"one", "alone"}
    assert frame(mapped)["error"].tolist() == [None] * 3


def test_a_field_may_have_the_name_of_a_check_of_a_quote(mapped: Any, practice: Any) -> None:
    practice.script([{"reply": '{"price": 3.5, "price_ok": false}'}])
    ran = mapped.fine("%%groq_map df --schema 'price float, price_ok bool'\nRate {{text}}")
    assert "not in its row" not in ran.everything
    assert not mapped.shell.user_ns["answers"]["price_ok"].any()


def test_evidence_is_looked_up_in_the_row(mapped: Any, practice: Any) -> None:
    mapped.shell.user_ns["data"] = ["The price\nis high", "All fine"]
    practice.script([{"reply": '{"x_quote": "", "topic_quote": "price is", "topic": "p", "x": 1}'}])
    mapped.fine("%%groq_map data --schema 'topic, x int' --evidence\nRate {{row}}")
    found = frame(mapped)
    assert found["topic_quote_ok"].tolist() == [True, False]
    assert found["topic_quote_at"].tolist() == [4, pd.NA]


def test_json_cut_by_our_limit_is_asked_without_it(mapped: Any, practice: Any) -> None:
    many(mapped, 12)
    long = json.dumps({"why": "x " * 400, "score": 1})
    practice.script([{"match": "row 11", "reply": long}, {"reply": '{"why": "short", "score": 2}'}])
    mapped.fine("%%groq_map df --schema 'why, score int'\nRate {{text}}")
    found = frame(mapped)
    assert found["error"].tolist() == [None] * 12
    assert found["score"].tolist() == [2] * 11 + [1]
    limits = [each["body"].get("max_completion_tokens") for each in practice.requests()]
    assert limits[:10] == [None] * 10
    assert None in limits[10:]
    assert any(limits[10:])


def test_settings_come_before_defaults(mapped: Any, practice: Any) -> None:
    practice.script([{"pieces": ["fine"]}])
    mapped.fine("%config GroqMagics.temperature = 0.7")
    mapped.fine("%config GroqMagics.reasoning_effort = 'high'")
    mapped.fine("%%groq_map df --limit 1\nRate {{text}}")
    body = practice.requests()[-1]["body"]
    assert (body["temperature"], body["reasoning_effort"]) == (0.7, "high")


def test_a_service_that_fails_always_ends_in_lines(mapped: Any, practice: Any) -> None:
    mapped.fine("%config GroqMagics.tries = 1")
    practice.faults("403:times=9")
    ran = mapped.run("%%groq_map df\nRate {{text}}")
    assert ran.error is None or isinstance(ran.error, ServiceError)
    assert frame(mapped)["error"].notna().all()
