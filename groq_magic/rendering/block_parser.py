"""The block parser: lines in, a tree of blocks out.

The algorithm is that of the CommonMark spec's appendix "A parsing strategy": a line first
continues open containers, then opens new blocks, and the rest of it is text. So a line changes
only the open blocks at the end of the tree, and every block but the last of each container is
final: streaming relies on this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.rendering import tables
from groq_magic.rendering.block_lines import (
    ATX,
    FENCE,
    MAYBE_START,
    RULE,
    SETEXT,
    continues,
    ends_fence,
    formula_left_open,
    heading_text,
    list_marker,
    take_code,
    take_row,
)
from groq_magic.rendering.block_tree import CONTAINERS, Block, BlockTree, parent_of
from groq_magic.rendering.characters import unescape
from groq_magic.rendering.lines import CODE_INDENT, Line
from groq_magic.rendering.raw_html import html_ends, html_kind
from groq_magic.rendering.sanitise import RAW_TAGS

if TYPE_CHECKING:
    from groq_magic.rendering.links import Definitions

__all__ = ["MAX_DEPTH", "BlockParser"]

# Nested containers; deeper marks are text. Limits recursion, the browser's work, and the time
# for a line: each line, blank or not, is compared with every open container.
MAX_DEPTH = 24


class BlockParser:
    """Reads a document line by line.

    Parameters
    ----------
    definitions : MutableMapping, optional
        Receives the link reference definitions, by folded label.
    tags : frozenset of str, optional
        The HTML tags that alone make an HTML block.
    formulas : bool
        Whether a displayed formula's lines stay together, whatever they begin with.
    """

    def __init__(
        self,
        definitions: Definitions | None = None,
        tags: frozenset[str] = RAW_TAGS,
        *,
        formulas: bool = True,
    ) -> None:
        self._tree = BlockTree({} if definitions is None else definitions)
        self._tags = tags
        self._formulas = formulas

    @property
    def root(self) -> Block:
        """The document."""
        return self._tree.root

    @property
    def definitions(self) -> Definitions:
        """The link reference definitions."""
        return self._tree.definitions

    @property
    def line_number(self) -> int:
        """The number of lines read so far."""
        return self._tree.number

    @property
    def tree(self) -> BlockTree:
        """The tree of blocks so far."""
        return self._tree

    def feed(self, text: str) -> None:
        """Read one line, without its line end."""
        line = Line(text)
        container, depth, done = self._continued(line)
        if not done:
            container = self._open(line, container, depth)
            self._take_text(line, container)
        self._tree.number += 1

    def finish(self) -> Block:
        """Close the open blocks and return the document."""
        self._tree.close_below(self.root)
        self.root.is_open = False
        return self.root

    def fork(self, skip: int, finished: int) -> BlockParser:
        """Return a parser that continues from here and leaves this one's tree unchanged.

        Parameters
        ----------
        skip : int
            How many children or lines of the open top-level block the copy omits.
        finished : int
            How many top-level blocks the copy omits.
        """
        copy = BlockParser(tags=self._tags, formulas=self._formulas)
        copy._tree = self._tree.fork(skip, finished)
        return copy

    # Which open blocks the line continues

    def _continued(self, line: Line) -> tuple[Block, int, bool]:
        container, depth = self.root, 0
        while (child := container.open_child) is not None:
            if ends_fence(child, line):
                child.end = self._tree.number
                child.closed = True
                self._tree.close_below(container)
                return container, depth, True
            if not continues(child, line):
                break
            if child.kind == "quote":
                child.end = self._tree.number
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
            return self._tree.add(container, "quote")
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
        if container.kind == "paragraph" or self._is_lazy(container):
            return None
        line.skip_columns(CODE_INDENT)
        return self._tree.add(container, "code")

    def _open_leaf(self, line: Line, container: Block, first: str) -> Block | None:
        content = line.content()
        leaf = None
        if first == "#":
            leaf = self._open_heading(content, container)
        elif first in "`~":
            leaf = self._open_fence(line, container)
        elif first == "<":
            leaf = self._open_html(content, container)
        elif first in "=-" and container.kind == "paragraph":
            leaf = self._underline(content, container)
        if leaf is None and first in "*_-" and RULE.match(content):
            leaf = self._tree.add(container, "rule")
        return leaf

    def _open_heading(self, content: str, container: Block) -> Block | None:
        mark = ATX.match(content)
        if mark is None:
            return None
        heading = self._tree.add(container, "heading")
        heading.level = len(mark[1])
        heading.lines = [heading_text(content[mark.end() :])]
        return heading

    def _open_fence(self, line: Line, container: Block) -> Block | None:
        content = line.content()
        run = FENCE.match(content)
        if run is None:
            return None
        code = self._tree.add(container, "code")
        code.fence = run[0]
        code.margin = line.indent
        code.info = unescape(content[run.end() :].strip())
        return code

    def _open_html(self, content: str, container: Block) -> Block | None:
        in_paragraph = container.kind == "paragraph" or self._is_lazy(container)
        kind = html_kind(content, in_paragraph=in_paragraph, tags=self._tags)
        if not kind:
            return None
        block = self._tree.add(container, "html")
        block.until = kind
        return block

    def _underline(self, content: str, paragraph: Block) -> Block | None:
        under = SETEXT.match(content)
        lines = self._tree.without_definitions(paragraph) if under else []
        if under is None or not lines:
            return None
        paragraph.kind = "heading"
        paragraph.lines = lines
        paragraph.level = 1 if under[1][0] == "=" else 2
        return paragraph

    def _open_item(self, line: Line, container: Block) -> Block | None:
        marker = list_marker(line, interrupts=container.kind == "paragraph")
        if marker is None:
            return None
        if container.kind != "list" or container.marker != marker.kind:
            container = self._tree.add(container, "list")
            container.marker = marker.kind
            container.number = marker.number
        item = self._tree.add(container, "item")
        item.margin = marker.margin
        return item

    def _open_table(self, line: Line, paragraph: Block) -> Block | None:
        aligns = tables.alignments(line.content())
        if not aligns or len(tables.cells(paragraph.lines[-1])) != len(aligns):
            return None
        header = paragraph.lines.pop()
        if paragraph.lines:
            table = self._tree.add(parent_of(self._tree.root, paragraph), "table")
            table.start = self._tree.number - 1
        else:
            table = paragraph
            table.kind = "table"
        table.header, table.aligns, table.lines = header, aligns, []
        return table

    # The rest of the line

    def _take_text(self, line: Line, container: Block) -> None:
        line.look()
        if not line.blank and container.open_child is not None:
            paragraph = self._tree.open_paragraph()
            if paragraph is not None:
                self._add_line(paragraph, line)
                return
        self._tree.close_below(container)
        if container.kind in CONTAINERS:
            if not line.blank:
                self._add_line(self._tree.add(container, "paragraph"), line)
        else:
            self._take_leaf_text(line, container)

    def _take_leaf_text(self, line: Line, leaf: Block) -> None:
        ends = leaf.kind in ("heading", "rule")
        if leaf.kind == "paragraph":
            self._add_line(leaf, line)
        elif leaf.kind == "table":
            take_row(leaf, line, self._tree.number)
        elif leaf.kind == "code":
            take_code(leaf, line, self._tree.number)
        elif leaf.kind == "html":
            leaf.lines.append(line.rest())
            ends = html_ends(leaf.until, line.content())
        if leaf.kind in ("heading", "html"):
            leaf.end = self._tree.number
        if ends:
            self._tree.close_below(parent_of(self._tree.root, leaf))

    def _is_lazy(self, container: Block) -> bool:
        return container.open_child is not None and self._tree.open_paragraph() is not None

    def _add_line(self, paragraph: Block, line: Line) -> None:
        text = line.content()
        paragraph.lines.append(text)
        paragraph.end = self._tree.number
        if self._formulas:
            paragraph.until = formula_left_open(text, paragraph.until)
