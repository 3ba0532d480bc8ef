"""A block of a document's tree, before its inline text is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["CONTAINERS", "Block", "Kind"]

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
        What it is.
    start, end : int
        Its first and last line, from 0.
    children : list of Block
        For containers.
    lines : list of str
        A leaf's text, line by line; a table's body rows.
    is_open : bool
        Whether the next line may still belong to it.
    closed : bool
        Of fenced code: its closing fence is there.
    unfinished : bool
        Whether the end of its text may still be in the middle of a mark.
    cut_short : bool
        Whether it was closed only because the text so far ends there.
    loose : bool
        Of a list: its paragraphs are shown as such.
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
        Of a table: whether it has a body, here or in the tree that this is a copy of.
    blank_lines : int
        Of code: how many of its last lines are blank.
    nesting : int or None
        Of closed HTML: elements that it leaves open, once they were counted.
    """

    kind: Kind
    start: int = 0
    end: int = 0
    children: list[Block] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    is_open: bool = True
    closed: bool = False
    unfinished: bool = False
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
        """The last child, if there is one."""
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
        """How many lines of a code block are its text: indented code ends with a filled one."""
        return len(self.lines) - (0 if self.fence else self.blank_lines)

    def code(self) -> str:
        """Return a code block's text; every line ends in a newline."""
        lines = self.lines[: self.code_lines]
        return "\n".join((*lines, "")) if lines else ""
