"""The notebook is the conversation: what each ask sees, in the cells' order."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.errors import NotebookError, OptionError, ServiceError
from groq_magic.session.undoing import FORMER_PROMPT_REMEDY


def test_the_second_ask_carries_the_first_turn(echoed: Any, practice: Any) -> None:
    echoed.fine("%%groq\nOne", "a")
    echoed.fine("%%groq\nTwo", "b")
    assert practice.requests()[1]["body"]["messages"] == [
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "One!"},
        {"role": "user", "content": "Two"},
    ]


def test_restart_and_run_all_asks_the_same_in_the_same_order(echoed: Any, seen: Any) -> None:
    for _ in range(2):
        echoed.fine("%%groq\nOne", "a")
        echoed.fine("%%groq\nTwo", "b")
    first, second, *again = seen()
    assert again == [first, second]
    assert echoed.turns == [("One", "One!"), ("Two", "Two!")]


def test_a_cell_run_again_replaces_its_turn_in_place(echoed: Any, seen: Any) -> None:
    for word, cell in (("One", "a"), ("Two", "b"), ("Three", "c")):
        echoed.fine(f"%groq {word}", cell)
    echoed.fine("%groq Four", "b")
    assert [prompt for prompt, _ in echoed.turns] == ["One", "Four", "Three"]
    assert seen()[-1] == ["One", "One!", "Four"]


def test_asks_without_cell_ids_append(echoed: Any) -> None:
    echoed.fine("%groq One")
    echoed.fine("%groq One")
    assert len(echoed.turns) == 2


def test_two_asks_of_a_cell_are_two_turns(echoed: Any, seen: Any) -> None:
    for _ in range(2):
        echoed.fine("%groq One\n%groq Two", "a")
    assert [prompt for prompt, _ in echoed.turns] == ["One", "Two"]
    assert seen() == [["One"], ["One", "One!", "Two"]] * 2


def test_a_turn_that_its_cell_no_longer_asks_is_removed(echoed: Any) -> None:
    echoed.fine("%groq One\n%groq Two", "a")
    echoed.fine("%groq One", "a")
    assert [prompt for prompt, _ in echoed.turns] == ["One"]


def test_a_named_conversation_is_apart(echoed: Any, seen: Any) -> None:
    echoed.fine("%groq One", "a")
    echoed.fine("%groq -c other Two", "b")
    echoed.fine("%groq -c other Three", "c")
    assert seen()[1:] == [["Two"], ["Two", "Two!", "Three"]]
    assert [prompt for prompt, _ in echoed.turns] == ["One"]
    echoed.fine("%groq_conversation other", "d")
    assert [prompt for prompt, _ in echoed.turns] == ["Two", "Three"]
    echoed.fine("%groq Four", "e")
    assert seen()[-1][-1:] == ["Four"]
    assert len(seen()[-1]) == 5


def test_a_cell_that_names_another_conversation_moves_its_turn(echoed: Any) -> None:
    echoed.fine("%groq One", "a")
    echoed.fine("%groq -c other One", "a")
    assert echoed.turns == []


def test_once_neither_reads_nor_writes(echoed: Any, seen: Any) -> None:
    echoed.fine("%groq One", "a")
    ran = echoed.fine("%groq --once Two", "b")
    assert seen()[-1] == ["Two"]
    assert [prompt for prompt, _ in echoed.turns] == ["One"]
    assert ran.record["once"] is True
    echoed.fine("%groq --once Two", "a")
    assert echoed.turns == []


def test_undo_takes_back_turn_by_turn_and_says_what(echoed: Any) -> None:
    echoed.fine("%groq One", "a")
    echoed.fine("%groq Two", "b")
    echoed.fine("%groq Three", "b")
    undone = [output["data"]["text/plain"] for output in echoed.fine("%groq_undo").outputs]
    assert undone == [
        "Undone: turn 2, “Two”, has its former answer back.",
        f"The answer belongs to the cell's former prompt, “Two”. {FORMER_PROMPT_REMEDY}",
        "The cell doesn't show that answer. Here it is:",
        "Two!",
    ]
    assert [prompt for prompt, _ in echoed.turns] == ["One", "Two"]
    assert echoed.fine("%groq_undo").plain == "Undone: turn 2, “Two”, is removed."
    echoed.fine("%groq_undo")
    assert echoed.turns == []
    assert isinstance(echoed.run("%groq_undo").error, NotebookError)


def test_reset_keeps_the_system_prompt_and_can_be_undone(echoed: Any, practice: Any) -> None:
    echoed.fine("%groq_system Be brief")
    echoed.fine("%groq One", "a")
    echoed.fine("%groq Two", "b")
    assert "2 turns" in echoed.fine("%groq_reset").plain
    assert echoed.turns == []
    echoed.fine("%groq Three", "c")
    assert practice.requests()[-1]["body"]["messages"] == [
        {"role": "system", "content": "Be brief"},
        {"role": "user", "content": "Three"},
    ]
    echoed.fine("%groq_undo")
    echoed.fine("%groq_undo")
    assert [prompt for prompt, _ in echoed.turns] == ["One", "Two"]
    echoed.fine("%groq_reset")
    assert "empty already" in echoed.fine("%groq_reset").plain


def test_a_turn_changed_above_marks_those_below_as_stale(echoed: Any) -> None:
    session = echoed.session
    for word, cell in (("One", "a"), ("Two", "b")):
        echoed.fine(f"%groq {word}", cell)
    first, second = session.conversations.get("main").turns
    assert (session.conversations.stale(first), session.conversations.stale(second)) == (None, None)
    echoed.fine("%groq Three", "a")
    stale = session.bars._facts[False, "groq-turn-b-1"][0].stale
    assert stale == (
        "“Three” (cell 5), above this answer, has been edited and asked again. "
        "Run this cell again to bring the answer up to date."
    )
    echoed.fine("%groq Two", "b")
    assert session.bars._facts[False, "groq-turn-b-1"][0].stale == ""


def test_the_answer_of_a_removed_turn_is_marked(echoed: Any) -> None:
    echoed.fine("%groq One", "a")
    echoed.fine("%groq_reset")
    facts, _ = echoed.session.bars._facts[False, "groq-turn-a-1"]
    assert facts.stale == "This answer is no longer part of the conversation."


def test_an_answer_that_was_asked_again_in_another_cell_names_that_cell(echoed: Any) -> None:
    def marks() -> list[str]:
        return [facts.stale for facts, _ in echoed.session.bars._facts.values()]

    echoed.fine("%groq One", "a")
    echoed.fine("%groq_retry", "b")
    again = "This was asked again in cell {}. The conversation has that answer, not this one."
    assert marks() == [again.format(4), ""]
    echoed.fine("%groq_retry", "c")
    assert marks() == [again.format(5), again.format(5), ""]
    echoed.fine("%groq_undo", "z")
    gone = "This answer is no longer part of the conversation."
    assert marks() == [again.format(4), "", gone]
    echoed.fine("%groq_reset", "z")
    assert marks() == [gone] * 3


def test_what_undo_quotes_is_short_and_has_no_secret(echoed: Any, key: str) -> None:
    echoed.fine(f"%groq --raw One {key} {'and more ' * 40}", "a")
    said = echoed.fine("%groq_undo").plain
    assert said.startswith("Undone: turn 1, “One [key] and more")
    assert said.endswith("…”, is removed.")
    assert len(said) < 100


def test_an_answer_whose_turn_was_taken_back_says_so_on_its_own_bar(echoed: Any) -> None:
    echoed.fine("%groq One", "a")
    echoed.fine("%groq Two", "a")
    echoed.fine("%groq_undo")
    facts, _ = echoed.session.bars._facts[False, "groq-turn-a-1"]
    assert echoed.turns == [("One", "One!")]
    assert facts.stale == "The conversation has the cell's former answer, not this one."


def test_retry_takes_the_turns_place(echoed: Any, seen: Any) -> None:
    echoed.fine("%groq One", "a")
    echoed.fine("%%groq -s 'Be brief'\nTwo", "b")
    ran = echoed.fine("%groq_retry -t 0.5", "c")
    assert seen()[-1] == seen()[-2] == ["One", "One!", "Two"]
    assert [prompt for prompt, _ in echoed.turns] == ["One", "Two"]
    assert ran.record["replaces"] == {"cell": "b", "ask": 1}
    assert ran.record["cell"] == "c"
    assert ran.record["prompt"] == "Two"
    assert ran.record["options"] == {
        "system": "Be brief",
        "temperature": 0.5,
        "conversation": "main",
    }
    echoed.fine("%groq_retry", "c")
    assert len(echoed.turns) == 2


def test_retry_asks_a_failed_ask_again(echoed: Any, practice: Any) -> None:
    echoed.fine("%groq One", "a")
    practice.faults("500")
    assert isinstance(echoed.run("%groq Two", "b").error, ServiceError)
    echoed.fine("%groq_retry", "c")
    assert [prompt for prompt, _ in echoed.turns] == ["One", "Two"]
    echoed.fine("%groq Three", "b")
    assert [prompt for prompt, _ in echoed.turns] == ["One", "Three"]


def test_retry_asks_a_prompt_again_whose_variable_was_refused(echoed: Any) -> None:
    echoed.fine("%groq One", "a")
    echoed.fine("import json")
    assert isinstance(echoed.run("%groq -o json Two", "b").error, OptionError)
    echoed.fine("%groq_retry -o found", "c")
    assert [prompt for prompt, _ in echoed.turns] == ["One", "Two"]
    assert echoed.shell.user_ns["found"].text == "Two!"


def test_retry_with_nothing_asked_yet_is_one_line(echoed: Any, practice: Any) -> None:
    ran = echoed.run("%groq_retry")
    assert isinstance(ran.error, NotebookError)
    assert practice.requests() == []


def test_a_retry_with_once_keeps_the_turn(echoed: Any) -> None:
    echoed.fine("%groq One", "a")
    echoed.fine("%groq_retry --once", "b")
    assert [prompt for prompt, _ in echoed.turns] == ["One"]


def test_a_first_run_that_fails_speaks_of_no_earlier_answer(echoed: Any, practice: Any) -> None:
    practice.faults("500")
    assert "earlier answer" not in echoed.run("%groq Two", "a").text


def test_a_rerun_that_is_stopped_replaces_and_undo_brings_the_old_back(
    echoed: Any, practice: Any
) -> None:
    echoed.fine("%groq One", "a")
    practice.script([{"pieces": ["half ", "of ", "it ", "all"]}])
    practice.faults("drop:after=2")
    assert echoed.run("%groq Two", "a").error is not None
    assert echoed.turns == [("Two", "half of ")]
    practice.script([{"pieces": ["pong"]}])
    echoed.fine("%groq Three", "b")
    assert practice.requests()[-1]["body"]["messages"][1]["content"] == "half of "
    echoed.fine("%groq_undo")
    echoed.fine("%groq_undo")
    assert echoed.turns == [("One", "One!")]


def test_turns_that_do_not_fit_are_left_out_with_a_notice(
    served: Any, practice_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = served()
    monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")
    server = practice_factory(tokens_per_minute=1000)
    monkeypatch.setenv("GROQ_BASE_URL", server.url)
    server.script([{"pieces": ["long " * 130]}])
    for cell in "abc":
        ran = cells.fine(f"%groq Question {cell}?", cell)
        monkeypatch.setattr(cells.session.estimate, "per_byte", 0.25)
    sizes = [len(record["body"]["messages"]) for record in server.requests()]
    assert sizes == [1, 3, 5]
    ran = cells.fine("%groq Last?", "d")
    assert len(server.requests()[-1]["body"]["messages"]) == 5
    assert "turns 2–3 of 3 sent" in ran.data["text/html"]
    assert len(cells.turns) == 4


def test_a_prompt_beyond_the_window_is_refused_unsent(
    echoed: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(echoed.session.estimate, "per_byte", 50.0)
    ran = echoed.run("%%groq\n" + "word " * 2_000, "a")
    assert "window" in ran.text
    assert len(ran.text.strip().splitlines()) == 1
    assert practice.requests() == []


def test_retry_asks_a_prompt_that_was_not_sent_for_lack_of_a_key(
    echoed: Any, monkeypatch: pytest.MonkeyPatch, key: Any, seen: Any
) -> None:
    echoed.fine("%groq One", "a")
    monkeypatch.delenv("GROQ_API_KEY")
    assert echoed.run("%groq Two", "b").error is not None
    monkeypatch.setenv("GROQ_API_KEY", key)
    echoed.fine("%groq_retry", "c")
    assert [prompt for prompt, _ in echoed.turns] == ["One", "Two"]
    assert len(seen()) == 2


def test_a_rerun_that_fails_before_any_text_keeps_the_old_turn_and_says_so(
    echoed: Any, practice: Any
) -> None:
    echoed.fine("%groq One", "a")
    practice.faults("500")
    ran = echoed.run("%groq Two", "a")
    assert echoed.turns == [("One", "One!")]
    assert "earlier answer stays" in ran.text
    assert len(ran.text.strip().splitlines()) == 1


def test_practice_turns_never_mix_with_real_ones(echoed: Any) -> None:
    echoed.fine("%groq One", "a")
    echoed.fine("%groq_practice on")
    ran = echoed.fine("%groq Two", "b")
    assert ran.plain.startswith("Practice mode: no model is here")
    assert ran.record["practice"] is True
    assert [prompt for prompt, _ in echoed.turns] == ["Two"]
    assert "What was sent: 1 message," in ran.plain
    echoed.fine("%groq_practice off")
    assert [prompt for prompt, _ in echoed.turns] == ["One"]


@pytest.mark.parametrize("magic", ["%groq_undo", "%groq_reset"])
def test_undo_and_reset_take_no_name(echoed: Any, magic: str) -> None:
    echoed.fine("%groq One", "a")
    error = echoed.run(f"{magic} physics").error
    assert isinstance(error, OptionError)
    assert "%groq_conversation" in str(error)
    assert [prompt for prompt, _ in echoed.turns] == ["One"]


@pytest.mark.parametrize("text", ["--help", "--x", "-h", "-- text", "--- rule", "—help", "-v x"])
def test_text_that_begins_like_an_option_is_no_system_prompt(cells: Any, text: str) -> None:
    cells.fine("%groq_system Be terse.")
    ran = cells.run(f"%groq_system {text}")
    assert isinstance(ran.error, OptionError)
    assert (
        "`%groq_system?` shows help; write text that begins like this below `%%groq_system`."
        in ran.text
    )
    assert cells.session.settings.system == "Be terse."
    cells.fine(f"%%groq_system\n{text}")
    assert cells.session.settings.system == text


@pytest.mark.parametrize(
    "text", ["- be terse", "Don’t — ever — “quote”", "-1 is a number", "off --x"]
)
def test_other_text_is_a_system_prompt(cells: Any, text: str) -> None:
    cells.fine(f"%groq_system {text}")
    assert cells.session.settings.system == text


def test_a_question_mark_shows_help_and_sets_nothing(cells: Any) -> None:
    cells.fine("%groq_system?")
    assert cells.session.settings.system == ""


@pytest.mark.parametrize(
    "line",
    [
        "%groq_conversation --help",
        "%groq_history --x",
        "%groq_model --help",
        "%groq_fix --x",
        "%groq_explain --x",
        "%%groq_code --x\nhi",
        "%%groq_system --x\nhi",
        "%groq_replay --x",
        "%groq_cache --x",
        "%groq_practice --x",
        "%groq_help --x",
        "%groq_key --x",
        "%groq_export --x",
        "%groq_undo --x",
    ],
)
def test_no_magic_takes_an_unknown_option_for_text(cells: Any, line: str, practice: Any) -> None:
    assert isinstance(cells.run(line).error, OptionError)
    assert practice.requests() == []
    assert cells.session.settings.conversation == "main"
