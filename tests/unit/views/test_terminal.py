from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from groq_magic.views.answer_facts import AnswerStart, Progress
from groq_magic.views.terminal import TerminalView

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.views.answer_facts import FinishedAnswer


OPENING = AnswerStart(
    "groq-turn-a-1", "m", practice=False, notices=("Sent `as` written.",), metadata={}
)


@pytest.fixture
def written() -> list[str]:
    return []


@pytest.fixture
def view(written: list[str]) -> TerminalView:
    view = TerminalView(written.append)
    view.open(OPENING)
    return view


def test_text_comes_as_it_comes_then_the_bar(
    view: TerminalView, written: list[str], finished: Callable[..., FinishedAnswer]
) -> None:
    view.feed("Hello ", "")
    assert written[-1] == "Hello "
    view.feed("**you**", "hidden thoughts")
    view.finish(finished(notices=OPENING.notices))

    assert "".join(written) == "Sent as written.\nHello **you**\ngpt-oss-120b · 318 tokens\n"


def test_a_late_notice_has_a_line_of_its_own(
    view: TerminalView, written: list[str], finished: Callable[..., FinishedAnswer]
) -> None:
    view.feed("Hello", "")
    view.finish(finished("Hello", notices=(*OPENING.notices, "80 % are used.")))

    assert "".join(written).endswith("Hello\n80 % are used.\ngpt-oss-120b · 318 tokens\n")


def test_a_fold_is_written_without_its_tags(
    view: TerminalView, written: list[str], finished: Callable[..., FinishedAnswer]
) -> None:
    text = "Hello\n\n<details>\n<summary>More</summary>\n\n    x\n\n</details>"
    for character in text[:-3]:
        view.feed(character, "")
    view.finish(finished(text))

    assert "".join(written).endswith("Hello\n\nMore\n\n    x\n\n\ngpt-oss-120b · 318 tokens\n")


def test_an_answer_that_never_streamed_is_written_whole(
    view: TerminalView, written: list[str], finished: Callable[..., FinishedAnswer]
) -> None:
    view.finish(finished("All at once\n"))

    assert "".join(written).endswith("All at once\ngpt-oss-120b · 318 tokens\n")


def test_a_wait_is_written_over_and_taken_away(view: TerminalView, written: list[str]) -> None:
    view.progress(Progress(0, 1.0, None, "Trying again in 10 s"))
    view.progress(Progress(0, 2.0, None, "Trying again in 9 s"))
    view.feed("Hello", "")

    assert written[1:] == [
        "\r\rTrying again in 10 s",
        f"\r{' ' * 20}\rTrying again in 9 s",
        f"\r{' ' * 19}\r",
        "Hello",
    ]


def test_control_characters_of_an_answer_do_not_reach_the_terminal(
    view: TerminalView, written: list[str]
) -> None:
    view.feed("a\x1b]0;title\x07b\x9bc\td\n", "")

    assert written[-1] == "a]0;titlebc\td\n"
