from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.views.bar import Bar

if TYPE_CHECKING:
    from collections.abc import Callable


def test_it_shows_its_phrases_in_order() -> None:
    bar = Bar(
        "openai/gpt-oss-120b",
        1318,
        (("df", 1787), ("weights", 24)),
        "turns 4 to 9 of 9 sent",
        ("interrupted", "practice"),
    )

    assert bar.plain() == (
        "openai/gpt-oss-120b · 1,318 tokens · Included: df (1,787 characters), weights (24) · "
        "turns 4 to 9 of 9 sent · interrupted · practice"
    )


def test_it_leaves_out_what_is_missing() -> None:
    assert Bar("m", None).plain() == "m"
    assert Bar("m", 1, (("x", 1),), "", ("",)).plain() == "m · 1 token · Included: x (1 character)"


def test_it_reads_as_one_line_without_its_tags(text_of: Callable[[str], str]) -> None:
    bar = Bar("m", 318, (), "", ("interrupted", "see `%groq_retry`"))

    assert text_of(bar.html("groq-turn-a-1")) == bar.plain()


def test_it_escapes_its_phrases() -> None:
    html = Bar("<m>", 1, (("<img>", 1),), "", ("`<b>`",)).html("groq-turn-a-1")

    assert "<img" not in html
    assert "<m>" not in html
    assert "<code>&lt;b&gt;</code>" in html


def test_its_slots_can_be_found() -> None:
    html = Bar("m", 318).html("groq-turn-a-1")

    assert '<div class="groq-bar groq-turn-a-1">' in html
    for slot in ("picker", "copy", "figures", "quota"):
        assert f'class="groq-slot-{slot}"' in html
