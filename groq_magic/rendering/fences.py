"""The code in an answer's fences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from groq_magic.rendering.blocks import BlockParser
from groq_magic.rendering.characters import lines_of
from groq_magic.rendering.sanitise import RAW_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.rendering.block import Block

__all__ = ["Fence", "fenced_code"]


@dataclass(frozen=True)
class Fence:
    """A fenced code block.

    Attributes
    ----------
    language : str
        The first word of its info string; empty if it has none.
    code : str
        Its text; every line ends in a newline.
    closed : bool
        Whether its closing fence is there.
    """

    language: str
    code: str
    closed: bool


def fenced_code(markdown: str) -> tuple[Fence, ...]:
    """Return every fenced code block of a text, in order, those in lists and quotes too.

    Parameters
    ----------
    markdown : str
        A whole answer, or one that broke off.
    """
    parser = BlockParser(tags=RAW_TAGS)
    for line in lines_of(markdown):
        parser.feed(line)
    return tuple(_fences(parser.finish()))


def _fences(block: Block) -> Iterator[Fence]:
    if block.kind == "code" and block.fence:
        yield Fence(block.language, block.code(), closed=block.closed)
    for child in block.children:
        yield from _fences(child)
