"""Characters that a token cut in half."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.api.deltas import WholeCharacters


@pytest.mark.parametrize(
    ("deltas", "text"),
    [
        (["plain", " text"], "plain text"),
        (["\U0001f600 whole"], "\U0001f600 whole"),
        (["a\ud83d", "\ude00b"], "a\U0001f600b"),
        (["a\ud83d", "", "\ude00"], "a\U0001f600"),
        (["\ud83d", "x"], "\ufffdx"),
        (["\ude00x"], "\ufffdx"),
        (["\ud83d\ud83d\ude00"], "\ufffd\U0001f600"),
        (["end \ud83d"], "end \ufffd"),
    ],
)
def test_halves_are_joined_and_lonely_ones_replaced(deltas: Any, text: Any) -> None:
    whole = WholeCharacters()
    assert "".join([*map(whole.feed, deltas), whole.finish()]) == text


def test_what_is_whole_is_not_held_back() -> None:
    whole = WholeCharacters()
    assert [whole.feed("a"), whole.feed("b\ud83d"), whole.feed("\ude00")] == [
        "a",
        "b",
        "\U0001f600",
    ]
