"""Figures among the messages: as many as a request takes, and none in later turns."""

from __future__ import annotations

from typing import Any

from groq_magic.asking.figures import with_last_figures, without_figures

TEXT = {"role": "user", "content": "Plot it"}


def shown(*urls: str) -> dict[str, Any]:
    images = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    return {"role": "user", "content": [{"type": "text", "text": "Drawn:"}, *images]}


def test_the_latest_figures_are_sent() -> None:
    sent = with_last_figures([TEXT, shown("a"), shown("b", "c"), shown("d")])
    left_out = {"role": "user", "content": "Drawn:\n[figure, left out]"}
    assert sent == [TEXT, left_out, shown("b", "c"), shown("d")]
    sent = with_last_figures([shown("a"), shown("b", "c", "d")])
    assert sent == [left_out, shown("b", "c", "d")]


def test_later_turns_have_no_figures() -> None:
    found = without_figures([TEXT, shown("a", "b")])
    assert found == [
        TEXT,
        {"role": "user", "content": "Drawn:\n[figure, left out]\n[figure, left out]"},
    ]
