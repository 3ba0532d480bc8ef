"""The option table: what its values become, in a line and in Python."""

from __future__ import annotations

import pytest

from groq_magic.api.snippets import LANGUAGES
from groq_magic.assistant import LEVELS
from groq_magic.errors import OptionError
from groq_magic.magics.help import ask_help
from groq_magic.magics.options import OPTIONS_OF
from groq_magic.options import OPTIONS, AskOptions


def test_no_two_options_share_a_form() -> None:
    for options in OPTIONS_OF.values():
        forms = [form for option in options for form in option.forms]
        assert len(set(forms)) == len(forms)


def test_every_option_has_a_line_of_help() -> None:
    lines = ask_help(OPTIONS).splitlines()
    for option in OPTIONS:
        (line,) = (each for each in lines if each.strip().startswith(f"{option.usage} "))
        assert option.help in line


def test_a_name_and_its_help_never_run_together() -> None:
    for line in ask_help(OPTIONS).splitlines():
        assert len(line) <= 100


def test_the_levels_of_an_explanation_are_those_of_its_prompts() -> None:
    (level,) = (option for option in OPTIONS_OF["groq_explain"] if option.name == "level")
    assert level.type.values == LEVELS


def test_the_kinds_of_an_export_are_those_of_its_snippets() -> None:
    (kind,) = (option for option in OPTIONS_OF["groq_export"] if option.name == "as")
    assert kind.type.values == tuple(LANGUAGES)


def test_keywords_are_read_as_a_line_is() -> None:
    checked = AskOptions.of_keywords(
        {"temperature": 1, "max_tokens": 5, "stop": "END", "once": 1, "seed": None, "raw": False}
    )
    assert checked == AskOptions(temperature=1.0, max_tokens=5, stop=("END",), once=True)


def test_several_stops_are_kept_in_order() -> None:
    assert AskOptions.of_keywords({"stop": ["a", "b"]}).stop == ("a", "b")


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
        AskOptions.of_keywords(given)
    assert caught.value.remedy
