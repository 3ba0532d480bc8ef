"""The option table: what its values become, in a line and in Python."""

from __future__ import annotations

import dataclasses

import pytest

from groq_magic.assistant import LEVELS
from groq_magic.errors import OptionError
from groq_magic.magics.assistant_options import EXPLAIN_OPTIONS
from groq_magic.magics.help_text import ask_help
from groq_magic.magics.options import ASK_OPTIONS, ask_options, checked_options
from groq_magic.settings import AskOptions


def test_every_option_is_a_field_and_every_field_an_option() -> None:
    fields = {field.name for field in dataclasses.fields(AskOptions)}
    assert {option.field for option in ASK_OPTIONS} == fields


def test_no_two_options_share_a_form() -> None:
    forms = [form for option in ASK_OPTIONS for form in (option.flag, option.short) if form]
    assert len(set(forms)) == len(forms)


def test_every_option_has_a_line_of_help() -> None:
    lines = ask_help().splitlines()
    for option in ASK_OPTIONS:
        (line,) = (each for each in lines if each.strip().startswith(f"{option.usage} "))
        assert option.help in line


def test_a_name_and_its_help_never_run_together() -> None:
    for line in ask_help().splitlines():
        assert len(line) <= 100


def test_the_levels_of_an_explanation_are_those_of_its_prompts() -> None:
    (level,) = (option for option in EXPLAIN_OPTIONS if option.flag == "--level")
    assert level.values == LEVELS


def test_keywords_are_read_as_a_line_is() -> None:
    checked = checked_options(
        {"temperature": 1, "max_tokens": 5, "stop": "END", "once": 1, "seed": None, "raw": False}
    )
    assert checked == AskOptions(temperature=1.0, max_tokens=5, stop=("END",), once=True)


def test_several_stops_are_kept_in_order() -> None:
    assert checked_options({"stop": ["a", "b"]}).stop == ("a", "b")
    assert ask_options({"stop": ["a", "b"]}).stop == ("a", "b")


@pytest.mark.parametrize(
    "given",
    [
        {"temperature": True},
        {"temperature": float("inf")},
        {"max_tokens": 1.5},
        {"stop": list("abcde")},
        {"out": "not a name"},
        {"out": "None"},
        {"tempature": 1},
        {"model": " "},
    ],
)
def test_a_wrong_keyword_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(OptionError) as caught:
        checked_options(given)
    assert caught.value.remedy
