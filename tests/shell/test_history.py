"""%groq_history: what the conversation holds, and which one."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.errors import OptionError

WORDS = ("One", "Two", "Three")


@pytest.fixture
def echoed(cells: Any, practice: Any) -> Any:
    """A shell whose answers are the prompt's first word."""
    practice.script([{"match": f"^{word}", "reply": f"{word}!"} for word in WORDS])
    return cells


def test_history_lists_the_turns(echoed: Any) -> None:
    assert "empty" in echoed.fine("%groq_history").plain
    echoed.fine("%groq One", "a")
    echoed.fine("%groq Two", "b")
    ran = echoed.fine("%groq_history")
    plain = ran.plain
    assert plain.startswith("Conversation main, 2 turns. A prompt is sent with the turns above")
    assert "<b>Turn 2</b>" in ran.data["text/html"]
    assert plain.index("> One") < plain.index("One!") < plain.index("> Two")
    echoed.fine("%groq Three", "a")
    assert "out of date: turn 1 was edited and asked again" in echoed.fine("%groq_history").plain
    assert "empty" in echoed.fine("%groq_history other").plain


def test_history_takes_the_name_as_an_ask_does(echoed: Any) -> None:
    echoed.fine("%groq -c other One", "a")
    echoed.fine("%groq_conversation -c third", "b")
    assert echoed.session.settings.conversation == "third"
    wanted = echoed.fine("%groq_history other").plain
    assert "> One" in wanted
    for form in ("-c other", "--conversation=other", "-c 'other'"):
        assert echoed.fine(f"%groq_history {form}").plain == wanted
    assert "'One'" in echoed.fine("%groq_export -c other 1").plain
    for wrong in ("%groq_history -c other third", "%groq_export -c other"):
        assert isinstance(echoed.run(wrong).error, OptionError)
    assert echoed.session.settings.conversation == "third"


def test_the_error_of_a_magic_without_a_prompt_mentions_none(bare: Any) -> None:
    for wrong in ("%groq_history -x", "%groq_model -x", "%groq_undo -c other", "%groq_export -x"):
        said = str(bare.run(wrong).error)
        assert "option" in said
        assert wrong.split()[0] + "?" in said
        assert "prompt" not in said
    assert "goes after `--`" in str(bare.run("%groq -x").error)


def test_the_error_of_a_cell_magic_does_not_suggest_two_dashes(bare: Any) -> None:
    # There the prompt is the cell's body: `%%groq -- text` is refused.
    assert "`--`" not in str(bare.run("%%groq --temprature 0.3\nhello").error)
    assert "lines below" in str(bare.run("%%groq -- text\nhello").error)


def test_prompts_are_listed_as_typed_and_cells_by_the_numbers_that_they_show(
    cells: Any, practice: Any
) -> None:
    practice.script([{"reply": "Fine."}])
    cells.fine("rows = [[number, 'SENTINEL'] for number in range(40)]", "x")
    cells.fine("%groq What is in {{rows}}?", "a")
    number = cells.shell.execution_count - 1  # the next cell has another
    cells.run("1 / 0", "b")
    cells.fine("%groq_fix --keep", "c")
    listed = cells.fine("%groq_history", "z")
    assert f"Turn 1 · Cell {number} ·" in listed.plain
    assert "> What is in {{rows}}?" in listed.plain
    assert f"Turn 2 · Cell {number + 2} ·" in listed.plain
    assert "> %groq_fix --keep" in listed.plain
    assert "SENTINEL" not in listed.everything
    cells.fine("%groq And {{rows}} again", "a")
    assert f"Turn 1 · Cell {number + 4} ·" in cells.fine("%groq_history", "z").plain
