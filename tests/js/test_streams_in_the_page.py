"""Streams of generated Markdown, drawn by the page: each ends as the whole document."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from groq_magic.rendering import MarkdownStream, to_html

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Page

PIECES = [
    "Text with **bold** and `code`.",
    "\n\n",
    "\n",
    "- a\n- b\n",
    "- a\n\n- b\n",
    "  - nested\n",
    "1. one\n2. two\n",
    "3) three\n",
    "```python\ndef f():\n    return 1\n```\n",
    "```c\n/* for\nreturn */\nint x;\n```\n",
    "```\nopen\n\n",
    "~~~\n",
    "| a | b |\n|---|:-:|\n",
    "| 1 | `x\\|y` |\n",
    "> quote\nlazy\n",
    "> - in\n>\n> - out\n",
    "# Title\n",
    "Setext\n---\n",
    "---\n",
    "<details><summary>S</summary>\n\n",
    "</details>\n\n",
    "<b>raw</b> List<String>",
    "[late][l]",
    "[l]: https://x.org\n\n",
    "[l] and [m]\n\n",
    "![i](https://x.org/i)",
    "$x^2$",
    "\\(a\\)",
    "$$\nx\n= 1\n$$\n",
    "- [x] done\n",
    "    indented\n\n",
    "    more\n",
    "a  \nb\\\nc\n",
    "&amp; &copy; \\*",
    "https://x.org/a_b.",
    "me@x.org",
    "中文**字**",
    "שלום `x`",
    "- עברית\n- item\n",
    "| א | b |\n|---|---|\n| 1 | ג |\n",
    "\r\n",
    "\r",
    "\t- tab\n",
    "***",
    "_",
    "~~",
    "👩‍👧",
    "<!-- c -->\n",
    "[a](",
    "](x)",
    "1986. ",
    "- \n\n",
    "* * *\n",
    "> \n",
    "|",
    "$",
    "`",
]
PAYLOADS: dict[str, list[str]] = json.loads(
    (Path(__file__).parents[1] / "payloads.json").read_text("utf-8")
)
CUT = [
    ("- a\n- b\n\n- c", [4, 5, 9, 10]),
    ("[l]\n\n- [l]\n- x\n\nt\n\n[l]: https://x.org\n\nmore", [5, 9, 12, 18, 30]),
    ("| a |\n|---|\n| b |\n| c |\n\nx", list(range(30))),
]
WRONG = """async (streams) => {
  const { wrongStreams } = await import("/tests/js/streams.mjs");
  return wrongStreams(streams);
}"""
IN_ONE_CALL = 100


class Stream(NamedTuple):
    """A text as it came, and what the page is to show: after each frame, and in the end."""

    text: str
    frames: list[list[Any]]
    after: list[str]
    fresh: list[Any]


def documents(count: int, seed: int) -> list[tuple[str, list[int]]]:
    """Generate texts, each with the positions where it is cut."""
    random = Random(seed)  # noqa: S311 - no secret
    made = []
    for _ in range(count):
        text = "".join(random.choices(PIECES, k=random.randint(0, 14)))
        made.append((text, [random.randint(0, len(text)) for _ in range(random.randint(0, 25))]))
    return made


def streams(documents: Iterable[tuple[str, list[int]]], formulas: Any) -> Iterable[Stream]:
    for text, cuts in documents:
        stream = MarkdownStream(formulas=formulas)
        frames, after = [], []
        for start, end in itertools.pairwise([0, *sorted(set(cuts)), len(text)]):
            frames.append(stream.feed(text[start:end]))
            after.append(stream.html())
        frames.append(stream.finish())
        after.append(stream.html())
        if formulas == "tex":
            assert after[-1] == to_html(text)
        yield Stream(text, frames, after, stream.patches_from_start())


def wrong_in(page: Page, streams: Iterable[Stream]) -> list[Any]:
    wrong: list[Any] = []
    given = (each._asdict() for each in streams)
    while some := list(itertools.islice(given, IN_ONE_CALL)):
        wrong += page.evaluate(WRONG, some)
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("formulas", ["tex", "mathml"])
def test_every_frame_is_what_the_kernel_has_and_the_end_the_whole(
    bare_page: Page, formulas: str
) -> None:
    assert wrong_in(bare_page, streams([*CUT, *documents(300, seed=1)], formulas)) == []


def test_hostile_answers_are_drawn_as_the_kernel_has_them(bare_page: Page) -> None:
    """What the kernel has is inert (tests/browser/test_inert.py); no cut makes more of it."""
    every = [payload for family in PAYLOADS.values() for payload in family]
    cut = [(each, list(range(1, len(each), max(1, len(each) // 8)))) for each in every]
    assert wrong_in(bare_page, streams(cut, "mathml")) == []


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(2, 12))
def test_every_frame_is_what_the_kernel_has_for_many_documents(bare_page: Page, seed: int) -> None:
    assert wrong_in(bare_page, streams(documents(1_000, seed), "mathml")) == []


def test_the_comparison_itself_sees_a_difference(bare_page: Page) -> None:
    (stream,) = streams([("a\n\nb", [2])], "tex")
    frames = len(stream.frames)
    for changed in ({"after": ["<p>a</p>"] * frames}, {"fresh": []}, {"frames": [[]] * frames}):
        assert len(wrong_in(bare_page, [stream._replace(**changed)])) == 1
