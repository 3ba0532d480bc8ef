"""The block parser: lines in, a tree of blocks out.

The algorithm is that of the CommonMark spec's appendix "A parsing strategy": a line first
says which open containers it continues, then opens new blocks, and what is left of it is
text. So a line changes only the open right-hand spine of the tree, and every block but the
last of each container is final: what streaming rests on.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import replace

from groq_magic.rendering import tables
from groq_magic.rendering.block import CONTAINERS, Block, Kind
from groq_magic.rendering.characters import unescape_marks
from groq_magic.rendering.leaves import (
    ATX,
    ATX_CLOSING,
    FENCE,
    MAYBE_START,
    RULE,
    SETEXT,
    formula_left_open,
    html_ends,
    html_kind,
    list_marker,
)
from groq_magic.rendering.line import CODE_INDENT, Line
from groq_magic.rendering.links import Definitions, take_definitions
from groq_magic.rendering.spine import can_hold, continues, copy_spine, ends_fence, parent_of

__all__ = ["MAX_DEPTH", "BlockParser"]

# Containers inside one another; deeper marks are text. Keeps recursion and browsers safe.
MAX_DEPTH = 100


class BlockParser:
    """Reads a document line by line.

    Parameters
    ----------
    definitions : MutableMapping, optional
        Gets the link reference definitions, by folded label.
    tags : frozenset of str, optional
        The HTML tags that may stand alone as an HTML block; None for all.
    formulas : bool
        Whether a displayed formula's lines stay together, whatever they begin with.

    Attributes
    ----------
    root : Block
        The document.
    """

    def __init__(
        self,
        definitions: Definitions | None = None,
        tags: frozenset[str] | None = None,
        *,
        formulas: bool = True,
    ) -> None:
        self.definitions: Definitions = {} if definitions is None else definitions
        self.root = Block("document")
        self._tags = tags
        self._formulas = formulas
        self._number = 0

    @property
    def line_number(self) -> int:
        """How many lines were fed."""
        return self._number

    def feed(self, text: str) -> None:
        """Take one line, without its end."""
        line = Line(text)
        container, depth, done = self._continued(line)
        if not done:
            container = self._open(line, container, depth)
            self._take_text(line, container)
        self._number += 1

    def finish(self) -> Block:
        """Close what is open and return the document."""
        self._close_below(self.root)
        self.root.is_open = False
        return self.root

    def fork(self, skip: int, finished: int) -> BlockParser:
        """Return a parser that goes on from here without touching this one's tree.

        Parameters
        ----------
        skip : int
            Of the open top-level block, children or lines that the copy may do without.
        finished : int
            Top-level blocks that the copy may do without.
        """
        definitions = ChainMap({}, self.definitions)
        twin = BlockParser(definitions, self._tags, formulas=self._formulas)
        twin._number = self._number
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

    # Which open blocks the line continues

    def _continued(self, line: Line) -> tuple[Block, int, bool]:
        container, depth = self.root, 0
        while (child := container.open_child) is not None:
            line.look()
            if ends_fence(child, line):
                child.end = self._number
                child.closed = True
                self._close_below(container)
                return container, depth, True
            if not continues(child, line):
                break
            if child.kind == "quote":
                child.end = self._number
            container = child
            depth += 1
        return container, depth, False

    # Which new blocks it opens

    def _open(self, line: Line, container: Block, depth: int) -> Block:
        while container.kind in CONTAINERS or container.kind in ("paragraph", "table"):
            line.look()
            if line.blank or (container.kind == "paragraph" and container.until):
                break
            if not line.indented and not MAYBE_START.match(line.text, line.start):
                break
            opened = self._open_one(line, container, depth)
            if opened is None:
                break
            container = opened
            depth += 1
        return container

    def _open_one(self, line: Line, container: Block, depth: int) -> Block | None:
        if line.indented:
            return self._open_indented(line, container)
        first = line.text[line.start]
        if first == ">" and depth < MAX_DEPTH:
            line.skip_blanks()
            line.skip(1)
            line.skip_one_blank()
            return self._add(container, "quote")
        leaf = self._open_leaf(line, container, first)
        if leaf is not None:
            return leaf
        if depth < MAX_DEPTH and (first in "*+-" or first.isdigit()):
            item = self._open_item(line, container)
            if item is not None:
                return item
        if container.kind == "paragraph":
            return self._open_table(line, container)
        return None

    def _open_indented(self, line: Line, container: Block) -> Block | None:
        if container.kind == "paragraph" or self._lazy_paragraph(container):
            return None
        line.skip_columns(CODE_INDENT)
        return self._add(container, "code")

    def _open_leaf(self, line: Line, container: Block, first: str) -> Block | None:
        content = line.content()
        if first == "#" and (atx := ATX.match(content)):
            heading = self._add(container, "heading")
            heading.level = len(atx[1])
            heading.lines = [ATX_CLOSING.sub("", content[atx.end() :]).strip(" \t")]
            return heading
        if first in "`~" and (run := FENCE.match(content)):
            code = self._add(container, "code")
            code.fence = run[0]
            code.margin = line.indent
            code.info = unescape_marks(content[run.end() :].strip())
            return code
        if first == "<":
            paragraph = container.kind == "paragraph" or self._lazy_paragraph(container)
            kind = html_kind(content, in_paragraph=paragraph, tags=self._tags)
            if kind:
                block = self._add(container, "html")
                block.until = kind
                return block
        if (
            first in "=-"
            and container.kind == "paragraph"
            and (line_under := SETEXT.match(content))
        ):
            heading_text = self._without_definitions(container)
            if heading_text:
                container.kind = "heading"
                container.lines = heading_text
                container.level = 1 if line_under[1][0] == "=" else 2
                container.end = self._number
                return container
        if first in "*_-" and RULE.match(content):
            return self._add(container, "rule")
        return None

    def _open_item(self, line: Line, container: Block) -> Block | None:
        marker = list_marker(line, interrupts=container.kind == "paragraph")
        if marker is None:
            return None
        if container.kind != "list" or container.marker != marker.kind:
            container = self._add(container, "list")
            container.marker = marker.kind
            container.number = marker.number
        item = self._add(container, "item")
        item.margin = marker.margin
        return item

    def _open_table(self, line: Line, paragraph: Block) -> Block | None:
        aligns = tables.alignments(line.content())
        if not aligns or len(tables.cells(paragraph.lines[-1])) != len(aligns):
            return None
        header = paragraph.lines.pop()
        if paragraph.lines:
            table = self._add(parent_of(self.root, paragraph), "table")
            table.start = self._number - 1
        else:
            table = paragraph
            table.kind = "table"
        table.header, table.aligns, table.lines = header, aligns, []
        return table

    # What is left of it

    def _take_text(self, line: Line, container: Block) -> None:
        line.look()
        if not line.blank and container.open_child is not None:
            paragraph = self._open_paragraph()
            if paragraph is not None:
                self._add_line(paragraph, line)
                return
        self._close_below(container)
        if container.kind in CONTAINERS:
            if not line.blank:
                self._add_line(self._add(container, "paragraph"), line)
        else:
            self._take_leaf_text(line, container)

    def _take_leaf_text(self, line: Line, leaf: Block) -> None:
        ends = leaf.kind in ("heading", "rule")
        if leaf.kind == "paragraph":
            self._add_line(leaf, line)
        elif leaf.kind == "table":
            self._take_row(leaf, line)
        elif leaf.kind == "code":
            self._take_code(leaf, line)
        elif leaf.kind == "html":
            leaf.lines.append(line.rest())
            ends = html_ends(leaf.until, line.content())
        if leaf.kind in ("heading", "html"):
            leaf.end = self._number
        if ends:
            self._close_below(parent_of(self.root, leaf))

    def _open_paragraph(self) -> Block | None:
        leaf = self.leaf()
        return leaf if leaf is not None and leaf.kind == "paragraph" else None

    def _add_line(self, paragraph: Block, line: Line) -> None:
        text = line.content()
        paragraph.lines.append(text)
        paragraph.end = self._number
        if self._formulas:
            paragraph.until = formula_left_open(text, paragraph.until)

    def _take_row(self, table: Block, line: Line) -> None:
        if table.start + 1 < self._number:
            table.lines.append(line.content())
            table.has_rows = True
        table.end = self._number

    def _take_code(self, block: Block, line: Line) -> None:
        if block.fence and block.start == self._number:
            return
        block.lines.append(line.rest())
        if block.fence or not line.blank:
            block.end = self._number

    # The tree

    def _lazy_paragraph(self, container: Block) -> bool:
        if container.open_child is None:
            return False
        return self._open_paragraph() is not None

    def _add(self, parent: Block, kind: Kind) -> Block:
        while not can_hold(parent, kind):
            parent = parent_of(self.root, parent)
        self._close_below(parent)
        last = parent.last
        block = Block(kind, self._number, self._number)
        if last is not None and last.end + 1 < self._number:
            if parent.kind == "list":
                parent.loose = True
            elif parent.kind == "item":
                parent_of(self.root, parent).loose = True
        parent.children.append(block)
        return block

    def _close_below(self, container: Block) -> None:
        spine = []
        block = container
        while (child := block.open_child) is not None:
            spine.append((block, child))
            block = child
        for parent, child in reversed(spine):
            self._close(parent, child)

    def _close(self, parent: Block, block: Block) -> None:
        block.is_open = False
        parent.end = max(parent.end, block.end)
        if block.kind == "paragraph":
            left = self._without_definitions(block)
            if left:
                block.lines = left
            else:
                parent.children.remove(block)

    def _without_definitions(self, paragraph: Block) -> list[str]:
        if not paragraph.lines[0].startswith("["):
            return paragraph.lines
        text = take_definitions("\n".join(paragraph.lines), self.definitions)
        return text.split("\n") if text.strip() else []
