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


def message(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def of(text: str) -> dict[str, Any]:
    return {"messages": [message(text)]}


@given(MESSAGES)
@settings(max_examples=examples(50))
def test_the_estimate_is_what_practice_mode_counts(messages: list[dict[str, Any]]) -> None:
    counted = tokens.PER_REQUEST + sum(map(tokens.message_tokens, messages))
    assert TokenEstimate().of_request({"messages": messages}) == counted


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
    estimate.learn({"messages": [{"role": "user", "content": parts}]}, 3_000)
    assert estimate.of_request(of("x" * 400)) == 107


def test_calls_of_tools_count_and_nothing_is_learned_beside_tools() -> None:
    estimate, plain = TokenEstimate(), of("x" * 400)
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    called = {"messages": [*plain["messages"], {"role": "assistant", "tool_calls": [call]}]}
    assert estimate.of_request(called) > estimate.of_request(plain) + 4
    offered = {**plain, "tools": [{"type": "browser_search"}]}
    assert estimate.of_request(offered) > estimate.of_request(plain)
    estimate.learn(offered, 3_000)
    assert estimate.of_request(plain) == 107
    # A message with calls may have no content.
    estimate.learn(called, 107)


def test_it_counts_bytes_and_not_characters() -> None:
    # A Chinese character is about as many tokens as three letters.
    assert TokenEstimate().of_message(message("\u4e16" * 400)) == 304
    assert TokenEstimate().of_message(message("\ud83d")) == 5
