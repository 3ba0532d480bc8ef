"""`%groq_fix`: the request for typical errors, and the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import lxml.html

from groq_magic.errors import (
    InterruptedAskError,
    NotebookError,
    RateLimitError,
    RequestError,
)
from tests.shell.notebook_file import code_cell, write_notebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def test_an_answer_puts_the_fixed_cell_next_and_shows_the_change(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "The name was wrong.\n\n```python\nran = 1\nran\n```\nDone."}])
    cells.run("nar = 1\nran")
    ran = cells.fine("%groq_fix", "cell-f")
    assert cells.shell.rl_next_input == "ran = 1\nran"
    html = ran.data["text/html"]
    root = lxml.html.fromstring(html)
    changed = [(node.tag, node.text_content()) for node in root.xpath("//del | //ins")]
    assert changed == [("del", "- nar = 1\n"), ("ins", "+ ran = 1\n")]
    assert "The name was wrong." in html
    assert ran.plain == cells.reply.text
    assert "ran" not in cells.shell.user_ns


def test_the_reason_why_no_cell_is_added_stands_first_in_the_answer(
    cells: Any, practice: Any
) -> None:
    reply = "Look at the columns.\n\n```python\ndf.columns\n```"
    practice.script([{"reply": reply}])
    cells.run("a = 1\nb = 2\nc = a + nosuch\nprint(c)")
    cells.shell.rl_next_input = None
    ran = cells.fine("%groq_fix", "cell-f")
    assert cells.shell.rl_next_input is None
    reason = "No cell added: the answer has none of the cell&#x27;s 4 lines."
    html = ran.data["text/html"]
    first = html.partition('<div class="groq-warning"')[2]
    assert first.partition(">")[2].startswith(f"{reason}</div>")
    assert html.index('"groq-warning"') < html.index('"groq-text"')
    assert "groq-diff" not in html
    assert ran.plain == reply


def test_a_changed_line_goes_into_the_whole_cell(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "Use `a`:\n\n```python\nprint(a + b)\n```"}])
    cells.run("a = 1\nb = 2\nprint(aa + b)\nc = 3")
    ran = cells.fine("%groq_fix", "cell-f")
    assert cells.shell.rl_next_input == "a = 1\nb = 2\nprint(a + b)\nc = 3"
    assert "1 line removed, 1 added" in ran.data["text/html"]


def test_remarks_on_the_fixed_cell_stand_above_its_change(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "```python\n!pip install x\na = 1\nprint(a)\n```"}])
    cells.run("%%time\na = 1\nprint(aa)")
    html = cells.fine("%groq_fix", "cell-f").data["text/html"]
    lost = html.index('<div class="groq-change-remark"><code>%%time</code> is left out.</div>')
    added = html.index("Adds an install line: <code>!pip install x</code>.")
    assert html.index("groq-change-head") < lost < added < html.index("<pre")


def test_syntax_that_the_user_s_own_transformer_knows_is_python(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "```python\nx = ¡hello!\nprint(x)\n```"}])
    cells.run("x = ¡hallo!\nprint(y)")
    refused = cells.fine("%groq_fix", "cell-f")
    assert "its code is not valid Python" in refused.data["text/html"]

    def quoted(lines: list[str]) -> list[str]:
        return [line.replace("¡", "'").replace("!", "'") for line in lines]

    cells.shell.input_transformers_cleanup.append(quoted)
    cells.fine("%groq_fix", "cell-g")
    cells.shell.input_transformers_cleanup.remove(quoted)
    assert cells.shell.rl_next_input == "x = ¡hello!\nprint(x)"


def test_the_notebook_keeps_the_typed_line_of_a_fix_and_no_value(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "```python\nx = 1\n```"}])
    cells.run("confidential = 'Ann, 31, Oslo'\nconfidential.nosuch")
    ran = cells.fine("%groq_fix quickly", "cell-f")
    assert ran.record["prompt"] == "%groq_fix quickly"
    assert ran.record["included"] == ["cell 2", "its error", "confidential"]
    assert ran.record["system"] is None
    assert ran.record["once"] is True
    assert ran.record["options"] == {"temperature": 0.2, "once": True}
    assert "Ann, 31" not in str(ran.record)
    assert "confidential (" in ran.data["text/html"]


def test_a_removed_key_is_not_inserted_into_the_next_cell(
    cells: Any, practice: Any, key: str
) -> None:
    practice.script([{"reply": "```python\nconnect('[key]')\n```"}])
    cells.run(f"connekt('{key}')")
    ran = cells.fine("%groq_fix", "cell-f")
    assert not getattr(cells.shell, "rl_next_input", None)
    assert "where a key was not sent" in ran.data["text/html"]


def test_a_fix_stays_out_of_the_conversation_unless_it_is_kept(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "```python\nx = 2\n```"}])
    cells.run("1 / 0")
    cells.fine("%groq_fix", "cell-a")
    assert cells.turns == []
    cells.fine("%groq_fix --keep", "cell-b")
    ((prompt, answer),) = cells.turns
    assert "ZeroDivisionError" in prompt
    assert answer == "```python\nx = 2\n```"


def test_the_session_prompt_is_not_sent_and_one_of_this_ask_is(
    cells: Any, prompt_of: Callable[..., str], practice: Any
) -> None:
    cells.fine("%groq_system Talk like a pirate.")
    cells.run("1 / 0")
    prompt_of("%groq_fix -s 'Explain in French.'")
    system = practice.requests()[-1]["body"]["messages"][0]["content"]
    assert system.startswith("You fix cells")
    assert system.endswith("\n\nExplain in French.")
    assert "pirate" not in system


def test_temperature_is_low_unless_it_is_given(
    cells: Any, prompt_of: Callable[..., str], practice: Any
) -> None:
    cells.fine("%config GroqMagics.temperature = 1.5")
    cells.run("1 / 0")
    prompt_of()
    assert practice.requests()[-1]["body"]["temperature"] == 0.2
    prompt_of("%groq_fix -t 0.9")
    assert practice.requests()[-1]["body"]["temperature"] == 0.9


def test_retry_fixes_again_and_inserts_the_cell_again(cells: Any, practice: Any) -> None:
    practice.script(
        [{"reply": "```python\nx = 1\n```", "times": 1}, {"reply": "```python\nx = 2\n```"}]
    )
    cells.run("x = ")
    cells.fine("%groq_fix", "cell-f")
    cells.fine("%groq_retry -t 1", "cell-g")
    assert cells.shell.rl_next_input == "x = 2"
    assert practice.requests()[-1]["body"]["temperature"] == 1


def test_a_dry_run_shows_the_request_and_sends_nothing(cells: Any, practice: Any) -> None:
    cells.run("1 / 0")
    ran = cells.fine("%groq_fix --dry-run")
    assert "ZeroDivisionError" in ran.plain
    assert practice.requests() == []


def test_no_failure_is_one_line(cells: Any, practice: Any) -> None:
    ran = cells.run("%groq_fix")
    assert isinstance(ran.error, NotebookError)
    assert str(ran.error).startswith("No cell of this session has failed.")
    assert practice.requests() == []


def test_a_failed_ask_does_not_hide_the_error_it_was_about(
    cells: Any, prompt_of: Callable[..., str], practice: Any
) -> None:
    cells.run("1 / 0")
    practice.faults("400")
    assert isinstance(cells.run("%groq_fix").error, RequestError)
    assert "ZeroDivisionError" in prompt_of()
    practice.faults("429:retry-after=9999")
    assert isinstance(cells.run("%groq Hello").error, RateLimitError)
    assert "ZeroDivisionError" in prompt_of()


def test_an_error_from_before_the_extension_was_loaded_is_found(
    served: Callable[..., Any], practice: Any
) -> None:
    cells = served()
    cells.fine("%unload_ext groq_magic")
    cells.run("early = 1\nearly / 0")
    cells.fine("%load_ext groq_magic")
    cells.fine("%groq_fix")
    prompt = practice.requests()[-1]["body"]["messages"][-1]["content"]
    assert "\nearly = 1\nearly / 0\n" in prompt
    assert "ZeroDivisionError" in prompt
    assert "`early`, which the failing line names" in prompt


def test_a_number_fixes_that_cell(cells: Any, prompt_of: Callable[..., str]) -> None:
    cells.run("old = 1\nold.nosuch")
    cells.run("1 / 0")
    prompt = prompt_of("%groq_fix 2")
    assert "Cell 2:" in prompt
    assert "AttributeError: 'int' object has no attribute 'nosuch'" in prompt
    assert "ZeroDivisionError" not in prompt
    assert "\x1b" not in prompt


def test_a_cell_that_did_not_fail_needs_words(cells: Any, prompt_of: Callable[..., str]) -> None:
    cells.fine("total = 1 + 1")
    ran = cells.run("%groq_fix 2")
    assert str(ran.error).startswith("Cell 2 did not fail.")
    prompt = prompt_of("%groq_fix 2 it should be three")
    assert "It raises no error." in prompt
    assert "My note: it should be three" in prompt


def test_a_number_of_no_cell_is_refused(cells: Any) -> None:
    assert str(cells.run("%groq_fix 99").error).startswith("There is no cell 99")
    assert str(cells.run("%groq_fix 0").error).startswith("There is no cell 0")


def test_the_last_failure_is_the_last_one_whatever_kind(
    cells: Any, prompt_of: Callable[..., str]
) -> None:
    cells.run("1 / 0")
    cells.run("!exit 4")
    assert "ended with exit code 4" in prompt_of()
    cells.fine("!true")
    assert "ended with exit code 4" in prompt_of()
    cells.run("[][0]")
    assert "IndexError" in prompt_of()


def test_an_old_exit_code_is_no_failure_of_a_later_cell(
    cells: Any, prompt_of: Callable[..., str]
) -> None:
    cells.run("!exit 4")
    cells.fine("fine = '''\n no shell line'''")
    assert "Cell 2:" in prompt_of()


def test_a_terminal_shows_the_change_below_the_answer(terminal: Any, practice: Any) -> None:
    practice.script([{"reply": "Fixed.\n\n```python\nx = 1\n```"}])
    terminal.run("x = 1 +")
    ran = terminal.fine("%groq_fix")
    assert "Cell 2, fixed: 1 line removed, 1 added\n- x = 1 +\n+ x = 1\n" in ran.text
    assert terminal.shell.rl_next_input == "x = 1"


def test_an_error_that_can_not_be_shown_is_the_last_one_all_the_same(
    cells: Any, prompt_of: Callable[..., str]
) -> None:
    cells.run("1 / 0")
    cells.fine("class Odd(Exception):\n    def __str__(self): raise ValueError('no str')")
    cells.run("raise Odd('a')")
    prompt = prompt_of()
    assert "\nraise Odd('a')\n" in prompt
    assert "1 / 0" not in prompt


def test_unloading_forgets_the_failure(cells: Any) -> None:
    cells.run("1 / 0")
    session = cells.session
    assert session.failures.last() is not None
    cells.fine("%unload_ext groq_magic")
    assert not any(
        "groq" in getattr(hook, "__module__", "")
        for hook in cells.shell.events.callbacks["post_run_cell"]
    )


def test_a_shell_line_that_failed_before_anything_was_asked_is_found(
    served: Callable[..., Any], practice: Any
) -> None:
    cells = served()
    cells.run("1 / 0")
    cells.run("!exit 4")
    cells.fine("%unload_ext groq_magic")
    cells.fine("%load_ext groq_magic")
    cells.fine("%groq_fix")
    prompt = practice.requests()[-1]["body"]["messages"][-1]["content"]
    assert "ended with exit code 4" in prompt


def test_a_fix_is_replayed_while_its_failing_cell_is_unchanged(
    cells: Any, practice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.script([{"reply": "Fixed.\n\n```python\nx = 1\n```"}])
    cells.run("x = 1 +", "cell-x")
    ran = cells.fine("%groq_fix", "cell-f")
    path = tmp_path / "notebooks" / "saved.ipynb"
    output = {"output_type": "display_data", **ran.outputs[0]}
    saved = {"cell_type": "code", "id": "cell-f", "source": "%groq_fix", "outputs": [output]}
    path.write_text(json.dumps({"cells": [saved], "nbformat": 4}))
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    practice.forget_requests()
    cells.shell.rl_next_input = None
    cells.fine("%groq_replay on", "cell-f")
    cells.run("x = 1 +", "cell-x")
    again = cells.fine("%groq_fix", "cell-f")
    assert practice.requests() == []
    assert again.plain == ran.plain
    assert cells.shell.rl_next_input == "x = 1"
    cells.run("y = 2 +", "cell-x")
    cells.fine("%groq_fix", "cell-f")
    assert len(practice.requests()) == 1


def test_a_fixed_cell_that_the_replayed_notebook_has_is_not_inserted_again(
    cells: Any, practice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.script([{"reply": "```python\nx = 1\n```"}])
    cells.run("x = 1 +", "cell-x")
    outputs = cells.fine("%groq_fix", "cell-f").outputs
    path = tmp_path / "notebooks" / "saved.ipynb"
    below = code_cell("cell-y", "x = 1\n")
    write_notebook(path, [code_cell("cell-f", "%groq_fix", outputs), below])
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    cells.fine("%groq_replay on", "cell-f")
    cells.shell.rl_next_input = None
    cells.run("x = 1 +", "cell-x")
    cells.fine("%groq_fix", "cell-f")
    assert cells.shell.rl_next_input is None
    assert len(practice.requests()) == 1


def test_without_a_page_an_equal_cell_in_the_saved_file_is_not_added_again(
    cells: Any, practice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "notebooks" / "saved.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    practice.script([{"reply": "```python\nx = 1\n```"}])
    for below, inserted in (("x = 1\n", None), ("x = 1  # mine", "x = 1"), ("", "x = 1")):
        write_notebook(path, [code_cell("cell-f", "%groq --cell one"), code_cell("b", below)])
        cells.shell.rl_next_input = None
        cells.fine("%groq --cell one", "cell-f")
        assert cells.shell.rl_next_input == inserted


def test_stop_while_the_context_is_gathered_is_one_line(cells: Any, practice: Any) -> None:
    cells.fine("class Slow:\n    def __repr__(self): raise KeyboardInterrupt\nslow = Slow()")
    cells.run("slow.nosuch")
    error = cells.run("%groq_fix").error
    assert isinstance(error, InterruptedAskError)
    assert error.__context__ is None
    assert practice.requests() == []
