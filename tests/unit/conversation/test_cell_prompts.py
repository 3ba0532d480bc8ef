"""The prompts that a cell's source shows to whoever reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.conversation import prompt_in, shows_prompt

Q = "Don't you delete the files?"


@pytest.mark.parametrize(
    "source",
    [
        f"%%groq\n{Q}",
        f"%%groq -t 0.2\n\n  {Q}\n",
        f"%%time\n%%groq\n{Q}",
        f"%%capture out --no-display\n\n%%time\n%%groq\n{Q}",
        f"%%of_mine with words\n{Q}",
        f"%groq {Q}",
        f"x = 1\nfor n in range(3):\n    %groq {Q}",
        f"%groq -t 0.2 --once -s 'Be brief, please' {Q}",
        f'%groq --system="Be brief, please" -- {Q}',
        f"x = %groq {Q}",
        f'import groq_magic\ngroq_magic.ask("{Q}")',
        f'get_ipython().run_cell_magic("groq", "-t 0", "{Q}\\n")',
        f'%load_ext groq_magic\nget_ipython().run_line_magic("groq", "-t 0 {Q}")',
        '%%time\nprompt = "Don\'t you delete "  \\\n  "the files?"\nask(prompt)\n!ls',
        f'await ask("""\n{Q}\n""")',
    ],
)
def test_a_prompt_that_a_reader_sees(source: str) -> None:
    assert shows_prompt(source, Q)


@pytest.mark.parametrize(
    ("source", "prompt"),
    [
        ("%groq_fix It is the comma.", "%groq_fix It is the comma."),
        ("%groq_explain amount --level beginner", "%groq_explain amount --level beginner"),
        ("    %groq_fix", "%groq_fix"),
        ("%%groq_code sql --keep\nOne table", "One table"),
    ],
)
def test_an_ask_of_the_assistant_is_seen_as_it_was_typed(source: str, prompt: str) -> None:
    assert shows_prompt(source, prompt)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "%%groq\nSomething else",
        f"%%groq\n{Q} And more.",
        f"# {Q}",
        f"print(1)  # %groq_fix {Q}",
        "%groq Delete the files",
        f"%groq Never mind: {Q}",
        f"%groq -t 0.2 Never mind: {Q}",
        'ask(f"Don\'t you {what} the files?")',
        f'ask("Say: {Q}")',
        "ask(" * 500 + Q,
        "x = \x00",
    ],
)
def test_a_prompt_that_no_reader_sees_whole(source: str) -> None:
    assert not shows_prompt(source, Q)


@pytest.mark.parametrize("source", ["%groq Don't delete files", "%groq -t 0 Don't delete files"])
def test_a_part_of_a_visible_prompt_is_not_the_prompt(source: str) -> None:
    assert not shows_prompt(source, "delete files")


def test_alone_means_no_other_cell_magic() -> None:
    assert prompt_in("%%groq\nWhat?\n", alone=True) == "What?"
    assert prompt_in("%%time\n%%groq\nWhat?") == "What?"
    assert prompt_in("%%time\n%%groq\nWhat?", alone=True) is None


@given(st.text(), st.text())
def test_any_source_is_looked_at_without_an_error(source: str, prompt: str) -> None:
    assert shows_prompt(source, prompt) in {True, False}
    assert prompt.strip() == "" or shows_prompt(f"%%groq\n{prompt}", prompt)
