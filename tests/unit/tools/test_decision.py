"""Decisions: only `run`, and `all` with its letters, run anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.tools.decision import Decision, decision_of, new_code

CODE = "bcdf"
RUNS = {"run", f"all {CODE}"}


@pytest.mark.parametrize(
    ("typed", "decision"),
    [
        ("run", Decision("run")),
        ("  run \n", Decision("run")),
        ("edit", Decision("edit")),
        ("no", Decision("no")),
        ("no, use  mean", None),
        ("no use  the mean", Decision("no", "use the mean")),
        (f"all {CODE}", Decision("all")),
        (f"all   {CODE}", Decision("all")),
        ("stop", Decision("stop")),
    ],
)
def test_a_reply_states_a_decision(typed: str, decision: Decision | None) -> None:
    assert decision_of(typed, CODE) == decision


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "\n", "y", "yes", "Run", "RUN", "run it", "run()", "runs", "ru n", "all"),
        *("all bcdg", f"all {CODE} now", CODE, "stop it", "edit this", "df.head()", "run\x00"),
    ],
)
def test_any_other_reply_is_unknown(typed: str) -> None:
    assert decision_of(typed, CODE) is None


def test_edit_is_unknown_unless_offered() -> None:
    assert decision_of("edit", CODE, edits=False) is None


@given(st.text() | st.sampled_from(["run", "all", "run ", "all b", "no run", "run\tno"]))
def test_only_the_two_replies_run_anything(typed: str) -> None:
    decision = decision_of(typed, CODE)
    if decision is not None and decision.runs:
        assert " ".join(typed.split()) in RUNS


def test_each_code_is_new() -> None:
    codes = {new_code() for _ in range(50)}
    assert len(codes) > 40
    assert all(len(code) == 4 and code.isalpha() for code in codes)
