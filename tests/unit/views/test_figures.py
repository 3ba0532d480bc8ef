from __future__ import annotations

import pytest

from groq_magic.views.figures import figures
from groq_magic.views.progress import Progress


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress(0, 0.44, None, ""), "0.4 s"),
        (Progress(1, 0.25, 0.18, ""), "1 token · 0.2 s · 0.18 s to first token"),
        (
            Progress(2000, 2.18, 0.18, ""),
            "2,000 tokens · 1,000 tok/s · 2.2 s · 0.18 s to first token",
        ),
    ],
)
def test_the_line_says_what_is_known(progress: Progress, said: str) -> None:
    assert figures(progress) == said
