"""Replay of the code assistant: its answers come again while their cells are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import NotebookError
from tests.shell.notebook_file import code_cell, write_notebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOWHERE = "http://127.0.0.1:9"  # the port of nothing
FAILING = "total = 0\nshare = 1 / total"
CELLS = {
    "load": "%load_ext groq_magic",
    "on": "1",
    "function": "def amount(text):\n    return float(text)",
    "fails": FAILING,
    "fix": "%groq_fix why is it zero?",
    "explain": "%groq_explain amount --level beginner",
    "cell": "%groq_explain 4",
    "code": "%%groq_code --keep\nA list of the first three primes",
    "sql": "%%groq_code sql --session\nAll names",
}
FIXED = "It divided by zero.\n\n```python\ntotal = 1\nshare = 1 / total\n```"
REPLIES = {
    "fix": FIXED,
    "explain": "It reads a number.",
    "cell": "It divides.",
    "code": "The primes.\n\n```python\nprimes = [2, 3, 5]\n```",
    "sql": "```sql\nSELECT name FROM people\n```",
}


@pytest.fixture
def lesson(
    served: Callable[..., Any],
    practice: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Run the notebook with a key and save it; open it without one, up to its answers."""
    monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")
    path = tmp_path / "notebooks" / "lesson.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    practice.script([{"reply": reply, "times": 1} for reply in REPLIES.values()])
    first = served()
    outputs = {n: first.run(s, n).outputs for n, s in CELLS.items() if n != "load"}
    cells = [code_cell(n, s, outputs.get(n, ()), at) for at, (n, s) in enumerate(CELLS.items(), 1)]
    write_notebook(path, cells)
    practice.forget_requests()

    def opened(changed: dict[str, str] | None = None, replay: str = "on") -> Any:
        again = served()
        monkeypatch.delenv("GROQ_API_KEY")
        monkeypatch.setenv("GROQ_BASE_URL", NOWHERE)
        again.fine(f"%groq_replay {replay}", "on")
        for name in ("function", "fails"):
            again.run({**CELLS, **(changed or {})}[name], name)
        return again

    opened.outputs = outputs  # type: ignore[attr-defined]  # what was saved
    return opened


@pytest.mark.parametrize("replay", ["on", "auto", "on lesson.ipynb"])
@pytest.mark.parametrize("with_ids", [True, False])
def test_what_the_assistant_answered_is_given_again(
    lesson: Any, practice: Any, replay: str, *, with_ids: bool
) -> None:
    cells = lesson(replay=replay)
    for name, reply in REPLIES.items():
        ran = cells.fine(CELLS[name], name if with_ids else None)
        assert ran.plain == reply
        if replay == "on" and with_ids:
            assert ran.outputs == lesson.outputs[name]
    assert cells.turns == [("A list of the first three primes", REPLIES["code"])]
    assert practice.requests() == []


def test_a_fix_of_another_cell_is_not_given(lesson: Any) -> None:
    cells = lesson({"fails": "share = 1 / 0"})
    cells.fine(CELLS["fix"], "fix")
    error = cells.reply.error
    assert isinstance(error, NotebookError)
    assert str(error).startswith("Edited; no key, so no new answer.")


def test_an_explanation_of_another_function_is_not_given(lesson: Any) -> None:
    cells = lesson({"function": "def amount(text):\n    return 1"})
    cells.fine(CELLS["explain"], "explain")
    error = cells.reply.error
    assert str(error).startswith("Edited; no key, so no new answer.")


@pytest.mark.parametrize(
    "source", ["%%groq_code --session\nAll names", "%%groq_code sql\nAll names"]
)
def test_another_language_and_other_names_make_it_another_ask(lesson: Any, source: str) -> None:
    cells = lesson()
    cells.fine(source, "sql")
    error = cells.reply.error
    assert str(error).startswith("Edited; no key, so no new answer.")


def test_the_code_that_was_kept_is_restored(lesson: Any) -> None:
    cells = lesson()
    assert cells.fine("%groq_restore", "below").plain == "1 turn restored."
    assert cells.turns == [("A list of the first three primes", REPLIES["code"])]
