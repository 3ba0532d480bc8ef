"""The usage page and its plots: what they say, and that they are safe and static."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Any

import lxml.etree
import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groq_magic.ledger.ledger import Entry, Ledger
from groq_magic.ledger.usage import usage_of
from groq_magic.views.plot import bar, column_chart, columns
from groq_magic.views.session_facts import Meter
from groq_magic.views.usage import usage
from tests.markers import examples

NOW = "2026-10-02 14:32"


def entry(number: int, model: str = "m", **changes: Any) -> Entry:
    reported = usage_of({"prompt_tokens": 1_000, "completion_tokens": 10 * number})
    values = (number, 0.0, model, "service", False, "stop", reported, 0.01, 0.2, 1.0, 500.0, 0.25)
    fields = dict(zip(Entry.__dataclass_fields__, values, strict=True))
    return Entry(**fields | changes)


def ledger(*entries: Entry) -> Ledger:
    made = Ledger()
    for each in entries:
        made.add(each)
    return made


@pytest.mark.parametrize(
    ("share", "drawn"),
    [
        (0.0, "────"),
        (0.001, "╸───"),
        (0.25, "━───"),
        (0.5, "━━──"),
        (0.625, "━━╸─"),
        (1.0, "━━━━"),
        (1.7, "━━━━"),
        (-1.0, "────"),
    ],
)
def test_a_bar_is_filled_by_its_share(share: float, drawn: str) -> None:
    assert bar(share, 4) == drawn


def test_columns_stand_over_a_scale_from_nothing_to_the_largest() -> None:
    assert columns([8, 4, None, 0.01, 0], height=2) == ["8 ┤█", "0 ┤█ █   ▁"]


def test_many_columns_stand_close() -> None:
    assert columns([1.0] * 40, height=1) == ["1 ┤" + "█" * 40]


def test_nothing_to_plot_is_empty() -> None:
    assert columns([None, 0], height=1) == ["0 ┤"]


def test_quota_says_what_is_left_what_is_used_and_when_it_is_full_again() -> None:
    meter = Meter(680, 8_000, "680 of 8,000 tokens used · back to 0 in 5 s")
    html, plain = usage([("m", "tokens a minute", meter)], ledger(), NOW)
    assert "m      tokens a minute  ━╸─" in plain
    assert meter.label in plain
    assert meter.label in html
    assert f"Limits at {NOW}" in plain
    assert re.search('<progress [^>]*max="8000" value="680"', html)
    practice = usage([("m", "tokens a minute", meter)], ledger(), NOW, practice=True)
    assert all(f"Practice limits at {NOW}" in part for part in practice)


def test_rows_are_sums_and_the_last_row_is_what_was_asked_of_the_service() -> None:
    _, plain = usage(
        [],
        ledger(entry(1), entry(2), entry(3, source="cache", cost=0.0), entry(4, "n", cost=None)),
        NOW,
    )
    rows = {line.split("  ")[0]: line.split() for line in plain.splitlines()}
    assert rows["m"][1:4] == ["2", "2,000", "30"]
    assert rows["m"][-1] == "$0.5000"
    assert rows["m · from the cache"][-1] == "none"
    assert rows["n"][-1] == "unknown"
    assert rows["total without cached and replayed"][-3:] == ["500", "≥", "$0.5000"]


def test_the_charts_show_the_latest_sixty_asks() -> None:
    html, plain = usage([], ledger(*(entry(n) for n in range(1, 100))), NOW)
    assert "asks 40 to 99:" in plain
    assert html.count("<img") == 2
    assert "Tokens received, asks 40 to 99" in html


def test_practice_is_counted_apart() -> None:
    _, plain = usage(
        [], ledger(entry(1), entry(2, practice=True, cost=0.0), entry(3, practice=True)), NOW
    )
    real, practised = plain.split("Practice mode: no model, no cost")
    (row,) = (line for line in real.splitlines() if line.startswith("m  "))
    assert row.split()[1] == "1"
    assert row.endswith("$0.2500")
    (row,) = (line for line in practised.splitlines() if line.startswith("m  "))
    assert row.split()[1] == "2"
    assert row.endswith("none")
    assert "ask 1:" in real
    assert "asks 2 to 3:" in practised


def test_reasoning_and_cached_tokens_are_part_of_others() -> None:
    reported = {
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "completion_tokens_details": {"reasoning_tokens": 20},
        "prompt_tokens_details": {"cached_tokens": 64},
    }
    html, plain = usage([], ledger(entry(1, usage=usage_of(reported))), NOW)
    assert "100 (64\N{NO-BREAK SPACE}cached)" in plain
    assert "50 (20\N{NO-BREAK SPACE}reasoning)" in plain
    # Aligned as the other numbers.
    assert '<th style="text-align: right">tokens sent</th>' in html
    assert '<th style="text-align: right">tokens received</th>' in html


@given(
    st.lists(st.none() | st.floats(0, 1e12), max_size=60),
    st.text(st.characters(exclude_categories=("Cs",))),
)
@settings(max_examples=examples(50))
def test_a_chart_is_one_image_whose_columns_stay_inside(
    values: list[float | None], description: str
) -> None:
    (image,) = lxml.html.fragments_fromstring(column_chart(values, description))
    assert image.tag == "img"
    kind, _, data = image.get("src").partition(",")
    assert kind == "data:image/svg+xml;base64"
    svg = lxml.etree.fromstring(b64decode(data))
    drawn = list(svg.iter("{http://www.w3.org/2000/svg}rect"))
    assert len(drawn) == sum(value is not None for value in values)
    for each in drawn:
        left, top, width, height = (float(each.get(n)) for n in ("x", "y", "width", "height"))
        assert left >= 48  # the scale stands before it
        assert left + width <= 300.1
        assert top >= 5.9
        assert top + height <= 60.1


def test_a_models_name_can_do_nothing() -> None:
    html, _ = usage([], ledger(entry(1, "<script>alert(1)</script>")), NOW)
    assert "<script" not in html


def test_the_page_needs_neither_script_nor_network() -> None:
    html, _ = usage([], ledger(entry(1)), NOW)
    assert not any(tag in html for tag in ("<script", "<svg", "<canvas", "<style"))
    assert set(re.findall(r'src="([^,]*),', html)) == {"data:image/svg+xml;base64"}
    assert "mathjax_ignore" in html


@pytest.mark.parametrize("most", [1.0, 999_999.0, 1.23e9])
@pytest.mark.parametrize("ends", [("ask 1", "2"), ("ask 12345", "12346")])
def test_the_labels_of_a_chart_are_inside_and_apart(most: float, ends: tuple[str, str]) -> None:
    (image,) = lxml.html.fragments_fromstring(column_chart([most, most / 3], "", ends))
    svg = lxml.etree.fromstring(b64decode(image.get("src").partition(",")[2]))
    wide = 6.6  # pixels of a character, in a wide font
    spans = []
    for text in svg.iter("{http://www.w3.org/2000/svg}text"):
        at, width = float(text.get("x")), wide * len(text.text)
        left = at - width if text.get("text-anchor") == "end" else at
        spans.append((text.get("y"), left, left + width))
    assert all(left >= 0 and right <= float(svg.get("width")) for _, left, right in spans)
    (line, _, first_ends), (other, last_begins, _) = spans[-2:]
    assert line == other
    assert first_ends < last_begins
