"""Replay between practice mode and a model: the saved answer comes, as what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.shell.notebook_file import Notebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PROMPT = "What is a p-value? Two sentences, for someone who has never had statistics."
KEY = "gsk_made_up_for_tests_0123456789"
NO_MODEL = "Practice mode: no model is here"
OF_PRACTICE = (
    "Saved in practice mode: no model wrote this answer, and later prompts are sent without it."
)
CELLS = {
    "load": "%load_ext groq_magic",
    "scripted": f"%%groq\n{PROMPT}",
    "unscripted": "%%groq\nSomething of my own",
    "fails": "1 / 0",
    "fix": "%groq_fix",
}


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")
    return Notebook(tmp_path / "notebooks" / "lesson.ipynb", CELLS)


@pytest.fixture
def opened(
    shell_factory: Callable[..., Any],
    practice: Any,
    notebook: Notebook,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Make shells: in practice mode, with a key, or with neither."""

    def make(*, practises: bool = False, key: bool = False, replay: str = "") -> Any:
        cells = shell_factory(load=False, tries=1)
        monkeypatch.setenv("GROQ_BASE_URL", practice.url)
        monkeypatch.setenv("JPY_SESSION_NAME", str(notebook.path))
        for name in ("GROQ_MAGIC_PRACTICE", "GROQ_API_KEY"):
            monkeypatch.delenv(name, raising=False)
        if practises:
            monkeypatch.setenv("GROQ_MAGIC_PRACTICE", "unpaced")
        if key:
            monkeypatch.setenv("GROQ_API_KEY", KEY)
        cells.fine("%load_ext groq_magic", "load")
        if replay:
            cells.fine(f"%groq_replay {replay}", "load")
        return cells

    return make


@pytest.fixture
def handed_out(notebook: Notebook, opened: Callable[..., Any], practice: Any) -> Notebook:
    """A notebook that a teacher without a key ran in practice mode, and saved."""
    cells = opened(practises=True)
    for name, source in CELLS.items():
        if name != "load":
            notebook.outputs[name] = cells.run(source, name).outputs
    notebook.save()
    practice.forget_requests()
    return notebook


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("replay", ["on", "auto"])
def test_practice_answers_are_replayed_outside_of_practice_mode(
    handed_out: Notebook, opened: Callable[..., Any], practice: Any, *, replay: str, ids: bool
) -> None:
    cells = opened(replay=replay)
    cells.run(CELLS["fails"], "fails")
    for name in ("scripted", "unscripted", "fix"):
        ran = cells.fine(CELLS[name], name if ids else None)
        html = ran.data["text/html"]
        assert ran.plain == handed_out.outputs[name][0]["data"]["text/plain"]
        assert OF_PRACTICE in html
        assert ("No key: this is the saved answer." in html) == (replay == "auto")
        # A saved notebook keeps what the answer is.
        assert ran.record["practice"] is True
    assert practice.requests() == []
    assert {entry.practice for entry in cells.session.ledger.entries} == {True}


def test_replayed_practice_turns_are_not_sent_to_a_model(
    handed_out: Notebook, opened: Callable[..., Any], practice: Any
) -> None:
    assert handed_out.outputs
    cells = opened(key=True, replay="on")
    for name in ("scripted", "unscripted"):
        cells.fine(CELLS[name], name)
    assert practice.requests() == cells.turns == []
    cells.fine("%%groq\nEdited", "unscripted")
    (request,) = practice.requests()
    assert [message["content"] for message in request["body"]["messages"]] == ["Edited"]
    # In practice mode they are the conversation.
    cells.fine("%groq_practice on", "load")
    assert [prompt for prompt, _ in cells.turns] == [PROMPT, "Something of my own"]


def test_replay_auto_uses_a_practice_answer_where_the_model_fails(
    handed_out: Notebook, opened: Callable[..., Any], practice: Any
) -> None:
    assert handed_out.outputs
    cells = opened(key=True, replay="auto")
    practice.faults("401")
    ran = cells.fine(CELLS["scripted"], "scripted")
    assert "**p-value**" in ran.plain
    assert OF_PRACTICE in ran.data["text/html"]
    assert ran.record["practice"] is True
    assert cells.turns == []
    # The next one is the model's.
    cells.fine(CELLS["unscripted"], "unscripted")
    assert [prompt for prompt, _ in cells.turns] == ["Something of my own"]


@pytest.mark.parametrize("replay", ["on", "auto"])
def test_a_cell_that_asks_fewer_prompts_loses_its_replayed_turn(
    notebook: Notebook, opened: Callable[..., Any], practice: Any, replay: str
) -> None:
    notebook.cells = {"load": CELLS["load"], "two": "%groq One\n%groq Two"}
    notebook.run(opened(practises=True))
    notebook.save()
    cells = opened(key=True, replay=replay)
    # With `auto` the model is asked first.
    practice.faults("401", "401", "401")
    cells.fine("%groq One\n%groq Two", "two")
    cells.fine("%groq One", "two")
    turns = cells.session.conversations.get("main", True).turns
    assert [turn.prompt for turn in turns] == ["One"]


@pytest.mark.parametrize("replay", ["on", "auto"])
def test_model_answers_are_replayed_in_practice_mode(
    notebook: Notebook, opened: Callable[..., Any], practice: Any, replay: str
) -> None:
    practice.script([{"reply": "A model's."}])
    notebook.run(opened(key=True), ("scripted", "unscripted"))
    notebook.save()
    cells = opened(practises=True, replay=replay)
    ran = cells.fine(CELLS["unscripted"], "unscripted")
    html = ran.data["text/html"]
    assert ran.plain == "A model's."
    assert ("Practice mode: this is the saved answer." in html) == (replay == "auto")
    assert "practice" not in ran.record
    # It is no part of practice mode's conversation.
    assert cells.turns == []


@pytest.mark.parametrize("replay", ["on", "auto"])
def test_an_edited_cell_in_practice_mode_is_answered_by_it_and_no_model_is_named(
    handed_out: Notebook, opened: Callable[..., Any], replay: str
) -> None:
    assert handed_out.outputs
    cells = opened(practises=True, replay=replay)
    assert OF_PRACTICE not in cells.fine(CELLS["scripted"], "scripted").data["text/html"]
    html = cells.fine("%%groq\nEdited", "unscripted").data["text/html"]
    assert "No saved answer: its prompt changed. Practice mode answered." in html
    assert NO_MODEL in html
    html = cells.fine("%%groq\nNew", "new").data["text/html"]
    said = (
        "this cell is new or its answer was not saved. Practice mode answered. "
        "Save the notebook to keep the answer."
    )
    assert said.replace("'", "&#x27;") in html
