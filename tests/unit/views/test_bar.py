from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.views.bar import Bar

if TYPE_CHECKING:
    from collections.abc import Callable


def test_it_shows_its_phrases_in_order() -> None:
    bar = Bar(
        "openai/gpt-oss-120b",
        "1,318 tokens sent, 9 received",
        (("df", 1787), ("weights", 24)),
        "turns 4 to 9 of 9 sent",
        ("interrupted", "practice"),
        (("rows", 1),),
    )

    assert bar.plain() == (
        "openai/gpt-oss-120b · 1,318 tokens sent, 9 received · "
        "Included: df (1,787 characters), weights (24 characters) · "
        "From earlier turns: rows (1 character) · turns 4 to 9 of 9 sent · interrupted · practice"
    )


def test_it_leaves_out_what_is_missing() -> None:
    assert Bar("m", "").plain() == "m"
    assert Bar("m", "", (("x", 1),), "", ("",)).plain() == "m · Included: x (1 character)"
    earlier = Bar("m", "", earlier=(("x", 1), ("y", 2)))
    assert earlier.plain() == "m · From earlier turns: x (1 character), y (2 characters)"


def test_it_reads_as_one_line_without_its_tags(text_of: Callable[[str], str]) -> None:
    bar = Bar("m", "318 tokens", (), "", ("interrupted", "see `%groq_retry`"))

    assert text_of(bar.html("groq-turn-a-1")) == bar.plain()


def test_it_escapes_its_phrases() -> None:
    html = Bar("<m>", "<i>", (("<img>", 1),), "", ("`<b>`",)).html("groq-turn-a-1")

    assert "<img" not in html
    assert "<m>" not in html
    assert "<i>" not in html
    assert "<code>&lt;b&gt;</code>" in html


def test_its_slots_can_be_found() -> None:
    html = Bar("m", "318 tokens").html("groq-turn-a-1")

    assert '<div class="groq-bar groq-turn-a-1">' in html
    for slot in ("picker", "copy", "figures", "quota"):
        assert f'class="groq-slot-{slot}"' in html
