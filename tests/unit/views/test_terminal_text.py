from __future__ import annotations

import pytest

from groq_magic.views.terminal_text import TerminalText

FOLD = (
    "Run it.\n\n<details>\n<summary>What was sent: 1 message</summary>\n\n    user:\n"
    "        <details>\n\n</details>\n"
)


def shown(pieces: list[str]) -> str:
    text = TerminalText()
    return "".join([*map(text.feed, pieces), text.rest()])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FOLD, "Run it.\n\nWhat was sent: 1 message\n\n    user:\n        <details>\n\n"),
        (FOLD.rstrip(), "Run it.\n\nWhat was sent: 1 message\n\n    user:\n        <details>\n\n"),
        ("a <details>\n", "a <details>\n"),
        ("```html\n<details>\n```\n<details>\nb", "```html\n<details>\n```\nb"),
        ("<summary>never closed", "<summary>never closed"),
        ("<detail", "<detail"),
        ("<b>\n  <p", "<b>\n  <p"),
        ("``", "``"),
    ],
)
def test_lines_that_are_tags_of_a_fold_are_left_out(text: str, expected: str, size: int) -> None:
    assert shown([text[n : n + size] for n in range(0, len(text), size)]) == expected


def test_only_the_beginning_of_a_line_that_may_be_a_tag_waits() -> None:
    text = TerminalText()
    assert [text.feed(piece) for piece in ("One", "\n<", "b> two", "<")] == [
        "One",
        "\n",
        "<b> two",
        "<",
    ]
    long = "<summary>" + "x" * 2_000
    assert text.feed("\n" + long) == "\n" + long
