"""The estimate of a request's tokens: it counts what `usage.prompt_tokens` counts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groq_magic.practice import tokens
from groq_magic.session.token_estimate import TokenEstimate
from tests.markers import examples

MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["system", "user", "assistant"]), "content": st.text()}
    ),
    min_size=1,
)


def of(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": text}]


@given(MESSAGES)
@settings(max_examples=examples(50))
def test_the_estimate_is_what_practice_mode_counts(messages: list[dict[str, Any]]) -> None:
    counted = tokens.AROUND + sum(map(tokens.message_tokens, messages))
    assert TokenEstimate().of_request(messages) == counted


def test_a_long_request_shows_how_much_text_a_token_is() -> None:
    estimate = TokenEstimate()
    estimate.learn(of("x" * 4_000), 2_007)
    assert estimate.of_request(of("x" * 4_000)) == 2_007
    assert estimate.of_request(of("x" * 8_000)) == 4_007


def test_a_short_request_shows_what_the_chat_format_adds() -> None:
    estimate = TokenEstimate()
    estimate.learn(of("Hi"), 72)
    assert estimate.of_request(of("Hi")) == 72
    assert estimate.of_request(of("x" * 4_000)) == 1_000 + 71


@pytest.mark.parametrize("counted", [0, -1, 1, 10**9])
@pytest.mark.parametrize("text", ["", "Hi", "x" * 4_000])
def test_the_estimate_stays_within_bounds_for_any_count(text: str, counted: int) -> None:
    estimate = TokenEstimate()
    estimate.learn(of(text), counted)
    assert 200 <= estimate.of_request(of("x" * 4_000)) <= 4_300


def test_nothing_is_learned_from_a_request_with_an_image() -> None:
    estimate = TokenEstimate()
    parts = [{"type": "text", "text": "x" * 400}, {"type": "image_url", "image_url": {}}]
    estimate.learn([{"role": "user", "content": parts}], 3_000)
    assert estimate.of_request(of("x" * 400)) == 107


def test_it_counts_bytes_and_not_characters() -> None:
    # A Chinese character is about as many tokens as three letters.
    assert TokenEstimate().of_message(of("\u4e16" * 400)[0]) == 304
    assert TokenEstimate().of_message(of("\ud83d")[0]) == 5


def test_a_message_without_content_counts_as_empty() -> None:
    estimate = TokenEstimate()
    called = {"role": "assistant", "tool_calls": [{"id": "1"}]}
    estimate.learn([*of("x" * 4_000), called], 2_000)
    assert estimate.of_request([*of("x" * 4_000), called]) == pytest.approx(2_000, abs=5)
