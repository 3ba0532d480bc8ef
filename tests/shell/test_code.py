"""`%%groq_code`: a cell's code from a description."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.errors import OptionError, PromptError

PYTHON = {"reply": "It plots.\n\n```python\nplot(df)\n```\n\nThat is all."}


def sent(practice: Any) -> tuple[str, str]:
    system, user = practice.requests()[-1]["body"]["messages"]
    return system["content"], user["content"]


def test_only_the_code_goes_into_the_next_cell(cells: Any, practice: Any) -> None:
    practice.script([PYTHON])
    ran = cells.fine("%%groq_code\nA plot of df", "cell-c")
    assert cells.shell.rl_next_input == "plot(df)"
    assert ran.plain == PYTHON["reply"]
    system, user = sent(practice)
    assert "in Python." in system
    assert user == "A plot of df"
    assert practice.requests()[-1]["body"]["temperature"] == 0.2
    assert cells.turns == []


SALES = (
    "import pandas as pd\n"
    "sales = pd.DataFrame({'price': [12345.5, None], 'city': ['Oslo', 'Rome']})"
)


def test_only_named_variables_are_sent_and_all_with_the_option_session(
    cells: Any, practice: Any
) -> None:
    practice.script([PYTHON])
    cells.fine(f"{SALES}\nfrom math import pi")
    cells.fine("%%groq_code\nA plot")
    assert "sales" not in "".join(sent(practice))
    ran = cells.fine("%%groq_code --session\nA plot", "cell-c")
    _, user = sent(practice)
    assert "sales: DataFrame, 2 rows; columns: price (float64), city (" in user
    assert "import pandas as pd" in user
    assert "12345" not in user
    assert ran.record["included"] == ["1 import", "2 names"]
    assert "2 names (" in ran.data["text/html"]


def test_variables_that_the_description_names_are_sent_by_type_and_tables_by_schema(
    cells: Any, practice: Any
) -> None:
    practice.script([PYTHON])
    cells.fine(
        f"{SALES}\nrate = 98.75\nsteps = [1, 2, 3]\nx = 'blue'; a = 5; db_password = 'hunter22'"
    )
    cells.fine("def clean(frame, by='nowhere'):\n    return frame")
    asked = "A plot of sales.price by `rate`, with clean(sales) from pd, x and db_password"
    ran = cells.fine(f"%%groq_code\n{asked}", "cell-c")
    _, user = sent(practice)
    assert ran.record["included"] == ["sales", "rate", "clean", "pd", "x", "db_password"]
    assert "`sales`:\n```text\nDataFrame, 2 rows × 2 columns" in user
    assert "price" in user.partition("columns")[2]
    assert "`rate`:\n```text\nfloat\n```" in user
    assert "`clean`:\n```text\nfunction clean(frame, by)\n```" in user
    assert "`pd`:\n```text\nimport pandas as pd\n```" in user
    for value in ("98.75", "blue", "hunter22", "nowhere", "`a`", "steps"):
        assert value not in user
    assert "sales (" in ran.data["text/html"]


def test_a_word_of_english_names_no_variable_unless_it_stands_as_code(
    cells: Any, practice: Any
) -> None:
    practice.script([PYTHON])
    cells.fine("a = 5")
    assert "included" not in str(cells.fine("%%groq_code\nA plot of a line").record["included"])
    assert cells.fine("%%groq_code\nA plot of `a`").record["included"] == ["a"]
    assert cells.fine("%%groq_code\nA plot of a[0]").record["included"] == ["a"]


def test_a_value_in_braces_is_sent_once(cells: Any, practice: Any) -> None:
    practice.script([PYTHON])
    cells.fine("xs = {'k': [1, 2]}; blue = 1; tone = 'blue'")
    ran = cells.fine("%%groq_code\nA {{tone}} plot of {{xs}}, the keys of xs first")
    assert ran.record["included"] == ["tone", "xs"] or ran.record["included"] == ["xs", "tone"]
    assert sent(practice)[1].count("`xs`:") == 1


def test_other_names_of_the_session_are_sent_newest_first_and_cut_at_the_end(
    cells: Any, practice: Any
) -> None:
    practice.script([PYTHON])
    cells.fine("first = 1")
    cells.fine("\n".join(f"name_{n} = {n}" for n in range(30)))
    cells.fine("first = 2; named = 3")
    cells.fine("%%groq_code --session\nA plot of named")
    _, user = sent(practice)
    assert user.index("`named`:") < user.index("Names and types of the session:")
    names = user.partition("Names and types of the session:\n```text\n")[2].split("\n")
    assert names[:2] == ["first: int", "name_29: int"]
    assert names[30].startswith("name_0:")
    assert "named: int" not in names
    cells.fine("%config GroqMagics.assistant_tokens = 200")
    cells.fine("\n".join(f"long_name_of_a_variable_{n} = {n}" for n in range(100)))
    cells.fine("%%groq_code --session\nA plot of named")
    _, user = sent(practice)
    assert "long_name_of_a_variable_99: int" in user
    assert "lines left out]" in user
    assert "name_0: int" not in user


def test_no_value_is_sent_where_none_may_be(cells: Any, practice: Any) -> None:
    practice.script([PYTHON])
    cells.fine("%config GroqMagics.rows_sent = 0")
    cells.fine("%config GroqMagics.private = ['city', 'rate']")
    cells.fine(f"{SALES}\nrate = 98.75")
    cells.fine("%%groq_code\nA plot of sales and rate")
    _, user = sent(practice)
    assert "`rate`:\n```text\nfloat, its value withheld\n```" in user
    for value in ("12345", "Oslo", "98.75"):
        assert value not in user


def test_a_dry_run_of_each_shows_what_would_be_sent(cells: Any, practice: Any) -> None:
    cells.run("total = 1 / 0")
    cells.fine("rate = 98.75")
    for magic, shown in (
        ("%groq_fix --dry-run", "ZeroDivisionError"),
        ("%groq_explain --dry-run rate", "98.75"),
        ("%%groq_code --dry-run\nA plot of rate", "`rate`:"),
        ("%%groq_code --session --dry-run\nA plot", "rate: float"),
    ):
        ran = cells.fine(magic)
        assert "Nothing was sent." in ran.plain
        assert shown in ran.plain
        assert "Included: " in ran.plain
    assert practice.requests() == []
    assert cells.turns == []


def test_the_description_takes_values(cells: Any, practice: Any) -> None:
    practice.script([PYTHON])
    cells.fine("x = 'blue'; xs = {'a': [1, 2]}")
    ran = cells.fine("%%groq_code\nPaint {{xs}} in {{x}}, not {{nothing_there}}")
    asked = sent(practice)[1]
    assert asked.startswith("Paint `xs` in blue, not {{nothing_there}}\n\nValues:\n\n`xs`: dict")
    assert "{'a': [1, 2]}" in asked
    assert ran.record["included"] == ["xs", "x"]
    assert "is sent as written: no such variable" in ran.data["text/html"]


def test_the_description_calls_nothing(cells: Any, practice: Any) -> None:
    cells.fine("x = 'blue'")
    ran = cells.run("%%groq_code\nPaint it {{x.upper()}}")
    assert "Run `x_upper = x.upper()`" in ran.text
    assert practice.requests() == []


@pytest.mark.parametrize("line", ["bash", "--max-tokens 50 bash", "bash --max-tokens 50", "Bash"])
def test_another_language_comes_with_its_cell_magic(cells: Any, practice: Any, line: str) -> None:
    practice.script([{"reply": "```bash\nls -l\n```"}])
    cells.fine(f"%%groq_code {line}\nList the files")
    assert cells.shell.rl_next_input == "%%bash\nls -l"
    assert "in bash." in sent(practice)[0]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("I'd rather not.", "No cell added: the answer has no code block."),
        ("```sql\nselect 1\n```", "No cell added: the answer&#x27;s code is sql, not python."),
        ("```python\nx = (", "No cell added: a code block of the answer never ends."),
    ],
)
def test_where_no_cell_is_added_the_answer_begins_with_the_reason(
    cells: Any, practice: Any, reply: str, why: str
) -> None:
    practice.script([{"reply": reply}])
    cells.shell.rl_next_input = None
    ran = cells.fine("%%groq_code\nSomething")
    assert cells.shell.rl_next_input is None
    html = ran.data["text/html"]
    first = html.partition('<div class="groq-warning"')[2]
    assert first.partition(">")[2].startswith(f"{why}</div>")
    assert html.index('"groq-warning"') < html.index('"groq-text"')
    assert ran.plain == reply


def test_a_kept_one_is_a_turn_with_the_description_as_its_prompt(cells: Any, practice: Any) -> None:
    practice.script([PYTHON])
    ran = cells.fine("%%groq_code --keep\nA plot of df", "cell-c")
    assert cells.turns == [("A plot of df", PYTHON["reply"])]
    assert "prompt" not in ran.record
    assert ran.record["once"] is False


def test_a_description_on_the_line_or_none_is_an_error(cells: Any, practice: Any) -> None:
    error = cells.run("%%groq_code a plot of df\nx").error
    assert isinstance(error, OptionError)
    assert "after the language" in str(error)
    assert isinstance(cells.run("%%groq_code\n\n").error, PromptError)
    assert practice.requests() == []


def test_a_script_of_replies_comes_from_a_file(bare: Any, tmp_path: Any) -> None:
    (tmp_path / "notebooks" / "replies.json").write_text(
        '[{"match": "plot", "reply": "```python\\nplot()\\n```"}]'
    )
    bare.fine("%groq_practice --script replies.json")
    bare.fine("%%groq_code\nA plot")
    assert bare.shell.rl_next_input == "plot()"
    assert isinstance(bare.run("%groq_practice --script nosuch.json").error, OptionError)


def test_help_lists_the_options(cells: Any) -> None:
    for magic in ("groq_fix", "groq_explain", "groq_code"):
        kind = "cell" if magic == "groq_code" else "line"
        text = cells.shell.magics_manager.magics[kind][magic].__doc__
        assert "--keep" in text
        assert "-m, --model ID" in text
        assert "\n        " not in text
