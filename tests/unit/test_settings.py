"""Sticky values and the options of one ask."""

from __future__ import annotations

import pytest
from traitlets import TraitError
from traitlets.config import Config

from groq_magic.options import DEFAULT_MODEL, AskOptions
from groq_magic.settings import Settings


def test_what_is_given_replaces_what_was() -> None:
    earlier = AskOptions(model="a", temperature=0.5, once=True, stop=("x",))
    later = AskOptions(model="b", temperature=0.0)
    assert later.over(earlier) == AskOptions(model="b", temperature=0.0, once=True, stop=("x",))


def test_given_names_what_was_given_alone() -> None:
    options = AskOptions(temperature=0.0, seed=0, stop=("a", "b"), raw=True)
    assert options.given() == {"temperature": 0.0, "seed": 0, "stop": ["a", "b"], "raw": True}
    assert AskOptions().given() == {}


def test_the_defaults_leave_everything_to_the_model() -> None:
    defaults = Settings().defaults()
    assert defaults.model == DEFAULT_MODEL
    for name in ("temperature", "max_tokens", "top_p", "seed", "stop", "reasoning_effort"):
        assert getattr(defaults, name) is None
    assert defaults.system is None
    assert defaults.stream is True


def test_configuration_sets_traits() -> None:
    settings = Settings(config=Config({"Settings": {"temperature": 0.5, "stop": ["END"]}}))
    assert settings.defaults().temperature == 0.5
    assert settings.defaults().stop == ("END",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", "a/b"),
        ("system", "Be brief."),
        ("temperature", 0.5),
        ("max_tokens", 9),
        ("format", "json"),
        ("conversation", "other"),
        ("top_p", 0.5),
        ("frequency_penalty", 0.5),
        ("presence_penalty", -0.5),
        ("seed", 7),
        ("reasoning_effort", "low"),
        ("reasoning", "show"),
        ("service_tier", "flex"),
        ("timeout", 9.0),
        ("cache", True),
    ],
)
def test_what_is_set_holds_for_an_ask_that_names_nothing(name: str, value: object) -> None:
    settings = Settings()
    setattr(settings, name, value)
    assert getattr(settings.defaults(), name) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", 2.1),
        ("temperature", -0.1),
        ("temperature", float("nan")),
        ("top_p", 1.1),
        ("frequency_penalty", -2.5),
        ("presence_penalty", 3.0),
        ("max_tokens", 0),
        ("assistant_tokens", 199),
        ("timeout", 0.0),
        ("timeout", float("nan")),
        ("timeout", float("inf")),
        ("history_share", 1.1),
        ("history_share", -0.1),
        ("stop", ["a", "b", "c", "d", "e"]),
        ("stop", [""]),
        ("stop", ["\ud800"]),
        ("system", "\ud800"),
        ("model", ""),
        ("model", "two\nlines"),
        ("model", "x" * 100_000),
        ("conversation", " "),
        ("max_tokens", True),
        ("max_tokens", 2**63),
        ("seed", False),
        ("reasoning_effort", "hgih"),
        ("service_tier", "fast"),
        ("tries", 0),
        ("max_wait", -1.0),
        ("max_wait", float("nan")),
        ("history_share", float("nan")),
        ("format", "xml"),
        ("store", "all"),
    ],
)
def test_a_value_out_of_its_range_is_refused(name: str, value: object) -> None:
    settings = Settings()
    with pytest.raises(TraitError):
        setattr(settings, name, value)


@pytest.mark.parametrize("name", ["temperature", "top_p", "max_tokens", "seed"])
def test_none_gives_a_value_back_to_the_model(name: str) -> None:
    settings = Settings(**{name: 1})
    setattr(settings, name, None)
    assert getattr(settings.defaults(), name) is None


@pytest.mark.parametrize("name", ["reasoning_effort", "service_tier"])
def test_an_empty_choice_sends_nothing(name: str) -> None:
    settings = Settings(reasoning_effort="low", service_tier="flex")
    assert getattr(settings.defaults(), name)
    setattr(settings, name, "")
    assert getattr(settings.defaults(), name) is None


def test_every_setting_says_what_it_is() -> None:
    for name, trait in Settings.class_own_traits(config=True).items():
        assert trait.help, name
