"""Render a growing document as patches of safe HTML.

Blocks that no further line can change are settled: they are sent once. The rest, the tail, is
rendered at each frame from a copy of the tree's open blocks, so that a frame costs only what is
new.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Literal

from groq_magic.rendering import incomplete
from groq_magic.rendering.document import Renderer
from groq_magic.rendering.late_links import LateLinks
from groq_magic.rendering.lines import clean_input
from groq_magic.rendering.pace import Pace
from groq_magic.rendering.page_blocks import Group, kind_of, next_group
from groq_magic.rendering.patches import Canvas, Patch

if TYPE_CHECKING:
    from groq_magic.rendering.block_parser import BlockParser
    from groq_magic.rendering.block_tree import Block

__all__ = ["MarkdownStream"]

# Measured, in units of `Pace`: reading a link reference definition.
_WORK_OF_DEFINITION = 40


class MarkdownStream:
    """Turns deltas of Markdown into patches of a page.

    Parameters
    ----------
    formulas : {"mathml", "tex"}
        How formulas are shown.

    Notes
    -----
    After `finish`, the page equals `to_html` of the whole text, except for formulas, and for the
    colours of code that is too long for them.
    """

    def __init__(self, *, formulas: Literal["mathml", "tex"] = "mathml") -> None:
        self._renderer = Renderer(formulas)
        self._parser = self._renderer.parser()
        self._canvas = Canvas()
        self._pending = ""
        self._line: list[str] = []
        self._done = 0
        self._settled = 0
        self._late = LateLinks(self._renderer)
        self._framed: tuple[object, ...] = ()
        self._pace = Pace()
        self._finished = False

    def feed(self, delta: str) -> list[Patch]:
        """Read a delta and return the changes of the page.

        Parameters
        ----------
        delta : str
            Of any length; a mark may be split anywhere.
        """
        self._take(delta)
        self._settle()
        if self._pace.is_due(len(delta), perf_counter()):
            self._paint_tail()
        return self._canvas.take_patches()

    def finish(self) -> list[Patch]:
        """Settle all blocks and return the changes of the page."""
        if not self._finished:
            self._finished = True
            self._take_lines(clean_input(self._pending), last=True)
            self._parser.finish()
            self._settle()
            self._canvas.cut(self._settled)
        return self._canvas.take_patches()

    def patches_from_start(self) -> list[Patch]:
        """Return the patches that show the present state on an empty page."""
        return self._canvas.from_start()

    def html(self) -> str:
        """Return the page's present state."""
        return self._canvas.html()

    # Text into lines

    def _take(self, delta: str) -> None:
        text = self._pending + delta
        # A carriage return or the first half of a surrogate pair waits for what follows.
        held = text[-1:] if text.endswith("\r") or "\ud800" <= text[-1:] <= "\udbff" else ""
        self._pending = held
        self._take_lines(clean_input(text[: len(text) - len(held)]), last=False)

    def _take_lines(self, text: str, *, last: bool) -> None:
        lines = text.split("\n")
        for line in lines[:-1]:
            self._line.append(line)
            self._parser.feed("".join(self._line))
            self._line.clear()
        self._line.append(lines[-1])
        if last and any(self._line):
            self._parser.feed("".join(self._line))
            self._line.clear()

    # Settled blocks

    def _settle(self) -> None:
        blocks = self._parser.root.children
        while self._done < len(blocks):
            group = next_group(blocks, self._done)
            if not (group.is_complete or self._finished):
                break
            self._settle_group(group)
            self._done += len(group.blocks)
            self._pace.expect_less()
        if self._done + 1 == len(blocks):
            self._grow(blocks[self._done])
        self._late.resend(self._canvas, everything=self._finished)

    def _settle_group(self, group: Group) -> None:
        block, index, renderer = group.blocks[0], self._settled, self._renderer
        in_pieces = renderer.is_sent_in_pieces(group)
        if in_pieces or (block.kind == "code" and self._canvas.count(index)):
            self._grow_to(block, renderer.size(block))
            self._canvas.set_tail(index, "")
            if not in_pieces:
                # The lines were coloured one by one.
                self._canvas.confirm(index, renderer.html(group))
        else:
            html = renderer.html(group)
            if not html:
                renderer.take_missing()
                return
            self._canvas.put(index, kind_of(group, html), html)
            self._late.note(index, renderer.take_missing())
        self._late.settle(index, group)
        self._settled += 1

    def _grow(self, block: Block) -> None:
        if not self._renderer.has_pieces(block):
            return
        size = self._renderer.size(block)
        if block.kind in ("list", "quote"):
            size -= block.open_child is not None
        if size:
            self._grow_to(block, size)

    def _grow_to(self, block: Block, size: int) -> None:
        renderer, index = self._renderer, self._settled
        version = self._late.version(index)
        key = (block.start, block.loose, version, block.has_rows)
        if key != self._framed:
            self._framed = key
            self._put(block, index, block.loose, version)
            self._late.note(index, renderer.take_missing())
        shown = self._canvas.count(index)
        if shown < size:
            self._canvas.grow(index, renderer.grown(block, shown, size), size - shown)
            self._late.note(index, renderer.take_missing())
            self._pace.expect_less()

    def _put(self, block: Block, index: int, *key: object) -> int:
        frame = self._renderer.frame(block)
        kind = kind_of(Group([block], is_complete=False), "")
        return self._canvas.put(index, kind, frame.head, frame.foot, key)

    # The tail

    def _paint_tail(self) -> None:
        start_time, start_work = perf_counter(), self._renderer.work
        grown = self._open_block()
        skip = self._canvas.count(self._settled) if grown is not None else 0
        fork = self._fork(skip)
        self._renderer.use_definitions(fork.definitions)
        index, start = self._settled, 0
        blocks = fork.root.children
        while start < len(blocks):
            group = next_group(blocks, start)
            first = group.blocks[0]
            if start == 0 and grown is not None and first.kind == grown.kind:
                index += self._paint_on(first, grown)
            else:
                index += self._paint_group(group, index)
            start += len(group.blocks)
        self._canvas.cut(index)
        self._renderer.use_definitions(self._parser.definitions)
        self._renderer.take_missing()
        work = self._renderer.work - start_work + self._parsing_work()
        self._pace.painted(work, start_time, perf_counter())

    def _parsing_work(self) -> int:
        """Return the cost of parsing the open blocks, in units of `Pace`."""
        work = sum(map(len, self._line))
        leaf = self._parser.tree.leaf()
        if leaf is not None and leaf.lines and leaf.lines[0].startswith("["):
            work += len(leaf.lines) * _WORK_OF_DEFINITION
        return work

    def _open_block(self) -> Block | None:
        blocks = self._parser.root.children
        if self._done + 1 == len(blocks) and self._renderer.has_pieces(blocks[-1]):
            return blocks[-1]
        return None

    def _fork(self, skip: int) -> BlockParser:
        fork = self._parser.fork(skip, self._done)
        line = "".join(self._line)
        is_fed = bool(line) and not incomplete.holds_back(line, fork.tree)
        if is_fed:
            fork.feed(line)
        incomplete.mark(fork.root, fork.line_number - 1 if is_fed else -1)
        fork.finish()
        return fork

    def _paint_on(self, copy: Block, grown: Block) -> int:
        """Show the tail of a block with settled pieces, if any."""
        renderer, index = self._renderer, self._settled
        if self._canvas.count(index) == 0:
            self._put(copy, index, grown.loose, self._late.version(index))
        self._canvas.set_tail(index, renderer.pieces(copy, 0, renderer.size(copy)))
        return 1

    def _paint_group(self, group: Group, index: int) -> int:
        block, renderer = group.blocks[0], self._renderer
        if len(group.blocks) == 1 and renderer.has_pieces(block):
            self._put(block, index, False, self._late.version(index))  # noqa: FBT003 - a key's part
            self._canvas.set_tail(index, renderer.pieces(block, 0, renderer.size(block)))
            return 1
        html = renderer.html(group)
        if not html:
            return 0
        self._canvas.put(index, kind_of(group, html), html)
        return 1
