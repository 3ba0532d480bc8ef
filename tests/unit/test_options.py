"""The option table: what its values become, in a line and in Python."""

from __future__ import annotations

import dataclasses

import pytest
from traitlets import TraitError

from groq_magic.api.request import request_of
from groq_magic.api.snippets import LANGUAGES
from groq_magic.assistant.explain import READERS
from groq_magic.errors import OptionError
from groq_magic.magics.completion import _complete_option
from groq_magic.magics.help import ask_help
from groq_magic.magics.line_parser import parse_line
from groq_magic.magics.options import OPTIONS_OF
from groq_magic.option import option
from groq_magic.option_types import Choice, Number, Switch
from groq_magic.options import OPTIONS, AskOptions
from groq_magic.settings import Settings, traits_of
from groq_magic.views.panel import Panel
from groq_magic.views.session_facts import PanelFacts
from groq_magic.views.slots import option_rows


def test_no_two_options_share_a_form() -> None:
    for options in OPTIONS_OF.values():
        forms = [form for option in options for form in option.forms]
        assert len(set(forms)) == len(forms)


def test_every_option_has_a_line_of_help() -> None:
    lines = ask_help(OPTIONS).splitlines()
    for known in OPTIONS:
        (line,) = (each for each in lines if each.strip().startswith(f"{known.usage} "))
        assert known.help in line


def test_a_name_and_its_help_never_run_together() -> None:
    for line in ask_help(OPTIONS).splitlines():
        assert len(line) <= 100


def test_the_levels_of_an_explanation_are_those_of_its_prompts() -> None:
    (level,) = (option for option in OPTIONS_OF["groq_explain"] if option.name == "level")
    assert ("", *level.type.values) == tuple(READERS)


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


@dataclasses.dataclass(frozen=True)
class More(AskOptions):
    """A copy of the table with three options more, and not a line of code beside."""

    min_p: float | None = option(
        Number(0.0, 1.0),
        "leaves the unlikeliest words out",
        "-p",
        metavar="N",
        default=None,
        parameter="min_p",
        panel="Min p",
    )
    verbosity: str | None = option(
        Choice(("terse", "wordy")),
        "terse or wordy",
        metavar="KIND",
        default="",
        parameter="verbosity",
        panel="Verbosity",
    )
    logprobs: bool | None = option(
        Switch(),
        "how likely each token was",
        default=False,
        parameter="logprobs",
        panel="Likelihoods",
    )


class MoreSettings(Settings):
    ask_options = More
    vars().update(traits_of(More.table()))


MORE = {"min_p": 0.5, "verbosity": "terse", "logprobs": True}


def test_a_new_option_is_on_the_line() -> None:
    line = "-p 0.5 --verbosity=terse --logprobs Say hi"
    assert parse_line(line, More.table(), "%groq") == (MORE, "Say hi")
    assert parse_line("--no-logprobs", More.table(), "%groq")[0] == {"logprobs": False}
    with pytest.raises(OptionError, match="--min-p takes a number from 0 to 1"):
        parse_line("--min-p 2 Say hi", More.table(), "%groq")


def test_a_new_option_is_a_keyword() -> None:
    assert More.of_keywords(MORE) == More(**MORE)  # type: ignore[arg-type]  # of several types
    assert More.of_keywords({"no_logprobs": True}).given() == {"no_logprobs": True}


def test_a_new_option_is_a_setting() -> None:
    settings = MoreSettings()
    assert settings.defaults().given() == {**Settings().defaults().given(), "no_logprobs": True}
    for name, value in MORE.items():
        setattr(settings, name, value)
        assert getattr(settings.defaults(), name) == value
    with pytest.raises(TraitError, match="min_p goes from 0 to 1"):
        settings.min_p = 2
    text = settings.class_get_help()
    assert "leaves the unlikeliest words out. None leaves it to the model." in text


def test_a_new_option_is_helped_with_and_completed() -> None:
    help_lines = [line.split() for line in ask_help(More.table()).splitlines()]
    assert ["-p,", "--min-p", "N", "leaves", "the", "unlikeliest", "words", "out"] in help_lines
    for typed, offered in (
        ("--min", ["--min-p"]),
        ("--no-l", ["--no-logprobs"]),
        ("--verbosity t", ["terse"]),
    ):
        found = _complete_option(typed, More.table(), (), lambda _prefix: ())
        assert found is not None
        assert found[1] == offered


def test_a_new_option_is_sent() -> None:
    options = More.of_keywords(MORE).over(MoreSettings().defaults())
    request = request_of(options, "m", None, [])
    assert {name: request[name] for name in MORE} == MORE
    assert "min_p" not in request_of(More(), "m", None, [])


def test_no_texts_to_stop_at_are_not_sent() -> None:
    options = AskOptions.of_keywords({"stop": []}).over(Settings(stop=["END"]).defaults())
    assert "stop" not in request_of(options, "m", None, [])


def test_a_new_option_is_in_the_panel() -> None:
    settings = MoreSettings()
    panel = Panel(
        settings,
        lambda: PanelFacts("", "", None, None),
        undo=lambda: None,
        reset=lambda: None,
        hand_over=lambda call: call(),
        options=More.table(),
    )
    controls = {each.description: each for row in panel.box.children for each in row.children}
    controls["Min p"].value = "0.5"
    controls["Verbosity"].value = "terse"
    controls["Likelihoods"].value = True
    assert {name: getattr(settings, name) for name in MORE} == MORE
    settings.min_p = 0.25
    assert controls["Min p"].value == "0.25"
    shown = dict(option_rows(settings, More.table()))
    assert shown == {"Min p": "0.25", "Verbosity": "terse", "Likelihoods": "True"}
    panel.close()


def test_metadata_records_the_long_options_names() -> None:
    given = AskOptions(stream=False, cache=False, stop=("a",), once=True).given()
    assert given == {"no_stream": True, "no_cache": True, "stop": ["a"], "once": True}
    assert AskOptions(cache=True).given() == {"cache": True}


@pytest.mark.parametrize("name", ["stream", "cache"])
def test_a_switch_of_an_ask_wins_over_the_setting(name: str) -> None:
    for setting in (True, False):
        settings = Settings(**{name: setting})
        for given in (True, False):
            options = AskOptions.of_keywords({f"no_{name}": not given}).over(settings.defaults())
            assert getattr(options, name) is given
