"""The tree of blocks: the last of each container may be open, and only that can grow."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from groq_magic.rendering.links import take_definitions

if TYPE_CHECKING:
    from groq_magic.rendering.links import Definitions

__all__ = ["CONTAINERS", "Block", "BlockTree", "Kind", "parent_of"]

Kind = Literal[
    "document",
    "quote",
    "list",
    "item",
    "paragraph",
    "heading",
    "code",
    "html",
    "rule",
    "table",
]
CONTAINERS = frozenset({"document", "quote", "list", "item"})


@dataclass(slots=True, eq=False)
class Block:
    """A node of the block tree; it grows while it is open, and never after.

    Attributes
    ----------
    kind : str
    start, end : int
        Its first and last line, from 0.
    children : list of Block
        For containers.
    lines : list of str
        A leaf's text, line by line; a table's body rows.
    is_open : bool
        Whether the next line may still belong to it.
    closed : bool
        Of fenced code: whether it has a closing fence.
    incomplete : bool
        Whether the end of its text may still be in the middle of a mark.
    cut_short : bool
        Whether it was closed only because the text so far ends there.
    loose : bool
        Of a list: whether its items' text is shown as paragraphs.
    marker : str
        Of a list: its bullet, or the character after its number.
    number : int or None
        Of an ordered list: its first number.
    margin : int
        Of an item: columns that its content is indented by. Of a fence: its own indent.
    level : int
        Of a heading.
    fence : str
        Of fenced code: its opening run; empty for indented code.
    info : str
        Of fenced code: what follows the run.
    until : str
        Of HTML: the kind of its end (1 to 7). Of a paragraph: the mark that ends its formula.
    aligns : tuple of str
        Of a table: left, center, right or nothing, by column.
    header : str
        Of a table: its header row.
    has_rows : bool
        Of a table: whether it has a body, here or in the tree that it was copied from.
    blank_lines : int
        Of code: the number of blank lines at its end.
    nesting : int or None
        Of closed HTML: the number of elements that it leaves open; None before they are counted.
    """

    kind: Kind
    start: int = 0
    end: int = 0
    children: list[Block] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    is_open: bool = True
    closed: bool = False
    incomplete: bool = False
    cut_short: bool = False
    loose: bool = False
    marker: str = ""
    number: int | None = None
    margin: int = 0
    level: int = 0
    fence: str = ""
    info: str = ""
    until: str = ""
    aligns: tuple[str, ...] = ()
    header: str = ""
    has_rows: bool = False
    blank_lines: int = 0
    nesting: int | None = None

    @property
    def last(self) -> Block | None:
        """The last child, None without children."""
        return self.children[-1] if self.children else None

    @property
    def open_child(self) -> Block | None:
        """The last child, if it is open."""
        children = self.children
        return children[-1] if children and children[-1].is_open else None

    @property
    def language(self) -> str:
        """The first word of a fence's info string."""
        words = self.info.split()
        return words[0] if words else ""

    @property
    def code_lines(self) -> int:
        """How many lines of a code block are its text: indented code ends with a line of text."""
        return len(self.lines) - (0 if self.fence else self.blank_lines)

    def code(self) -> str:
        """Return a code block's text; every line ends in a newline."""
        lines = self.lines[: self.code_lines]
        return "\n".join((*lines, "")) if lines else ""


class BlockTree:
    """The blocks of a document, the last of each container open.

    Parameters
    ----------
    definitions : MutableMapping
        Receives the link reference definitions, by folded label.

    Attributes
    ----------
    root : Block
        The document.
    number : int
        The index of the line that is being read.
    """

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.root = Block("document")
        self.number = 0

    def fork(self, skip: int, finished: int) -> BlockTree:
        """Return a copy that can grow on its own; see `BlockParser.fork`."""
        copy = BlockTree(ChainMap({}, self.definitions))
        copy.number = self.number
        copy.root = replace(self.root, children=self.root.children[finished:])
        last = copy.root.open_child
        if last is not None:
            copy.root.children[-1] = _copy_open(last, skip)
        return copy

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
        """Return whether a line that begins with a number may be the next item of a list."""
        block, paragraph = self.root, self.open_paragraph()
        while (child := block.open_child) is not None:
            if child.kind == "list" and child.number is not None:
                return True
            block = child
        return paragraph is not None and number == 1

    def add(self, parent: Block, kind: Kind) -> Block:
        """Append a block to a container, or to the next one around it that may contain it.

        Notes
        -----
        A list becomes loose by a blank line before one of its items, or before a child of one;
        not after a thematic break, as on GitHub (cmark-gfm).
        """
        while not _can_hold(parent, kind):
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
        path = []
        block = container
        while (child := block.open_child) is not None:
            path.append((block, child))
            block = child
        for parent, child in reversed(path):
            self._close(parent, child)

    def without_definitions(self, paragraph: Block) -> list[str]:
        """Read the definitions at a paragraph's start and return the remaining lines."""
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


def _can_hold(parent: Block, kind: str) -> bool:
    """Return whether a block may contain one of that kind."""
    if parent.kind == "list":
        return kind == "item"
    return parent.kind in CONTAINERS


def _copy_open(block: Block, skip: int) -> Block:
    """Return a copy of an open block; it shares the closed blocks inside.

    Parameters
    ----------
    block : Block
    skip : int
        How many of its children or lines the copy omits.
    """
    copy = replace(block, children=block.children[skip:], lines=block.lines[skip:])
    last = copy.open_child
    if last is not None:
        copy.children[-1] = _copy_open(last, 0)
    return copy


def parent_of(root: Block, block: Block) -> Block:
    """Return the parent of a block that is the last of each container around it."""
    parent = root
    while (last := parent.last) is not None and last is not block:
        parent = last
    return parent
