"""What is hidden in texts from outside."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.api.key import scrub

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
        ("no answer from http://10.0.0.1:3128 yet", "no answer from http://10.0.0.1:3128 yet"),
        (
            "desk_lamps_of_the_year_2024 and task_gsk_scores are words",
            "desk_lamps_of_the_year_2024 and task_gsk_scores are words",
        ),
        ("xai-1234567890abcdefghijkl", "[key]"),
        ("hf_abcdefghijKLMNOPQRST0123456789", "[key]"),
        ("hf_abcdefghijKLMNOPQRSTuvwxyzABCDEFGH", "[key]"),
        ("hf_a_long_name_of_a_variable_in_letters", "hf_a_long_name_of_a_variable_in_letters"),
        ("ghp_abcdefghijKLMNOPQRST0123456789", "[key]"),
        ("github_pat_abcdefghij0123456789_KLMN", "[key]"),
        ("the bearer of news", "the bearer of news"),
        ("a bearer oauth2 token", "a bearer oauth2 token"),
        ("bearer certificates of 2024", "bearer certificates of 2024"),
        ("sk_logistic_regression_cv.fit(x)", "sk_logistic_regression_cv.fit(x)"),
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
