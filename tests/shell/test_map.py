"""`%%groq_map` in a shell: rows in, a frame out, and each wrong use in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest


@pytest.fixture
def mapped(cells: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A shell with data, whose journal is the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    cells.shell.user_ns["df"] = pd.DataFrame(
        {"text": ["good", "bad", "so so"], "n": [1, 2, 3]}, index=["a", "b", "c"]
    )
    return cells


def frame(cells: Any, name: str = "answers") -> pd.DataFrame:
    return cells.shell.user_ns[name]


def test_each_row_is_asked_and_the_answers_are_a_frame(mapped: Any, practice: Any) -> None:
    practice.script([{"match": "good", "pieces": ["yes"]}, {"pieces": ["no"]}])
    mapped.fine("%%groq_map df\nIs {{text}} praise?")
    found = frame(mapped)
    assert found["answer"].tolist() == ["yes", "no", "no"]
    assert found.index.tolist() == ["a", "b", "c"]
    assert found["error"].tolist() == [None, None, None]
    assert found.columns.tolist() == ["text", "n", "answer", "error"]
