"""Values of the session in prompts, and what is said of them."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.errors import PromptError


def prompt(practice: Any) -> str:
    return str(practice.requests()[-1]["body"]["messages"][-1]["content"])


def test_a_value_is_included_and_listed_with_its_size(cells: Any, practice: Any) -> None:
    cells.fine("name = 'Ada'; d = {'k': [1, 22]}", "z")
    ran = cells.fine('%%groq\nHello {{ name }}, take {{d["k"][1]}}.', "a")
    assert prompt(practice) == "Hello Ada, take 22."
    assert "Included: name (3 characters)" in ran.data["text/html"]
    assert ran.record["included"] == ["name", 'd["k"][1]']
    assert "Ada" not in str(ran.record)


def test_a_frame_is_included_as_a_summary(cells: Any, practice: Any) -> None:
    cells.fine("import pandas as pd\ndf = pd.DataFrame({'height': range(500)})", "z")
    ran = cells.fine("%groq What stands out in {{df}}?", "a")
    assert "height" in prompt(practice)
    assert "500" in prompt(practice)
    assert len(prompt(practice)) < 3_000
    assert "Included: df (" in ran.data["text/html"]


def test_a_missing_name_is_sent_as_written_with_a_notice(cells: Any, practice: Any) -> None:
    ran = cells.fine("%groq Explain {{mustache}} to me", "a")
    assert prompt(practice) == "Explain {{mustache}} to me"
    assert "{{mustache}}" in ran.data["text/html"].split('class="groq-text"')[0]


def test_a_call_is_refused_unsent_with_what_to_write(cells: Any, practice: Any) -> None:
    cells.fine("def find(): raise RuntimeError", "z")
    ran = cells.run("%groq What does {{find()}} do", "a")
    assert "Run `find_result = find()` in a cell" in ran.text
    assert practice.requests() == []


def test_the_code_that_comes_back_is_for_the_named_variable(cells: Any, practice: Any) -> None:
    cells.fine("import pandas as pd\ndf = pd.DataFrame({'height': range(500)})", "z")
    cells.fine("%groq How do I clean {{df}}?", "a")
    asked, _, values = prompt(practice).partition("\n\nValues:\n\n")
    assert asked == "How do I clean `df`?"
    assert values.startswith("`df`: DataFrame, 500 rows × 1 columns\n```text\nheight: int64")
    assert cells.turns[0][0] == "How do I clean `df`?"


def test_of_each_value_the_latest_version_alone_is_sent(cells: Any, practice: Any) -> None:
    cells.fine("xs = {'v': 'first'}; ys = {'v': 'other'}", "z")
    cells.fine("%groq One {{xs}} {{ys}}", "a")
    cells.fine("xs = {'v': 'second'}", "z")
    cells.fine("%groq Two {{xs}}", "b")
    cells.fine("xs = {'v': 'third'}", "z")
    cells.fine("%groq Three", "c")
    one, two, three = (m["content"] for m in practice.requests()[-1]["body"]["messages"][::2])
    assert one.startswith("One `xs` `ys`\n\nValues:\n\n`ys`: dict")
    assert "first" not in one
    assert "second" in two
    assert three == "Three"
    cells.fine("%groq Four {{xs}}", "d")
    one, two, _, four = (m["content"] for m in practice.requests()[-1]["body"]["messages"][::2])
    assert two == "Two `xs`"
    assert "third" in four
    cells.fine("%groq -s 'You know {{xs}}' --once Five {{xs}}", "e")
    system, five = (m["content"] for m in practice.requests()[-1]["body"]["messages"])
    assert system == "You know `xs`"
    assert "third" in five


def test_of_a_lambda_nothing_is_sent_that_stands_beside_it(cells: Any, practice: Any) -> None:
    cells.fine("secret = 'hunter2'; double = lambda v: 2 * v")
    cells.fine("%groq --once What does {{double}} do?")
    cells.fine("%groq_explain double")
    for record in practice.requests():
        (asked,) = (m["content"] for m in record["body"]["messages"] if m["role"] == "user")
        assert "lambda" in asked
        assert "hunter2" not in asked


def test_a_misspelt_name_is_refused_unsent(cells: Any, practice: Any) -> None:
    cells.fine("frame = 1", "z")
    ran = cells.run("%groq Look at {{fram}}", "a")
    assert isinstance(ran.error, PromptError)
    assert "`fram`" in ran.text
    assert "`frame`" in ran.text
    assert practice.requests() == []


def test_raw_leaves_braces_alone(cells: Any, practice: Any) -> None:
    cells.fine("x = 1", "z")
    ran = cells.fine("%groq --raw Set {{x}} and {{xx}}", "a")
    assert prompt(practice) == "Set {{x}} and {{xx}}"
    assert ran.record["included"] == []


def test_the_system_prompt_takes_values_too(cells: Any, practice: Any) -> None:
    cells.fine("role = 'a pirate'", "z")
    cells.fine('%groq -s "You are {{role}}" Say hi', "a")
    assert practice.requests()[-1]["body"]["messages"][0]["content"] == "You are a pirate"
    cells.fine("%groq_system You are {{role}}")
    cells.fine("role = 'a poet'", "z")
    cells.fine("%groq --once Say hi", "b")
    assert practice.requests()[-1]["body"]["messages"][0]["content"] == "You are a poet"


def test_a_value_is_not_searched_for_braces_again(cells: Any, practice: Any) -> None:
    cells.fine("inner = 'secret'; outer = '{{inner}}'", "z")
    cells.fine("%groq {{outer}}", "a")
    assert prompt(practice) == "{{inner}}"


def test_surrogates_are_replaced_with_a_notice(cells: Any, practice: Any) -> None:
    cells.fine("bad = 'a\\ud800b'", "z")
    ran = cells.fine("%groq {{bad}}", "a")
    assert prompt(practice) == "a\N{REPLACEMENT CHARACTER}b"
    assert "replaced" in ran.data["text/html"]
    assert len(cells.turns) == 1


def test_a_later_turn_sends_the_prompt_as_it_was_sent(cells: Any, practice: Any) -> None:
    cells.fine("n = 1\n%groq Count to {{n}}", "a")
    cells.fine("n = 2\n%groq And on", "b")
    assert practice.requests()[-1]["body"]["messages"][0]["content"] == "Count to 1"


# In Python


def test_ask_in_python_is_an_ask(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "Hi."}])
    cells.fine("who = 'Ada'", "z")
    ran = cells.fine(
        "import groq_magic\nreply = groq_magic.ask('Greet {{who}}', temperature=0, max_tokens=50,"
        " stop='END', system='Be brief')",
        "a",
    )
    body = practice.requests()[0]["body"]
    assert body["messages"][-1]["content"] == "Greet Ada"
    assert (body["temperature"], body["max_completion_tokens"], body["stop"]) == (0, 50, ["END"])
    assert cells.shell.user_ns["reply"] is cells.reply
    assert ran.plain == "Hi."
    assert cells.turns == [("Greet Ada", "Hi.")]


@pytest.mark.parametrize(
    ("keywords", "reported"),
    [
        ("modle='x'", "`model`"),
        ("temperature='warm'", "0 to 2"),
        ("max_tokens=0", "max_tokens"),
        ("out='not a name'", "`not a name`"),
        ("format='xml'", "markdown"),
    ],
)
def test_ask_checks_its_options_as_a_line_does(
    cells: Any, practice: Any, keywords: Any, reported: Any
) -> None:
    ran = cells.run(f"import groq_magic\ngroq_magic.ask('hi', {keywords})", "a")
    assert reported in ran.text
    assert len(ran.text.strip().splitlines()) == 1
    assert practice.requests() == []


def test_a_reply_shows_itself_but_not_twice_in_one_execution(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "**Hi**"}])
    asked = cells.fine("import groq_magic\ngroq_magic.ask('hi')", "a")
    assert len(asked.outputs) == 1
    assert "groq_magic" in asked.outputs[0]["metadata"]
    assert len(cells.fine("x = groq_magic.ask('hi')\nx", "a").outputs) == 1
    assert len(cells.fine("display(groq_magic.ask('hi'))", "a").outputs) == 1
    later = cells.fine("x", "b")
    assert "<strong>Hi</strong>" in later.data["text/html"]
    assert later.outputs[0]["metadata"] == {}
    assert len(cells.fine("groq_magic.ask('one')\nx", "c").outputs) == 2
    assert len(cells.fine("groq_magic.complete('hi')", "d").outputs) == 1
    assert cells.fine("[x]", "e").outputs == []
    assert cells.shell.user_ns["_"] == [cells.shell.user_ns["x"]]
    cells.fine("%unload_ext groq_magic", "f")
    assert cells.shell.display_formatter.ipython_display_formatter(cells.shell.user_ns["x"]) is None


def test_ask_with_dry_run_sends_nothing(cells: Any, practice: Any) -> None:
    ran = cells.run("import groq_magic\ngroq_magic.ask('hi', dry_run=True)", "a")
    assert "can't do a dry run" in ran.text
    assert practice.requests() == []


def test_ask_puts_code_into_the_next_cell(
    cells: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[str] = []
    monkeypatch.setattr(cells.shell, "set_next_input", given.append)
    practice.script([{"reply": "```python\nx = 1\n```"}])
    cells.fine("import groq_magic\ngroq_magic.ask('code', cell=True)", "a")
    assert given == ["x = 1"]


def test_get_session_loads_the_extension(shell_factory: Any) -> None:
    cells = shell_factory(load=False)
    cells.fine("import groq_magic\nsession = groq_magic.get_session()")
    assert cells.shell.user_ns["session"] is cells.session
    cells.fine("assert groq_magic.get_session() is session")


def test_the_renderer_is_at_hand(bare: Any) -> None:
    bare.fine("import groq_magic\nhtml = groq_magic.rendering.to_html('*a*')")
    assert "<em>a</em>" in bare.shell.user_ns["html"]
