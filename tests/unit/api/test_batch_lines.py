"""The lines of a file of the batch engine, whatever the pieces in which it comes."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from groq_magic.api.batches import _lines


@given(st.lists(st.text("ab\n\r\u2028", max_size=5).map(str.encode)))
def test_only_a_line_feed_ends_a_line(pieces: list[bytes]) -> None:
    lines = b"".join(pieces).split(b"\n")
    assert list(_lines(iter(pieces))) == (lines if lines[-1] else lines[:-1])


def seconds(pieces: int) -> float:
    """Return how long one line of so many pieces takes, at best."""
    found = []
    for _ in range(5):
        began = time.perf_counter()
        (line,) = _lines(b"x" * 1_000 for _ in range(pieces))
        found.append(time.perf_counter() - began)
        assert len(line) == pieces * 1_000
    return min(found)


def test_a_file_without_a_line_feed_takes_time_in_proportion_to_its_size() -> None:
    # In proportion it is 16, in proportion to the square 256.
    assert seconds(8_000) / seconds(500) < 100
