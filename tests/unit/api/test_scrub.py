"""What is hidden in texts from outside."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.api.scrub import scrub

KEY = "my-own-proxy-key"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Invalid API Key: gsk_aB3dE5fG7hJ9kL", "Invalid API Key: [key]"),
        ("Incorrect API key provided: gsk_ab****yz", "Incorrect API key provided: [key]"),
        ("authorization: Bearer abc.def-123456", "authorization: Bearer [key]"),
        ("'Authorization': 'bearer  xyz987654321',", "'Authorization': 'bearer [key]',"),
        (f"you sent {KEY}!", "you sent [key]!"),
        ("proxy http://me:pw@10.0.0.1:3128 refused", "proxy http://[key]@10.0.0.1:3128 refused"),
        ("sk-proj-1234567890abcdefgh", "[key]"),
        ("a desk_lamp and task_gsk are words", "a desk_lamp and task_gsk are words"),
        ("xai-1234567890abcdefghijkl", "[key]"),
        ("hf_abcdefghijKLMNOPQRST0123456789", "[key]"),
        ("hf_abcdefghijKLMNOPQRSTuvwxyzABCDEFGH", "[key]"),
        ("hf_a_long_name_of_a_variable_in_letters", "hf_a_long_name_of_a_variable_in_letters"),
        ("the bearer of news", "the bearer of news"),
        ("bearer certificates of 2024", "bearer certificates of 2024"),
        ("sk_logistic_regression.fit(x)", "sk_logistic_regression.fit(x)"),
        ("hf_sentiment_classifier_v2(x)", "hf_sentiment_classifier_v2(x)"),
        (
            "see https://console.groq.com/docs: it helps",
            "see https://console.groq.com/docs: it helps",
        ),
    ],
)
def test_keys_are_hidden_and_words_are_not(text: Any, shown: Any) -> None:
    assert scrub(text, KEY) == shown


def test_a_tiny_key_hides_no_words() -> None:
    assert scrub("a cat sat", "a") == "a cat sat"
