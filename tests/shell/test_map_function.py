"""`groq_magic.rows` in a shell: it is `groq_magic.map`, with the session's settings."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from groq_magic.errors import GroqMagicError, PromptError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCORE = [{"reply": '{"score": 4, "kind": "b"}'}]


@pytest.fixture
def mapped(cells: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, practice: Any) -> Any:
    """A shell with data, whose journal is the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    practice.script(SCORE)
    data = pd.DataFrame({"text": ["good", "bad", "so so"], "n": [1, 2, 3]}, index=["a", "b", "c"])
    cells.shell.user_ns["df"] = data
    cells.fine(
        "import groq_magic\nKINDS = ['a', 'b']\nclass review:\n    score: int\n    kind: str"
    )
    cells.fine("import dataclasses\nreview = dataclasses.dataclass(review)")
    return cells


@pytest.fixture
def function(mapped: Any) -> Callable[[str], Any]:
    """Make a function in a cell."""

    def make(call: str) -> Any:
        mapped.fine(f"fn = groq_magic.rows({call})")
        return mapped.shell.user_ns["fn"]

    return make


OPTIONS = (
    "schema='score int, kind KINDS'",
    "schema='review'",
    "schema=review, evidence=True, prefix='p_'",
    "model=['fast', 'openai/gpt-oss-120b'], schema='score int'",
    "pack=2, schema='score int', temperature=0.5, seed=3",
    "system='Be strict.'",
)


@pytest.mark.parametrize("options", OPTIONS)
def test_the_function_and_the_magic_have_the_same_keys_in_the_journal(
    options: str, mapped: Any, function: Callable[[str], Any], practice: Any
) -> None:
    if "pack" in options:
        answers = '{"row": 1, "answer": {"score": 1}}, {"row": 2, "answer": {"score": 2}}'
        practice.script([{"match": "Row 2", "reply": f'{{"rows": [{answers}]}}'}, *SCORE])
    mapped.fine(f"found = groq_magic.map('Rate {{{{text}}}}', df, {options})")
    found, count = mapped.shell.user_ns["found"], len(practice.requests())
    fn = function(f"'Rate {{{{text}}}}', {options}")
    pd.testing.assert_frame_equal(fn(mapped.shell.user_ns["df"]), found)
    pd.testing.assert_frame_equal(fn.meta(mapped.shell.user_ns["df"]), found.head(0))
    assert len(practice.requests()) == count


def test_a_function_keeps_the_settings_of_when_it_was_made(
    mapped: Any, function: Callable[[str], Any], practice: Any
) -> None:
    mapped.fine("%config GroqMagics.temperature = 0.7\n%groq_model openai/gpt-oss-20b")
    fn = function("'Rate {{text}}'")
    mapped.fine("%config GroqMagics.temperature = 0.1\n%groq_model openai/gpt-oss-120b")
    fn(mapped.shell.user_ns["df"])
    sent = practice.requests()[0]["body"]
    assert (sent["model"], sent["temperature"]) == ("openai/gpt-oss-20b", 0.7)


def test_the_limits_of_then_and_of_now_both_apply(
    mapped: Any, function: Callable[[str], Any], practice: Any
) -> None:
    mapped.fine("%config GroqMagics.private = ['text']")
    made = function("'Rate {{text}}'")
    mapped.fine("%config GroqMagics.private = ['n']")
    df = mapped.shell.user_ns["df"]
    for fn in (made, function("'Rate {{n}}'")):
        for call in (fn, fn.meta, pickle.loads(pickle.dumps(fn))):  # noqa: S301 - our own
            with pytest.raises(PromptError, match="private"):
                call(df)
    mapped.fine("%config GroqMagics.private = []")
    fn = function("'Rate {{n}}'")
    mapped.fine("%config GroqMagics.rows_sent = 0")
    with pytest.raises(GroqMagicError, match="rows_sent"):
        fn(df)
    assert practice.requests() == []


def test_a_key_that_was_typed_stays_in_its_process(
    mapped: Any, function: Callable[[str], Any], practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GROQ_API_KEY")
    typed = "gsk_typed_into_the_notebook_012345"
    mapped.session.service.new_key(typed)
    fn = function(f"'Rate {{{{text}}}} {typed}'")
    assert b"typed_into" not in pickle.dumps(fn)
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(fn, mapped.shell.user_ns["df"]).result()
    assert found["error"].tolist() == [None] * 3
    assert len(practice.requests()) == 3


def test_a_function_made_in_practice_mode_stays_in_practice_mode(
    mapped: Any, function: Callable[[str], Any], practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_MAGIC_PRACTICE", "unpaced")
    real = function("'Rate {{text}}'")
    mapped.fine("%groq_practice on\n%config GroqMagics.tries = 1")
    made = function("'Rate {{text}}'")
    df = mapped.shell.user_ns["df"]
    there = pickle.loads(pickle.dumps(made))  # noqa: S301 - our own
    none = ["Practice mode: no entry of the script matches."] * 3
    assert there(df)["error"].tolist() == real(df)["error"].tolist() == none
    mapped.fine("%groq_practice off")
    failed = made(df.assign(text="new"))
    assert failed["error"].str.contains("127.0.0.1").all()
    assert practice.requests() == []
