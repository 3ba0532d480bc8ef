"""A magic's line: options first, then text that stays as it is."""

from __future__ import annotations

import shlex
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.errors import OptionError
from groq_magic.magics.line_parser import parse_line
from groq_magic.options import OPTIONS


def parsed(line: str) -> tuple[dict[str, object], str]:
    return parse_line(line, OPTIONS, "%groq")


@pytest.mark.parametrize(
    ("line", "values", "text"),
    [
        ("", {}, ""),
        ("   ", {}, ""),
        ("hello  there", {}, "hello  there"),
        ("-m a hello", {"model": "a"}, "hello"),
        ("-ma hello", {"model": "a"}, "hello"),
        ("-m=a hello", {"model": "a"}, "hello"),
        ("--model a/b:c hello", {"model": "a/b:c"}, "hello"),
        ("--model=a=b hello", {"model": "a=b"}, "hello"),
        ("--system='a b' hello", {"system": "a b"}, "hello"),
        ("-s 'it''s' hello", {"system": "its"}, "hello"),
        (r"-s a\ b hello", {"system": "a b"}, "hello"),
        (r'-s "a \" b \\ c \d" hello', {"system": 'a " b \\ c \\d'}, "hello"),
        (r"-s 'a \' hello", {"system": "a \\"}, "hello"),
        ('-s "{{role}}" hello', {"system": "{{role}}"}, "hello"),
        ("-s '--' hello", {"system": "--"}, "hello"),
        ("-t 0 -t 1 hello", {"temperature": 1.0}, "hello"),
        ("--no-stream hello", {"stream": False}, "hello"),
        ("--cache --no-cache hello", {"cache": False}, "hello"),
        ("--no-cache --cache hello", {"cache": True}, "hello"),
        ("--stop 'a' it's", {"stop": ("a",)}, "it's"),
        ("-s a\u00a0-t\u30000 it's \\ so", {"system": "a", "temperature": 0.0}, "it's \\ so"),
        ("--once --raw hello", {"once": True, "raw": True}, "hello"),
        ("--stop a --stop 'b c' hello", {"stop": ("a", "b c")}, "hello"),
        ("--presence-penalty -1 hello", {"presence_penalty": -1.0}, "hello"),
        ("--", {}, ""),
        ("-- --once", {}, "--once"),
        ("--once --", {"once": True}, ""),
        ("--once -- -- x", {"once": True}, "-- x"),
        ("hello --once", {}, "hello --once"),
        ("'quoted' hello", {}, "'quoted' hello"),
        ("it's", {}, "it's"),
        ("-", {}, "-"),
        ("-3 degrees", {}, "-3 degrees"),
        ("--3", {}, "--3"),
        ("\t-t\t0\thello", {"temperature": 0.0}, "hello"),
    ],
)
def test_a_line_is_options_and_text(line: str, values: dict[str, object], text: str) -> None:
    assert parsed(line) == (values, text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_after_two_dashes_everything_is_text(text: str) -> None:
    assert parsed(f"-- {text}") == ({}, text.strip())


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_line_is_read_or_refused_in_one_line(line: str) -> None:
    refused: OptionError | None = None
    values: dict[str, object] = {}
    text = ""
    try:
        values, text = parsed(line)
    except OptionError as error:
        refused = error
    assert text in line
    assert values.keys() <= {option.name for option in OPTIONS}
    assert refused is None or (refused.remedy and "\n" not in str(refused))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_a_value_in_quotes_is_itself(value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    if value.strip():
        assert parsed(f'-s "{quoted}" hello') == ({"system": value}, "hello")


@given(st.text("ab-'\"\\#é", min_size=1))
def test_a_value_is_read_as_in_a_shell(word: str) -> None:
    try:
        expected = shlex.split(word)
    except ValueError:
        with pytest.raises(OptionError, match=r"quote is not closed|last backslash"):
            parsed(f"--system={word}")
        return
    if "".join(expected).strip():
        assert parsed(f"--system={word} hello") == ({"system": expected[0]}, "hello")


def test_a_value_of_a_megabyte_is_read_at_once() -> None:
    value = "x" * 1_000_000
    begin = time.thread_time()
    assert parsed(f"-s '{value}' hello") == ({"system": value}, "hello")
    assert time.thread_time() - begin < 2  # with shlex 15


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("--temp 1", "`--temperature`"),
        ("--maxtokens 1", "`--max-tokens`"),
        ("--freq 1", "`--frequency-penalty`"),
        ("--streams", "`--stream`"),
        ("--nostream", "`--no-stream`"),
        ("-M x", "`-m`"),
        ("-once x", "`--once`"),
        ("-z x", "`%groq?`"),
        ("--zzzzzz x", "`%groq?`"),
    ],
)
def test_an_unknown_option_names_the_nearest(line: str, near: str) -> None:
    with pytest.raises(OptionError) as caught:
        parsed(line)
    assert near in str(caught.value)
    assert line.split(maxsplit=1)[0] in str(caught.value)


@pytest.mark.parametrize(
    ("line", "reported"),
    [
        ("—once", "The dash of `—once` is not a hyphen. Write `--once`"),
        ("—once tell me", "Write `--once`"),
        ("–m fast hi", "Write `-m`"),
        ("−t 0 hi", "Write `-t`"),
        ("-–once hi", "Write `--once`"),
        ("—max–tokens 5 hi", "Write `--max-tokens`"),
        ("—temperature=0 hi", "Write `--temperature`"),
        ("-m fast —once hi", "Write `--once`"),
        ("—help", "shows help"),
        ("-s “You are terse” hi", "The quote “ after -s is not a straight quote"),
        ("--system=“You are terse” hi", "after --system"),
        ("-s‘x’ hi", "after -s"),
        ("--stop „x“ hi", "after --stop"),
    ],
)
@pytest.mark.parametrize("magic", ["%groq", "%%groq"])
def test_what_a_word_processor_writes_is_refused_where_options_stand(
    line: str, reported: str, magic: str
) -> None:
    with pytest.raises(OptionError) as caught:
        parse_line(line, OPTIONS, magic)
    assert reported in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "say “hi” — now",
        "“hi” —once",
        "—hello there",
        "— once upon a time",
        "– a list",
        "‘quoted’ prose",
        "it’s —once",
        "—",
        "−1 plus 2",
    ],
)
def test_prose_keeps_its_dashes_and_quotes(text: str) -> None:
    assert parse_line(text, OPTIONS, "%groq") == ({}, text)
    assert parse_line(f"--once {text}", OPTIONS, "%groq")[1] == text
    assert parse_line(f"-- —once {text}", OPTIONS, "%groq")[1] == f"—once {text}"


def test_a_quote_in_straight_quotes_is_text() -> None:
    assert parse_line('-s "“x”" --stop="“" hi', OPTIONS, "%groq")[0] == {
        "system": "“x”",
        "stop": ("“",),
    }
