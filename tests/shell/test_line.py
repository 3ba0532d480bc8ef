"""The line's grammar as a shell sees it, and wrong input: one line, and nothing sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import ApiKeyError, ConnectionLostError, OptionError, PromptError
from tests.shell.dry_runs import messages_in

if TYPE_CHECKING:
    from pathlib import Path


def prompts(practice: Any) -> list[str]:
    return [record["body"]["messages"][-1]["content"] for record in practice.requests()]


def planned(cells: Any, line: str) -> list[str]:
    """What a line would send."""
    outputs = cells.fine(line, "a").outputs
    return [messages_in(output)[-1][1] for output in outputs]


VERBATIM = (
    "What's up?",
    "don't \"quote\" 'me'",
    r"C:\Users\ada and \frac{1}{2}",
    "costs $5 and $HOME",
    "f({x}) and {} and {{}}",
    "what is a p-value?",
    "is that so??",
    "really?!",
    "what (is this?",
    "a ; b | c & d > e",
    "ends in a backslash \\",
    "--- three dashes",
    "100 % of it",
    "tabs\tstay",
    "日本語 и русский?",
)


def test_the_prompt_of_a_line_is_verbatim(bare: Any) -> None:
    found = [planned(bare, f"%groq --dry-run -- {text}") for text in VERBATIM]
    assert found == [[text] for text in VERBATIM]


def test_a_prompt_without_a_leading_dash_needs_no_two_dashes(bare: Any) -> None:
    texts = [text for text in VERBATIM if not text.startswith("-")]
    assert [planned(bare, f"%groq --dry-run {text}") for text in texts] == [[t] for t in texts]


def test_the_line_reaches_the_service_as_typed(cells: Any, practice: Any) -> None:
    cells.fine(r"%groq -t 0 don't cost $5 {x} \frac{1}{2} \ ", "a")
    assert prompts(practice) == [r"don't cost $5 {x} \frac{1}{2} \ ".strip()]


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ("-t 0 what's it?", "what's it?"),
        ("-t 0 -- -t 1", "-t 1"),
        ("-- -m x", "-m x"),
        ("-s 'a b' tell -t 0", "tell -t 0"),
        ('-s "say \\"hi\\"" go', "go"),
        ("tell me -m about flags", "tell me -m about flags"),
        ("-1 plus 2", "-1 plus 2"),
        ("- a list", "- a list"),
    ],
)
def test_options_end_where_the_prompt_begins(bare: Any, line: Any, prompt: Any) -> None:
    assert planned(bare, f"%groq --dry-run {line}") == [prompt]


@pytest.mark.parametrize(
    "source",
    [
        "%groq what is a p-value?",
        "x = 1\n%groq what is a p-value?\ny = 2",
        "for _ in range(1):\n    %groq what is a p-value?",
        "for _ in range(1):\n    pass\n%groq what is a p-value?",
        "if True:\n    if True:\n        pass\n    %groq what is a p-value?",
        "  %groq what is a p-value?",
        "%groq what is a p-value?  ",
    ],
)
def test_a_question_in_a_line_is_asked(bare: Any, source: Any) -> None:
    source = source.replace("%groq", "%groq --dry-run")
    assert planned(bare, source) == ["what is a p-value?"]


def test_several_questions_in_one_cell_are_all_asked(bare: Any) -> None:
    source = "%groq --dry-run one?\n%groq --dry-run two?\n%groq --dry-run three?"
    assert planned(bare, source) == ["one?", "two?", "three?"]


def test_a_question_after_options_is_asked(cells: Any, practice: Any) -> None:
    cells.fine("%groq -t 0 -s 'Be brief' why?", "a")
    assert prompts(practice) == ["why?"]


def test_a_system_prompt_may_end_in_a_question_mark(bare: Any) -> None:
    bare.fine("%groq_system Ask back: why?")
    assert bare.session.settings.system == "Ask back: why?"


def test_a_line_in_a_string_is_left_alone(cells: Any, practice: Any) -> None:
    cells.fine('text = """\n%groq what is this?\n"""', "a")
    assert cells.shell.user_ns["text"] == "\n%groq what is this?\n"
    assert practice.requests() == []


def test_nothing_is_expanded_in_a_line(cells: Any, practice: Any) -> None:
    cells.fine("x = 'secret'", "z")
    cells.fine("%groq {x} $x", "a")
    cells.fine("%groq -s '{x} $x' go", "b")
    cells.fine("%groq_system {x} $x", "c")
    assert prompts(practice) == ["{x} $x", "go"]
    assert practice.requests()[1]["body"]["messages"][0]["content"] == "{x} $x"
    assert cells.session.settings.system == "{x} $x"


@pytest.mark.parametrize(
    ("source", "reported"),
    [
        ("%%groq --modle x\nhi", ["--modle", "--model"]),
        ("%groq --temprature 1 hi", ["--temprature", "--temperature"]),
        ("%groq --maxtokens 5 hi", ["--maxtokens", "--max-tokens"]),
        ("%groq -x hi", ["-x", "%groq?", "`--`"]),
        ("%groq -T 1 hi", ["-T", "`-t`"]),
        ("%groq -once hi", ["-once", "`--once`"]),
        ("%groq -seed 1 hi", ["-seed", "`--seed`"]),
        ("%groq -t warm hi", ["-t", "`warm`", "0 to 2"]),
        ("%groq -t 2.5 hi", ["`2.5`", "0 to 2"]),
        ("%groq -t nan hi", ["`nan`"]),
        ("%groq --max-tokens 0 hi", ["--max-tokens", "`0`"]),
        ("%groq --max-tokens many hi", ["whole number", "`many`"]),
        ("%groq --seed 1.5 hi", ["--seed", "`1.5`"]),
        ("%groq --top-p 2 hi", ["--top-p", "0 to 1"]),
        ("%groq --timeout 0 hi", ["--timeout"]),
        ("%groq -f xml hi", ["markdown, text, code or json", "`xml`"]),
        ("%groq --reasoning-effort huge hi", ["`huge`", "low"]),
        ("%groq --service-tier gold hi", ["`gold`", "flex"]),
        ("%groq --reasoning maybe hi", ["`maybe`", "show"]),
        ("%%groq -m\nhi", ["-m needs a value"]),
        ("%groq -m -t 0 hi", ["-m needs a value"]),
        ("%groq -m '' hi", ["-m is blank"]),
        ("%%groq -o\nhi", ["-o needs a value"]),
        ("%groq -o 2x hi", ["-o", "`2x`"]),
        ("%groq -o my-name hi", ["`my-name`"]),
        ("%groq -o class hi", ["`class`"]),
        ("%groq -o a.b hi", ["`a.b`"]),
        ("%groq --once=yes hi", ["--once takes no value"]),
        ("%groq -s 'open hi", ["quote"]),
        ("%groq --stop a --stop b --stop c --stop d --stop e hi", ["--stop", "5"]),
        ("%%groq -t 0 tell me\nhi", ["`tell me`", "lines below"]),
        ("%%groq tell me\nhi", ["`tell me`", "lines below"]),
        ("%%groq --schema shop, total float\nhi", ["`total float`", "quotes around the fields"]),
        ("%groq --schema shop, total float hi", ["--schema end at a space", "quotes"]),
        ("%%groq --tools price table\nhi", ["`table`", "commas, without spaces"]),
        ("%%groq --tools price, table\nhi", ["`table`", "commas, without spaces"]),
        ("%groq -t 0", ["no prompt"]),
        ("%groq_retry now", ["options"]),
        ("%groq_help me", ["all"]),
        ("%groq_practice maybe", ["on or off"]),
        ("%groq_models -x", ["-x"]),
        ("%groq --help", ["no option `--help`. `%groq?` lists the options."]),
        ("%groq_restore all", ["--system"]),
        ("%%groq_system -x\nhi", ["lines below"]),
    ],
)
def test_a_wrong_line_is_one_line_that_says_what_to_do(
    cells: Any, practice: Any, source: Any, reported: Any
) -> None:
    ran = cells.run(source, "a")
    assert isinstance(ran.error, OptionError)
    assert len(ran.text.strip().splitlines()) == 1
    for words in reported:
        assert words in ran.text
    assert ran.error.remedy
    assert ran.outputs == []
    assert practice.requests() == []
    assert cells.turns == []


@pytest.mark.parametrize(
    "source", ["%%groq", "%%groq\n", "%%groq\n \n\t\n", "%%groq -t 0\n\n", "\n\n%%groq -t 0"]
)
def test_an_empty_cell_is_one_line(cells: Any, practice: Any, source: Any) -> None:
    ran = cells.run(source, "a")
    assert isinstance(ran.error, PromptError)
    assert ran.text.strip() == f"PromptError: {ran.error}"
    assert practice.requests() == []


def test_wrong_input_leaves_the_conversation_and_the_values(cells: Any, practice: Any) -> None:
    cells.fine("%groq -o kept First", "a")
    before, reply = cells.turns, cells.reply
    for source in ("%groq -t x Again", "%%groq\n", "%groq {{kep}} Again"):
        assert cells.run(source, "a").error is not None
    assert cells.turns == before
    assert cells.reply is reply
    assert len(practice.requests()) == 1


def test_a_refused_key_is_one_line(cells: Any, practice_factory: Any, monkeypatch: Any) -> None:
    server = practice_factory(keys="gsk_another_one")
    monkeypatch.setenv("GROQ_BASE_URL", server.url)
    ran = cells.run("%groq Say hi", "a")
    assert isinstance(ran.error, ApiKeyError)
    assert len(ran.text.strip().splitlines()) == 1
    assert "%groq_key" in ran.text
    assert cells.turns == []


def test_models_of_a_refused_key_are_one_line(
    cells: Any, practice_factory: Any, monkeypatch: Any
) -> None:
    server = practice_factory(keys="gsk_another_one")
    monkeypatch.setenv("GROQ_BASE_URL", server.url)
    ran = cells.run("%groq_models")
    assert isinstance(ran.error, ApiKeyError)
    assert ran.error.__context__ is None
    assert len(ran.text.strip().splitlines()) == 1
    assert "%groq_key" in ran.text


@pytest.mark.parametrize("magic", ["%groq_models", "%groq_usage"])
def test_text_where_only_options_stand_is_one_line(cells: Any, magic: str) -> None:
    ran = cells.run(f"{magic} foo bar")
    assert isinstance(ran.error, OptionError)
    assert f"{magic} takes --" in ran.text
    assert ", not 'foo'. Try" in ran.text


def test_no_key_and_no_way_to_ask_is_one_line(bare: Any) -> None:
    ran = bare.run("%groq Say hi")
    assert isinstance(ran.error, ApiKeyError)
    assert len(ran.text.strip().splitlines()) == 1
    assert "GROQ_API_KEY" in ran.text
    assert "https://console.groq.com/keys" in ran.text
    assert bare.turns == []


def test_no_server_is_one_line(bare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_made_up")
    monkeypatch.setenv("GROQ_BASE_URL", "http://127.0.0.1:9")
    bare.fine("%config GroqMagics.tries = 1")
    ran = bare.run("%groq Say hi")
    assert isinstance(ran.error, ConnectionLostError)
    assert len(ran.text.strip().splitlines()) == 1
    assert "http://127.0.0.1:9" in ran.text
    assert bare.turns == []


@pytest.mark.parametrize("url", ["ftp://example.com", "nonsense", "http://", "http://a:99999"])
def test_an_invalid_address_is_one_line(
    bare: Any, monkeypatch: pytest.MonkeyPatch, url: Any
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_made_up")
    monkeypatch.setenv("GROQ_BASE_URL", url)
    ran = bare.run("%groq Say hi")
    assert "GROQ_BASE_URL" in ran.text
    assert len(ran.text.strip().splitlines()) == 1


@pytest.mark.parametrize("ending", ["/openai/v1", "/openai/v1/", "/"])
def test_an_address_may_end_in_the_apis_path(
    cells: Any, practice: Any, monkeypatch: pytest.MonkeyPatch, ending: Any
) -> None:
    monkeypatch.setenv("GROQ_BASE_URL", practice.url + ending)
    cells.fine("%groq Say hi", "a")
    assert len(practice.requests()) == 1


def test_an_error_stops_a_cell_of_several_asks(cells: Any, practice: Any, tmp_path: Path) -> None:
    ran = cells.run("%groq -t x one\n%groq two\nopen('f', 'w')", "a")
    assert isinstance(ran.error, OptionError)
    assert practice.requests() == []
    assert not (tmp_path / "notebooks" / "f").exists()
