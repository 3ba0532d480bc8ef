"""The page counts what is left on by itself: as the kernel does, and in its very words."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.api.durations import wait_words
from groq_magic.api.limits import Limit, Limits
from groq_magic.session.quota import quota_facts

if TYPE_CHECKING:
    from playwright.sync_api import Page

SECONDS = (0.2, 1, 1.5, 4, 59, 59.6, 60, 99, 99.5, 100, 150, 210, 3_570, 3_600, 3_629, 3_630)
NOW = 1_772_449_200.0
LONG = (7_230, 39_600, 47_400, 86_399, 90_000, 31_536_000)
REFILLS = """async (facts) => {
  const { Refill } = await import("/groq_magic/views/page/quota.mjs");
  window.refills = facts.map((each) => new Refill(each));
}"""


@pytest.fixture
def page(bare_page: Page) -> Page:
    bare_page.clock.set_fixed_time(NOW)
    return bare_page


def test_a_wait_reads_the_same_in_the_page_as_in_the_saved_notebook(page: Page) -> None:
    empty: dict[str, Any] = {"limit": 10, "left": 0, "window": 60, "unit": "tokens"}
    page.evaluate(REFILLS, [{**empty, "full_in": seconds} for seconds in (*SECONDS, *LONG)])
    labels = page.evaluate("refills.map((each) => each.label)")
    words = [label.removeprefix("10 of 10 tokens used · back to 0 in ") for label in labels]
    assert words == [wait_words(seconds, NOW) for seconds in (*SECONDS, *LONG)]


def test_what_is_left_is_counted_on_as_the_kernel_does(page: Page) -> None:
    limits = [Limit("TPM", 6_000, *each, NOW) for each in ((5_000, 10.0), (0, 60.0), (0, 65.7))]
    page.evaluate(
        REFILLS, [asdict(quota_facts("m", Limits((limit,)), NOW).minute) for limit in limits]
    )
    for passed in (0, 1, 4, 5.7, 6.5, 30, 70):
        page.clock.set_fixed_time(NOW + passed)
        left = page.evaluate("refills.map((each) => each.left)")
        assert left == pytest.approx([limit.left(NOW + passed) for limit in limits], abs=1)
