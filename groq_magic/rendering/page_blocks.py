"""Groups of top-level blocks that a page shows as one block, and the kind of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from groq_magic.rendering.raw_html import nesting

if TYPE_CHECKING:
    from groq_magic.rendering.block_tree import Block
    from groq_magic.rendering.patches import BlockKind

__all__ = ["Group", "kind_of", "next_group"]

# Lines that a top-level HTML element may contain: one that never closes must not take the rest.
_MAX_GROUP_LINES = 400
# A paragraph that contains only a displayed formula, or an image.
_FORMULA = re.compile(
    r'<p>(?:<math display="block">(?:(?!</math>).)*</math>'
    r'|<span class="mathjax_process tex2jax_process">\\\[[^<]*</span>)</p>\n',
    re.DOTALL,
)
_IMAGE = re.compile(r"<p><img [^>]*></p>\n")


class Group(NamedTuple):
    """Top-level blocks shown as one: a single block, or an HTML element with its content."""

    blocks: list[Block]
    is_complete: bool


def next_group(blocks: list[Block], start: int) -> Group:
    """Return the group that begins with a block.

    Parameters
    ----------
    blocks : list of Block
        Top-level blocks.
    start : int
        Index of the group's first.

    Returns
    -------
    Group
        Complete if no further line can change it.
    """
    first = blocks[start]
    if first.kind != "html":
        return Group([first], not first.is_open)
    depth = 0
    for index in range(start, len(blocks)):
        block = blocks[index]
        if index > start and block.start - first.start > _MAX_GROUP_LINES:
            return Group(blocks[start:index], is_complete=True)
        if block.is_open:
            return Group(blocks[start : index + 1], is_complete=False)
        if block.kind == "html":
            if block.nesting is None:
                block.nesting = nesting("\n".join(block.lines))
            depth += block.nesting
        if depth <= 0:
            return Group(blocks[start : index + 1], is_complete=True)
    return Group(blocks[start:], is_complete=False)


def kind_of(group: Group, html: str) -> BlockKind:
    """Return the kind of block that a page shows for a group.

    Parameters
    ----------
    group : Group
    html : str
        The group's HTML, "" for a block in pieces.
    """
    block = group.blocks[0]
    if len(group.blocks) > 1:
        return "text"
    if block.kind in {"code", "table"}:
        return block.kind
    if block.kind == "paragraph" and _FORMULA.fullmatch(html):
        return "formula"
    return "image" if block.kind == "paragraph" and _IMAGE.fullmatch(html) else "text"
