"""The page counts waits on by itself: in the very words of the kernel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import groq_magic.views
from groq_magic.api.durations import wait_words

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SECONDS = (0.2, 1, 1.5, 4, 59, 59.6, 60, 99, 99.5, 100, 150, 210, 3_570, 3_600, 3_629, 3_630)
LONG = (7_230, 39_600, 47_400, 86_399, 90_000, 31_536_000)


def test_a_wait_reads_the_same_in_the_page_as_in_the_saved_notebook(browser: Browser) -> None:
    source = (Path(groq_magic.views.__path__[0]) / "quota.js").read_text()
    page = browser.new_page()
    now = 1_772_449_200.0
    page.clock.set_fixed_time(now)
    words = page.evaluate(
        f"(all) => {{ {source}; return all.map((each) => inWords(each) + atClock(each)); }}",
        [*SECONDS, *LONG],
    )
    page.close()
    assert words == [wait_words(seconds, now) for seconds in (*SECONDS, *LONG)]
