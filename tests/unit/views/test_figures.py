from __future__ import annotations

import pytest

from groq_magic.views.answer_facts import Progress
from groq_magic.views.figures import figures, reasoning_summary


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress(0, 0.44, None, ""), "0.4 s"),
        (Progress(1, 0.25, 0.18, ""), "1 token received · 0.2 s · 0.18 s to first token"),
        (
            Progress(2000, 2.18, 0.18, ""),
            "2,000 tokens received · 1,000 tok/s · 2.2 s · 0.18 s to first token",
        ),
    ],
)
def test_the_line_says_what_is_known(progress: Progress, said: str) -> None:
    assert figures(progress) == said


@pytest.mark.parametrize(
    ("seconds", "over", "said"),
    [
        (0.04, False, "Reasoning… 0.0 s"),
        (0.04, True, "Reasoning"),
        (2.34, True, "Reasoning · 2.3 s"),
    ],
)
def test_the_reasonings_heading_says_how_long(seconds: float, over: bool, said: str) -> None:  # noqa: FBT001 - a case's value
    assert reasoning_summary(seconds, over=over) == said
