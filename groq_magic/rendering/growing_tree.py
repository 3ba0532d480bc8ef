"""A tree of blocks that grows at its open right-hand spine."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.rendering.block import CONTAINERS, Block, Kind
from groq_magic.rendering.links import Definitions, take_definitions
from groq_magic.rendering.spine import can_hold, copy_spine, parent_of

if TYPE_CHECKING:
    from groq_magic.rendering.links import Definitions

__all__ = ["GrowingTree"]


class GrowingTree:
    """The blocks of a document, the last of each container open.

    Parameters
    ----------
    definitions : MutableMapping
        Gets the link reference definitions, by folded label.

    Attributes
    ----------
    root : Block
        The document.
    number : int
        Of the line that is being read.
    """

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.root = Block("document")
        self.number = 0

    def fork(self, skip: int, finished: int) -> GrowingTree:
        """Return a copy that can grow on its own; see `BlockParser.fork`."""
        twin = GrowingTree(ChainMap({}, self.definitions))
        twin.number = self.number
        twin.root = replace(self.root, children=self.root.children[finished:])
        last = twin.root.open_child
        if last is not None:
            twin.root.children[-1] = copy_spine(last, skip)
        return twin

    def leaf(self) -> Block | None:
        """Return the open leaf at the end of the document, if any."""
        block: Block | None = self.root
        while block is not None and block.kind in CONTAINERS:
            block = block.open_child
        return block

    def open_paragraph(self) -> Block | None:
        """Return the open leaf if it is a paragraph."""
        leaf = self.leaf()
        return leaf if leaf is not None and leaf.kind == "paragraph" else None

    def expects_item(self, number: int) -> bool:
        """Tell whether a line that begins with a number may be the next item of a list."""
        block, paragraph = self.root, self.open_paragraph()
        while (child := block.open_child) is not None:
            if child.kind == "list" and child.number is not None:
                return True
            block = child
        return paragraph is not None and number == 1

    def add(self, parent: Block, kind: Kind) -> Block:
        """Append a block to a container, or to the next one around it that may hold it.

        Notes
        -----
        A blank line before it makes a list loose that it is an item, or an item's child, of;
        not behind a thematic break, as on GitHub (cmark-gfm).
        """
        while not can_hold(parent, kind):
            parent = parent_of(self.root, parent)
        self.close_below(parent)
        last = parent.last
        block = Block(kind, self.number, self.number)
        if last is not None and last.end + 1 < self.number and not _ends_in_rule(last):
            if parent.kind == "list":
                parent.loose = True
            elif parent.kind == "item":
                parent_of(self.root, parent).loose = True
        parent.children.append(block)
        return block

    def close_below(self, container: Block) -> None:
        """Close the open blocks in a container."""
        spine = []
        block = container
        while (child := block.open_child) is not None:
            spine.append((block, child))
            block = child
        for parent, child in reversed(spine):
            self._close(parent, child)

    def without_definitions(self, paragraph: Block) -> list[str]:
        """Take the definitions off a paragraph and return the lines that are left."""
        if not paragraph.lines[0].startswith("["):
            return paragraph.lines
        text = take_definitions("\n".join(paragraph.lines), self.definitions)
        return text.split("\n") if text.strip() else []

    def _close(self, parent: Block, block: Block) -> None:
        block.is_open = False
        parent.end = max(parent.end, block.end)
        if block.kind == "paragraph":
            left = self.without_definitions(block)
            if left:
                block.lines = left
            else:
                parent.children.pop()


def _ends_in_rule(block: Block) -> bool:
    while block.kind in ("list", "item") and block.last is not None:
        block = block.last
    return block.kind == "rule"
