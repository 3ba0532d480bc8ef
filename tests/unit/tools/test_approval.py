"""Approval: only the words that were asked for run anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.tools.approval import Approval, approval_of, new_code

CODE = "bcdf"
RUNS = {"run", f"all {CODE}"}


@pytest.mark.parametrize(
    ("typed", "approval"),
    [
        ("run", Approval("run")),
        ("  run \n", Approval("run")),
        ("edit", Approval("edit")),
        ("no", Approval("no")),
        ("no, use  mean", None),
        ("no use  the mean", Approval("no", "use the mean")),
        (f"all {CODE}", Approval("all")),
        (f"all   {CODE}", Approval("all")),
        ("stop", Approval("stop")),
    ],
)
def test_each_word_is_its_decision(typed: str, approval: Approval | None) -> None:
    assert approval_of(typed, CODE) == approval


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "\n", "y", "yes", "Run", "RUN", "run it", "run()", "runs", "ru n", "all"),
        *("all bcdg", f"all {CODE} now", CODE, "stop it", "edit this", "df.head()", "run\x00"),
    ],
)
def test_anything_else_is_asked_again(typed: str) -> None:
    assert approval_of(typed, CODE) is None


def test_edit_is_no_decision_where_it_is_not_offered() -> None:
    assert approval_of("edit", CODE, edits=False) is None


@given(st.text() | st.sampled_from(["run", "all", "run ", "all b", "no run", "run\tno"]))
def test_nothing_but_the_two_words_runs_anything(typed: str) -> None:
    approval = approval_of(typed, CODE)
    if approval is not None and approval.runs:
        assert " ".join(typed.split()) in RUNS


def test_a_code_is_another_one_each_time() -> None:
    codes = {new_code() for _ in range(50)}
    assert len(codes) > 40
    assert all(len(code) == 4 and code.isalpha() for code in codes)
