from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import pytest

from groq_magic.views.answer_facts import LiveFacts

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.views.live import Live


MODELS = (
    ("openai/gpt-oss-120b · 131k", "openai/gpt-oss-120b"),
    ("llama-3.1-8b-instant · 131k", "llama-3.1-8b-instant"),
)
FACTS = LiveFacts("318 tokens", "Hello", "", "groq-answer-1")


def control(live: Live, description: str) -> Any:
    found = [c for row in live.panel.children for c in row.children]
    return next(c for c in found if c.description == description)


def test_a_choice_in_the_picker_is_the_settings_model(live: Live, settings: Any) -> None:
    live.models(MODELS)
    live.picker.value = "llama-3.1-8b-instant"

    assert settings.model == "llama-3.1-8b-instant"
    assert control(live, "Model").value == "llama-3.1-8b-instant"


def test_the_settings_model_is_the_pickers_choice(live: Live, settings: Any) -> None:
    live.models(MODELS)
    settings.model = "llama-3.1-8b-instant"

    assert live.picker.value == "llama-3.1-8b-instant"


def test_a_list_of_models_does_not_change_the_choice(live: Live, settings: Any) -> None:
    settings.model = "llama-3.1-8b-instant"
    changes: list[Any] = []
    settings.observe(changes.append, "model")
    live.models(MODELS)

    assert settings.model == "llama-3.1-8b-instant"
    assert changes == []
    assert live.picker.options == MODELS


def test_no_id_is_refused(live: Live, settings: Any) -> None:
    live.models(MODELS)
    settings.model = "my/own"

    assert live.picker.value == "my/own"
    assert live.picker.options == (("my/own", "my/own"), *MODELS)


@pytest.mark.parametrize(
    ("description", "shown", "held"),
    [
        ("Temperature", "0.3", ("temperature", 0.3)),
        ("Max tokens", "1,000", ("max_tokens", 1000)),
        ("Reasoning", "high", ("reasoning_effort", "high")),
        ("System prompt", "Be brief.", ("system", "Be brief.")),
    ],
)
def test_a_control_of_the_panel_sets_its_setting(
    live: Live, settings: Any, description: str, shown: object, held: tuple[str, object]
) -> None:
    control(live, description).value = shown

    trait, value = held
    assert getattr(settings, trait) == value


def test_the_panel_follows_the_settings(live: Live, settings: Any) -> None:
    assert live.panel.children
    settings.temperature = 0.25
    settings.max_tokens = 99
    settings.reasoning_effort = "xhigh"
    settings.system = "Be brief."

    assert control(live, "Temperature").value == "0.25"
    assert settings.temperature == 0.25
    assert control(live, "Max tokens").value == "99"
    assert control(live, "Reasoning").value == "xhigh"
    assert control(live, "System prompt").value == "Be brief."


def test_opening_the_panel_changes_no_setting(live: Live, settings: Any) -> None:
    assert live.panel.children

    assert settings.temperature is None
    assert settings.max_tokens is None


def message(live: Live, description: str) -> Any:
    """What stands beside a field."""
    (row,) = (row for row in live.panel.children if control(live, description) in row.children)
    return row.children[-1]


BAD = [
    *(
        ("Temperature", text)
        for text in ("warm", "9", "-1", "nan", "inf", "1e999", "0,5", "٣x", "1" * 5000)
    ),
    *(
        ("Max tokens", text)
        for text in ("many", "0", "-1", "1.5", "nan", "9" * 5000, "²", "1e3", "\ud800")
    ),
]


@pytest.mark.parametrize(("description", "typed"), BAD)
def test_a_value_that_can_not_be_set_is_refused_beside_its_field(
    live: Live, settings: Any, description: str, typed: str
) -> None:
    settings.max_tokens = 99
    settings.temperature = 0.25
    control(live, description).value = typed

    assert (settings.max_tokens, settings.temperature) == (99, 0.25)
    assert control(live, description).value == typed, "it stays, to be corrected"
    said = message(live, description)
    assert said.layout.display is None
    assert 'role="alert"' in said.value
    wanted = {"Temperature": "a number from 0 to 2", "Max tokens": "a whole number, 1 or more"}
    held = {"Temperature": "Still in use: 0.25.", "Max tokens": "Still in use: 99."}
    assert wanted[description] in said.value
    assert held[description] in said.value


@pytest.mark.parametrize(
    ("description", "bad", "good"), [("Temperature", "9", "1.5"), ("Max tokens", "0", "10")]
)
def test_the_refusal_is_removed_by_a_valid_value(
    live: Live, settings: Any, description: str, bad: str, good: str
) -> None:
    assert message(live, description).layout.display == "none"
    for better in (good, ""):
        control(live, description).value = bad
        assert message(live, description).value
        control(live, description).value = better
        assert message(live, description).value == ""
        assert message(live, description).layout.display == "none"
    control(live, description).value = bad
    settings.temperature, settings.max_tokens = 0.3, 77
    assert message(live, description).value == ""
    assert control(live, description).value in {"0.3", "77"}


def test_the_former_value_typed_again_is_taken(live: Live, settings: Any) -> None:
    settings.temperature = 0.25
    control(live, "Temperature").value = "9"
    control(live, "Temperature").value = "0.25"
    assert message(live, "Temperature").value == ""


def test_a_refusal_stands_while_other_settings_change(live: Live, settings: Any) -> None:
    control(live, "Temperature").value = "9"
    settings.system = "Be terse."
    control(live, "Max tokens").value = "10"
    assert control(live, "Temperature").value == "9"
    assert "Not set" in message(live, "Temperature").value


def test_the_buttons_do_what_they_say(live: Live, pressed: list[str]) -> None:
    control(live, "Undo").click()
    control(live, "Reset").click()

    assert pressed == ["undo", "reset"]


def test_an_emptied_control_leaves_it_to_the_model(live: Live, settings: Any) -> None:
    settings.temperature = 0.25
    settings.max_tokens = 99
    control(live, "Temperature").value = ""
    control(live, "Max tokens").value = ""

    assert settings.temperature is None
    assert settings.max_tokens is None


def test_the_slider_sets_the_temperature_and_follows_it(live: Live, settings: Any) -> None:
    slider = next(c for row in live.panel.children for c in row.children if hasattr(c, "step"))
    slider.value = 1.4
    assert settings.temperature == 1.4

    settings.temperature = 0.2
    assert slider.value == 0.2


def test_what_the_user_does_with_a_control_waits_for_the_sessions_thread(
    settings: Any, make_live: Callable[..., Live]
) -> None:
    waiting: list[Callable[[], None]] = []
    live = make_live(hand_over=waiting.append)
    live.models(MODELS)
    assert live.panel.children
    control(live, "System prompt").value = "Be brief."
    control(live, "Temperature").value = "9"
    control(live, "Undo").click()
    live.picker.value = "llama-3.1-8b-instant"
    assert (settings.system, settings.model) == ("", "openai/gpt-oss-120b")
    assert message(live, "Temperature").value == ""

    for call in waiting:
        call()

    assert (settings.system, settings.model) == ("Be brief.", "llama-3.1-8b-instant")
    assert "Not set" in message(live, "Temperature").value
    live.close()


def test_an_unknown_quota_is_not_shown(live: Live) -> None:
    assert control(live, "Today").layout.display == "none"
    assert 'value="680"' in control(live, "This minute").value


def test_closing_leaves_no_widget(
    make_live: Callable[[], Live], settings: Any, open_widgets: Callable[[], int]
) -> None:
    before = open_widgets()
    live = make_live()
    live.send_facts("groq-turn-a-1", FACTS)
    assert live.panel.children
    live.close()

    assert open_widgets() == before
    settings.model = "other"
    settings.temperature = 1.5
    live.send_facts("groq-turn-a-1", FACTS)
    assert open_widgets() == before


def test_what_is_closed_follows_the_settings_no_longer(live: Live, settings: Any) -> None:
    picker, temperature = live.picker, control(live, "Temperature")
    live.close()
    settings.model = "other"
    settings.temperature = 1.5

    assert picker.value == "openai/gpt-oss-120b"
    assert temperature.value == ""


def test_closing_twice_is_closing_once(live: Live, open_widgets: Callable[[], int]) -> None:
    live.close()
    after = open_widgets()
    live.close()

    assert open_widgets() == after


def test_what_the_users_code_closed_is_made_again(
    live: Live, settings: Any, open_widgets: Callable[[], int]
) -> None:
    ipywidgets.Widget.close_all()  # other tests' too
    live.models(MODELS)
    live.send_facts("groq-turn-a-1", FACTS)
    assert live.panel.children
    before = open_widgets()
    ipywidgets.Widget.close_all()
    live.send_facts("groq-turn-a-2", FACTS)

    assert set(live._session.get_state()["present"]["turns"]) == {"groq-turn-a-2"}
    assert live._session.picker == live.picker.model_id
    assert live.picker.options == MODELS
    settings.model = "llama-3.1-8b-instant"
    assert live.picker.value == "llama-3.1-8b-instant"
    assert control(live, "Model").value == "llama-3.1-8b-instant"
    assert open_widgets() == before
