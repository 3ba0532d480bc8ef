from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.conversation import Budget, Turn, TurnKey, estimate, fit, messages_of


def turn(number: int, characters: int) -> Turn:
    key = TurnKey("cell", number)
    messages = messages_of("p" * (characters // 2), "a" * (characters - characters // 2))
    return Turn(key, key, "main", practice=False, messages=messages, model="m", revision=number)


def turns(*characters: int) -> tuple[Turn, ...]:
    return tuple(turn(number, size) for number, size in enumerate(characters, 1))


def fitted(held: tuple[Turn, ...], prompt: int = 0, system: int = 0, **budget: Any) -> Any:
    return fit(held, prompt_tokens=prompt, system_tokens=system, budget=Budget(**budget))


# A turn of 400 characters takes 50 + 50 tokens of text and 4 + 4 around its messages.
NINE = turns(*[400] * 9)


def test_without_known_limits_everything_is_sent() -> None:
    everything = fitted(NINE)
    assert everything.turns == NINE
    assert everything.note == ""


@pytest.mark.parametrize(
    ("budget", "note"),
    [
        ({"tokens_per_minute": 10_000}, ""),
        ({"tokens_per_minute": 2430}, ""),
        ({"tokens_per_minute": 2429}, "turns 2–9 of 9 sent"),
        ({"tokens_per_minute": 1620}, "turns 4–9 of 9 sent"),
        ({"tokens_per_minute": 300}, "turn 9 of 9 sent"),
        ({"tokens_per_minute": 100}, "none of 9 turns sent"),
        ({"context_window": 972}, ""),
        ({"context_window": 971}, "turns 2–9 of 9 sent"),
        ({"context_window": 971, "reply_tokens": 500}, "turns 6–9 of 9 sent"),
        ({"tokens_per_minute": 1620, "share": 0.2}, "turns 7–9 of 9 sent"),
        ({"tokens_per_minute": 1620, "tokens_per_character": 0.5}, "turns 7–9 of 9 sent"),
    ],
)
def test_the_oldest_turns_are_left_out(budget: dict[str, Any], note: str) -> None:
    assert fitted(NINE, **budget).note == note


def test_prompt_and_system_take_their_room_of_window_and_minute() -> None:
    assert fitted(NINE, 500, 148, context_window=972).note == "turns 7–9 of 9 sent"
    assert fitted(NINE, 1000, 188, tokens_per_minute=1620).note == "turns 6–9 of 9 sent"
    assert fitted(NINE, 5000, context_window=972).note == "none of 9 turns sent"


def test_turns_stay_contiguous_though_an_older_small_one_would_fit() -> None:
    chosen = fitted(turns(40, 40_000, 40), tokens_per_minute=1000)
    assert [t.key.ask for t in chosen.turns] == [3]
    assert chosen.first == 3


def test_an_empty_conversation_needs_no_note() -> None:
    assert fitted((), tokens_per_minute=10).note == ""
    assert fitted(turns(4000), tokens_per_minute=10).note == "none of 1 turn sent"


def test_an_estimate_grows_with_the_text_and_counts_what_is_around_it() -> None:
    assert estimate("") == 4
    assert estimate("12345") == 6
    assert estimate("12345", 1.0) == 9


@given(
    st.lists(st.integers(0, 5000), max_size=20),
    st.integers(0, 3000),
    st.none() | st.integers(0, 20_000),
    st.none() | st.integers(0, 20_000),
)
def test_what_is_sent_is_the_longest_end_that_fits(
    sizes: list[int], prompt: int, minute: int | None, window: int | None
) -> None:
    held = turns(*sizes)
    chosen = fitted(held, prompt, tokens_per_minute=minute, context_window=window)
    assert chosen.turns == held[chosen.first - 1 :]

    def fits(some: tuple[Turn, ...]) -> bool:
        history = sum(estimate(t.prompt) + estimate(t.answer) for t in some)
        return (minute is None or history <= min(0.4 * minute, minute - prompt)) and (
            window is None or history + prompt <= window
        )

    assert not chosen.turns or fits(chosen.turns)
    assert chosen.first == 1 or not fits(held[chosen.first - 2 :])
