"""`groq_magic.rows`: a map that runs in threads, processes, and on Dask's workers."""

from __future__ import annotations

import os
import pickle
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date  # noqa: TC003 - pydantic reads the annotation
from pathlib import Path
from typing import Any, Literal

import cloudpickle
import dask.dataframe as dd
import pandas as pd
import polars as pl
import pydantic
import pytest

import groq_magic
from groq_magic.errors import (
    ApiKeyError,
    GroqMagicError,
    InterruptedAskError,
    OptionError,
    PromptError,
)
from groq_magic.mapping.sending.journal import Journal

KEY = "gsk_made_up_for_tests_0123456789"
SCORE = [{"reply": '{"score": 4, "why": "short"}'}]
SCHEMA = "score int, why"
PLAIN = """
import importlib.abc, sys
class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"IPython", "ipywidgets", "anywidget", "ipykernel"}:
            raise ImportError(f"{name} is not there")
sys.meta_path.insert(0, Blocked())
import os, pickle
fn, key = pickle.loads(sys.stdin.buffer.read()), os.environ.pop("GROQ_API_KEY")
try:
    fn({"text": ["a", "b"]})
except Exception as error:
    print(error)
os.environ["GROQ_API_KEY"] = key
print(fn({"text": ["a", "b"]})["score"].tolist())
"""


class Review(pydantic.BaseModel):
    """A schema that a module has."""

    score: int
    kind: Literal["praise", "blame"] | None
    on: date
    tags: list[str]


@pytest.fixture(autouse=True)
def _surroundings(practice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what a process finds around it: a key, a service, a folder for its journal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("GROQ_API_KEY", KEY)
    monkeypatch.setenv("GROQ_BASE_URL", practice.url)
    practice.script(SCORE)


@pytest.fixture
def texts() -> pd.DataFrame:
    return pd.DataFrame({"text": [f"row {n}" for n in range(12)], "n": range(12)})


def sent(practice: Any) -> list[str]:
    return [each["body"]["messages"][-1]["content"] for each in practice.requests()]


# A frame in, a frame out


def test_it_returns_the_rows_with_their_answers(practice: Any, texts: pd.DataFrame) -> None:
    fn = groq_magic.rows("Rate {{text}}", schema=SCHEMA)
    assert repr(fn) == "groq_magic.rows('Rate {{text}}')"
    found = fn(texts)
    assert found.columns.tolist() == ["text", "n", "score", "why", "error"]
    assert found["score"].tolist() == [4] * 12
    assert found["error"].tolist() == [None] * 12
    pd.testing.assert_frame_equal(found[["text", "n"]], texts)
    assert len(sent(practice)) == 12
    pd.testing.assert_frame_equal(fn(texts.iloc[::-1]), found.iloc[::-1])
    assert len(sent(practice)) == 12


def test_frames_of_polars_and_dicts_of_arrays_work_too(texts: pd.DataFrame) -> None:
    fn = groq_magic.rows("Rate {{text}}", schema=SCHEMA)
    found = fn(pl.from_pandas(texts.head(2)))
    assert found.to_dict(as_series=False)["score"] == [4, 4]
    batch = {"text": texts["text"].to_numpy(), "n": texts["n"].to_numpy()}
    assert fn(batch)["score"].tolist() == [4] * 12


def test_a_row_that_fails_has_an_error_and_is_asked_by_the_next_call(practice: Any) -> None:
    fn = groq_magic.rows("Rate {{text}}", schema=SCHEMA)
    practice.script([{"match": "bad", "reply": "no JSON", "times": 1}, *SCORE])
    data = pd.DataFrame({"text": ["good", "bad"]})
    first = fn(data)
    assert first["score"].tolist() == [4, pd.NA]
    assert first["error"][0] is None
    assert "schema" in first["error"][1]


@pytest.mark.parametrize("name", ["out", "limit", "sample", "check", "budget", "background"])
def test_options_about_all_rows_are_refused(name: str) -> None:
    with pytest.raises(OptionError, match=f"does not take `{name}`"):
        groq_magic.rows("Rate {{text}}", **{name: 1})


def test_wrong_uses_are_refused_before_anything_is_sent(practice: Any) -> None:
    with pytest.raises(OptionError, match="no option `shema`"):
        groq_magic.rows("Rate {{text}}", shema="score int")
    with pytest.raises(OptionError, match="isn't a name and a type"):
        groq_magic.rows("Rate {{text}}", schema="score; int")
    with pytest.raises(OptionError, match="text"):
        groq_magic.rows(3)  # type: ignore[arg-type]
    fn = groq_magic.rows("Rate {{text}}", schema=SCHEMA)
    for call in (fn, fn.meta):
        with pytest.raises(PromptError, match=r"Did you mean `texts`\?$"):
            call(pd.DataFrame({"texts": ["a"]}))
        with pytest.raises(OptionError, match="already has a column `score`"):
            call(pd.DataFrame({"text": ["a"], "score": [1]}))
    assert sent(practice) == []


# What it carries


SCHEMAS: dict[str, Any] = {
    "no schema": (None, '"fine"'),
    "a line": (SCHEMA, SCORE[0]["reply"]),
    "dates": ("on date, at datetime|None", '{"on": "2026-01-02", "at": null}'),
    "lists": ("tags list[str], n int|None", '{"tags": ["a"], "n": null}'),
    "numbers": ("x float, y bool", '{"x": 1.5, "y": true}'),
    "a model": (Review, '{"score": 1, "kind": null, "on": "2026-01-02", "tags": []}'),
    "JSON": ({"type": "object", "properties": {"a": {"type": "integer"}}}, '{"a": 1}'),
}


@pytest.mark.parametrize("kind", SCHEMAS)
@pytest.mark.parametrize("evidence", [False, True])
def test_meta_is_the_result_without_rows(
    kind: str, practice: Any, texts: pd.DataFrame, *, evidence: bool
) -> None:
    schema, reply = SCHEMAS[kind]
    practice.script([{"reply": reply}])
    options: dict[str, Any] = {} if schema is None else {"schema": schema}
    fn = groq_magic.rows("Rate {{text}}", prefix="p_", evidence=evidence, **options)
    for data in (texts, texts.iloc[:0]):
        meta = fn.meta(data)
        assert len(meta) == 0
        assert sent(practice) == []
    if not evidence:
        found = fn(texts)
        assert [line for line in found["p_error"] if line] == []
        pd.testing.assert_series_equal(found.dtypes, meta.dtypes)
    frame = fn.meta(pl.from_pandas(texts))
    assert frame.columns == meta.columns.tolist()
    assert frame.height == 0


def test_a_pickled_function_contains_no_key(practice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "correct-horse-battery")
    fn = groq_magic.rows(
        f"Rate {{{{text}}}} with {KEY}",
        schema=SCHEMA,
        system=f"{KEY} correct-horse-battery",
        stop=[KEY],
    )
    fn(pd.DataFrame({"text": ["a"]}))
    for pickled in (pickle.dumps(fn), cloudpickle.dumps(fn), repr(fn).encode()):
        assert b"gsk_" not in pickled
        assert b"horse" not in pickled
    assert KEY not in str(practice.requests()[0]["body"])


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_pickled_function_gives_the_same_result(
    kind: str, practice: Any, texts: pd.DataFrame
) -> None:
    schema, reply = SCHEMAS[kind]
    practice.script([{"reply": reply}])
    fn = groq_magic.rows("Rate {{text}}", model=["fast", "openai/gpt-oss-120b"], schema=schema)
    there = pickle.loads(pickle.dumps(fn))  # noqa: S301 - our own
    found = fn(texts)
    count = len(sent(practice))
    pd.testing.assert_frame_equal(there(texts), found)
    pd.testing.assert_frame_equal(there.meta(texts), found.head(0))
    assert len(sent(practice)) == count


# Threads and processes


def test_many_threads_may_call_it_at_once(practice: Any, texts: pd.DataFrame) -> None:
    fn = groq_magic.rows("Rate {{text}}", schema=SCHEMA)
    parts = [texts.iloc[at : at + 2] for at in range(0, 12, 2)]
    with ThreadPoolExecutor(6) as pool:
        found = pd.concat(pool.map(fn, parts))
    assert found["score"].tolist() == [4] * 12
    assert sorted(found.index) == list(range(12))
    assert len(set(sent(practice))) == len(sent(practice)) == 12


def test_without_a_key_answers_in_the_journal_are_returned(
    practice: Any, texts: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    fn = groq_magic.rows("Rate {{text}}", schema=SCHEMA)
    found = fn(texts)
    monkeypatch.delenv("GROQ_API_KEY")
    pd.testing.assert_frame_equal(fn(texts), found)
    with pytest.raises(ApiKeyError, match="There is no key") as caught:
        fn(pd.DataFrame({"text": ["another"]}))
    there = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert (type(there), str(there)) == (ApiKeyError, str(caught.value))
    assert "%" not in str(there)
    assert len(sent(practice)) == 12


def test_a_refused_key_ends_the_call_in_one_line(practice: Any, texts: pd.DataFrame) -> None:
    practice.faults(*["401"] * 12)
    with pytest.raises(GroqMagicError) as caught:
        groq_magic.rows("Rate {{text}}")(texts)
    assert KEY not in str(caught.value)
    assert "%" not in str(caught.value)
    assert caught.value.__context__ is None


def test_an_interrupt_ends_in_one_line_and_keeps_the_answers(
    practice: Any, texts: pd.DataFrame, tmp_path: Path
) -> None:
    slow = {"match": r"row 3\s", "pieces": ["x "] * 2000, "tokens_per_second": 20}
    practice.script([slow, {"pieces": ["fine"]}])
    path = tmp_path / "own.sqlite"
    fn = groq_magic.rows("Rate {{text}}", journal=path)

    def interrupt() -> None:
        journal = Journal(path)
        while sum(run.rows for run in journal.runs()) < 9:
            time.sleep(0.01)
        journal.close()
        os.kill(os.getpid(), signal.SIGINT)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(interrupt)
        with pytest.raises(
            InterruptedAskError, match=r"^Stopped\. The journal has the answers so far;"
        ):
            fn(texts)
        done.result()
    practice.script([{"pieces": ["fine"]}])
    before, kept = len(sent(practice)), sum(run.rows for run in Journal(path).runs())
    assert fn(texts)["answer"].tolist() == ["fine"] * 12
    assert kept >= 9
    assert len(sent(practice)) == before + 12 - kept


@pytest.mark.slow  # it starts Python
def test_it_runs_without_ipython_and_finds_the_key_where_it_runs(practice: Any) -> None:
    fn = groq_magic.rows("Rate {{text}}", schema=SCHEMA)
    ran = subprocess.run(
        [sys.executable, "-c", PLAIN],
        input=pickle.dumps(fn),
        capture_output=True,
        check=False,
        timeout=60,
    )
    error, scores = ran.stdout.decode().splitlines() or [ran.stderr.decode(), ""]
    assert error.startswith("There is no key. Set GROQ_API_KEY")
    assert scores == "[4, 4]"
    assert len(sent(practice)) == 2


# Dask


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # Dask 2026.8 beside pandas 3.1
def test_readmes_lines_for_dask_work(practice: Any, texts: pd.DataFrame, tmp_path: Path) -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.+?)```", readme, re.DOTALL)
    (lines,) = (block for block in blocks if "dask" in block)
    practice.script([{"reply": '{"score": 4, "reason": "short"}'}])
    dd.from_pandas(texts, npartitions=3).to_parquet(tmp_path / "reviews")
    exec(lines, {})  # noqa: S102 - our own
    found = pd.read_parquet(tmp_path / "rated")
    assert found["score"].tolist() == [4] * 12
    assert len(sent(practice)) == 12


def test_a_frame_of_dask_is_mapped_part_by_part(practice: Any, texts: pd.DataFrame) -> None:
    df = dd.from_pandas(texts, npartitions=3)
    fn = groq_magic.rows("Rate {{text}}", schema=SCHEMA)
    rated = df.map_partitions(fn, meta=fn.meta(df._meta))
    assert rated.columns.tolist() == ["text", "n", "score", "why", "error"]
    assert sent(practice) == []
    found = rated.compute(scheduler="threads")
    pd.testing.assert_series_equal(found.dtypes, rated.dtypes)
    assert found["score"].tolist() == [4] * 12
    assert len(sent(practice)) == 12
    assert rated["score"].sum().compute(scheduler="threads") == 48
    assert len(sent(practice)) == 12


@pytest.mark.nightly  # each process imports Dask; by day another test has a process of its own
def test_processes_share_a_journal(practice: Any, texts: pd.DataFrame, tmp_path: Path) -> None:
    df, path = dd.from_pandas(texts, npartitions=2), tmp_path / "own.sqlite"
    fn = groq_magic.rows("Rate {{text}}", schema=SCHEMA, journal=path)
    rated = df.map_partitions(fn, meta=fn.meta(df._meta))
    for scheduler in ("processes", "threads"):
        found = rated.compute(scheduler=scheduler, num_workers=2)
        assert found["score"].tolist() == [4] * 12
        assert len(sent(practice)) == 12
    assert path.exists()


def test_rows_that_dask_made_up_are_not_sent(practice: Any, texts: pd.DataFrame) -> None:
    df = dd.from_pandas(texts, npartitions=2)
    fn = groq_magic.rows("Rate {{text}}", schema=SCHEMA)
    for rated in (df.map_partitions(fn), df.map_partitions(lambda part: fn(part[part.n > 0]))):
        assert sent(practice) == []
        pd.testing.assert_series_equal(rated.dtypes, fn.meta(df._meta).dtypes)
    practice.forget_requests()
    assert rated.compute(scheduler="threads")["score"].tolist() == [4] * 11


def test_rows_that_only_look_made_up_are_sent(practice: Any) -> None:
    def emulate(data: pd.DataFrame) -> pd.DataFrame:
        return groq_magic.rows("Rate {{text}}", schema=SCHEMA)(data)

    df = dd.from_pandas(pd.DataFrame({"text": ["foo", "foo"]}), npartitions=1)
    assert emulate(df._meta_nonempty)["score"].tolist() == [4, 4]
    assert len(sent(practice)) == 2
