"""Fenced code: read from an answer, and written around any text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groq_magic.rendering.block_parser import BlockParser
from groq_magic.rendering.lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.rendering.block_tree import Block

__all__ = ["Fence", "code_span", "fenced", "fenced_code"]

_RUNS = re.compile(r"`+")
_NOT_IN_AN_INFO = re.compile(r"[`~\s]")
_SHORTEST = 3


@dataclass(frozen=True)
class Fence:
    """A fenced code block.

    Attributes
    ----------
    language : str
        The first word of its info string; may be empty.
    code : str
        Its text; every line ends in a newline.
    closed : bool
        Whether it has a closing fence.
    """

    language: str
    code: str
    closed: bool


def fenced_code(markdown: str) -> tuple[Fence, ...]:
    """Return every fenced code block of a text, in order, those in lists and quotes too.

    Parameters
    ----------
    markdown : str
        A complete or partial answer.
    """
    parser = BlockParser()
    for line in lines_of(markdown):
        parser.feed(line)
    return tuple(_fences(parser.finish()))


def _fences(block: Block) -> Iterator[Fence]:
    if block.kind == "code" and block.fence:
        yield Fence(block.language, block.code(), closed=block.closed)
    for child in block.children:
        yield from _fences(child)


def fenced(text: str, language: str = "") -> str:
    """Return text in a fence that no line of the text closes.

    Parameters
    ----------
    text : str
        With or without a newline at its end.
    language : str
        The info string; characters that would end it are removed.

    Returns
    -------
    str
        Markdown, without a newline at its end.
    """
    longest = max(map(len, _RUNS.findall(text)), default=0) if "`" in text else 0
    ticks = "`" * max(_SHORTEST, longest + 1)
    end = "" if not text or text.endswith("\n") else "\n"
    return f"{ticks}{_NOT_IN_AN_INFO.sub('', language)}\n{text}{end}{ticks}"


def code_span(code: str) -> str:
    """Return text of one line as a code span, its outer spaces and backticks kept."""
    runs = {len(run) for run in _RUNS.findall(code)}
    # The shortest run that the code does not contain: three or more at a line's start are a fence.
    mark = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    # Markdown removes one space from both ends, unless the code is all spaces.
    space = " " if code.strip(" ") and (code[0] in "` " or code[-1] in "` ") else ""
    return f"{mark}{space}{code or ' '}{space}{mark}"
