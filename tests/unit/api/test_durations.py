"""Waits as people say them."""

from __future__ import annotations

import time

import pytest

from groq_magic.api.durations import wait_words

NOON = time.mktime((2026, 3, 2, 12, 0, 0, 0, 61, -1))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"),
        (59, "59 s"),
        (60, "60 s, at 12:01"),
        (99.4, "99 s, at 12:01"),
        (100, "2 min, at 12:01"),
        (150, "3 min, at 12:02"),
        (3_630, "1 h 1 min, at 13:00"),
        (9 * 60, "9 min, at 12:09"),
        (11 * 3600, "11 h, at 23:00"),
        (13 * 3600 + 600, "13 h 10 min, at Tue 01:10"),
        (7 * 86_400, "168 h, at Mon 12:00"),
        (365 * 86_400, "8760 h, at Tue 12:00"),
    ],
)
def test_a_long_wait_ends_by_the_clock(seconds: float, words: str) -> None:
    assert wait_words(seconds, NOON) == words
