"""`%groq_replay auto`: the model is asked; the saved answer comes where it gives none in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import NotebookError, OptionError
from tests.shell.notebook_file import Notebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = "gsk_made_up_for_tests_0123456789"
CELLS = {
    "load": "%load_ext groq_magic",
    "q1": "%%groq\nWhat is a p-value?",
    "fast": "%%groq -m fast --reasoning show\nAnd a mean?",
}
SOON = (
    0.3  # s: less than the 5 of the product, and more than an answer of the practice server takes
)


@pytest.fixture
def notebook(tmp_path: Path) -> Notebook:
    return Notebook(tmp_path / "notebooks" / "lesson.ipynb", CELLS)


@pytest.fixture
def auto(
    served: Callable[..., Any], practice: Any, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Run and save the notebook; then open it with `auto`, with a key or without."""
    monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook.path))
    saved = [{"reply": "Saved one.", "times": 1}, {"reply": "Saved two.", "reasoning": "So."}]
    practice.script(saved)
    notebook.run(served())
    notebook.save()
    practice.script([{"reply": "Live."}])
    practice.forget_requests()

    def opened(*, key: bool = True, patience: float | None = None) -> Any:
        cells = served()
        if not key:
            monkeypatch.delenv("GROQ_API_KEY")
        cells.fine("%config GroqMagics.tries = 1", "load")
        reported = cells.fine("%groq_replay auto", "load").plain
        assert reported == (
            "Replay is on auto: unchanged cells use the 2 saved answers "
            "after 5 s without a first token, or without a key."
        )
        if patience is not None:
            cells.session.stored_answers.patience = patience
        return cells

    return opened


def shown(ran: Any) -> str:
    return str(ran.data["text/html"])


def test_a_model_that_answers_in_time_is_asked(auto: Callable[..., Any]) -> None:
    cells = auto()
    ran = cells.fine(CELLS["q1"], "q1")
    assert ran.plain == "Live."
    assert "saved" not in shown(ran).lower()
    assert cells.reply.source == "service"
    assert cells.fine("%%groq\nSomething new", "new").plain == "Live."


def test_without_a_key_the_saved_answer_comes_and_says_so(
    auto: Callable[..., Any], practice: Any
) -> None:
    cells = auto(key=False)
    ran = cells.fine(CELLS["q1"], "q1")
    assert ran.plain == "Saved one."
    assert "No key: this is the saved answer." in shown(ran)
    assert cells.turns == [("What is a p-value?", "Saved one.")]
    assert practice.requests() == []


@pytest.mark.parametrize("cell", ["q1", "fast"])
def test_where_no_token_comes_in_time_the_saved_answer_does(
    auto: Callable[..., Any], practice: Any, cell: str
) -> None:
    cells = auto(patience=SOON)
    practice.faults("stall-before-headers", models=("stall-before-headers",))
    ran = cells.fine(CELLS[cell], cell)
    assert ran.plain == {"q1": "Saved one.", "fast": "Saved two."}[cell]
    assert "No first token after 0.3 s. This is the saved answer." in shown(ran)
    assert ("So." in shown(ran)) == (cell == "fast")
    assert cells.reply.source == "replay"
    assert ran.record["model"] == cells.reply.model
    # It offers what is above once, as an answer of the model does.
    assert ("%groq_restore" in shown(ran)) == (cell == "fast")
    assert "%groq_restore" not in shown(cells.fine(CELLS["fast"], "fast"))
    # The request that was given up has ended.
    assert practice.requests()[0]["outcome"] != "running"


@pytest.mark.parametrize("fault", ["401", "429", "503", "drop-before-headers"])
def test_where_the_service_refuses_the_saved_answer_comes(
    auto: Callable[..., Any], practice: Any, fault: str
) -> None:
    cells = auto()
    cells.fine("%config GroqMagics.max_wait = 0", "load")
    practice.faults(fault)
    ran = cells.fine(CELLS["q1"], "q1")
    assert ran.plain == "Saved one."
    assert "This is the saved answer." in shown(ran)
    assert KEY not in ran.everything


def test_a_request_that_gave_no_answer_is_logged(
    auto: Callable[..., Any], practice: Any, tmp_path: Path
) -> None:
    log = tmp_path / "groq.jsonl"
    cells = auto()
    cells.fine("%config GroqMagics.max_wait = 0", "load")
    cells.fine(f"%config GroqMagics.log = {str(log)!r}", "load")
    practice.faults("503")
    assert cells.fine(CELLS["q1"], "q1").plain == "Saved one."
    (line,) = log.read_text("utf-8").splitlines()
    assert '"tokens": null' in line


def test_an_answer_that_has_begun_is_never_replaced(
    auto: Callable[..., Any], practice: Any
) -> None:
    cells = auto()
    practice.script([{"pieces": ["Slow ", "but ", "live."]}])
    practice.faults("drop")
    ran = cells.run(CELLS["q1"], "q1")
    assert ran.error is not None
    assert "Saved one." not in ran.everything


@pytest.mark.parametrize("mode", ["auto", "on"])
def test_an_edited_cell_without_a_key_says_so_and_asks_for_none(
    auto: Callable[..., Any], mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = auto(key=False)
    cells.fine(f"%groq_replay {mode}", "load")
    monkeypatch.setattr(cells.session.service, "new_key", lambda: pytest.fail("asked for a key"))
    for source, why in (
        ("%%groq\nWhat is a q-value?", "Its prompt changed"),
        ("%%groq -t 1\nWhat is a p-value?", "Its options changed"),
    ):
        ran = cells.fine(source, "q1")
        error = cells.reply.error
        assert isinstance(error, NotebookError)
        said = f"Edited; no key, so no new answer. {why}: undo that, or run `%groq_key`."
        assert str(error) == said
        assert said.split(".", maxsplit=1)[0] in ran.data["text/html"]
    cells.fine("%%groq\nOf a new cell", "new")
    new = str(cells.reply.error)
    assert new.startswith("New cell; no key, so no answer. `%groq_key` asks for a key; ")
    assert new.endswith("`%groq_practice on` works without a key.")
    assert cells.turns == []


def test_another_word_is_refused(auto: Callable[..., Any]) -> None:
    error = auto().run("%groq_replay maybe", "load").error
    assert isinstance(error, OptionError)
    assert "on, off or auto" in str(error)
