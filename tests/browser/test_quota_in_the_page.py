"""The page counts what is left on by itself: as the kernel does, and in its very words."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from groq_magic.api.durations import wait_words
from groq_magic.api.limits import Limit, Limits
from groq_magic.quota import quota_facts
from groq_magic.views.page_code import page_code

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SECONDS = (0.2, 1, 1.5, 4, 59, 59.6, 60, 99, 99.5, 100, 150, 210, 3_570, 3_600, 3_629, 3_630)
NOW = 1_772_449_200.0
LONG = (7_230, 39_600, 47_400, 86_399, 90_000, 31_536_000)


def test_a_wait_reads_the_same_in_the_page_as_in_the_saved_notebook(browser: Browser) -> None:
    source = page_code("quota")
    page = browser.new_page()
    page.clock.set_fixed_time(NOW)
    words = page.evaluate(
        f"(all) => {{ {source}; return all.map((each) => inWords(each) + atClock(each)); }}",
        [*SECONDS, *LONG],
    )
    page.close()
    assert words == [wait_words(seconds, NOW) for seconds in (*SECONDS, *LONG)]


def test_what_is_left_is_counted_on_as_the_kernel_does(browser: Browser) -> None:
    source = page_code("quota")
    limits = [Limit("TPM", 6_000, *each, NOW) for each in ((5_000, 10.0), (0, 60.0), (0, 65.7))]
    told = [asdict(quota_facts("m", Limits((limit,)), NOW).minute) for limit in limits]
    page = browser.new_page()
    page.clock.set_fixed_time(NOW)
    page.evaluate(f"(all) => {{ {source}; window.refills = all.map((o) => new Refill(o)); }}", told)
    for passed in (0, 1, 4, 5.7, 6.5, 30, 70):
        page.clock.set_fixed_time(NOW + passed)
        left = page.evaluate("refills.map((each) => each.left)")
        assert left == pytest.approx([limit.left(NOW + passed) for limit in limits], abs=1)
    page.close()
