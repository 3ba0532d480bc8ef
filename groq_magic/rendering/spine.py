"""The open right-hand spine of the block tree: the only part that a line can change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from groq_magic.rendering.block import CONTAINERS
from groq_magic.rendering.line import CODE_INDENT

if TYPE_CHECKING:
    from groq_magic.rendering.block import Block
    from groq_magic.rendering.line import Line

__all__ = [
    "can_hold",
    "continues",
    "copy_spine",
    "ends_fence",
    "parent_of",
    "take_code",
    "take_row",
]


def can_hold(parent: Block, kind: str) -> bool:
    """Tell whether a block may hold another of that kind."""
    if parent.kind == "list":
        return kind == "item"
    return parent.kind in CONTAINERS


def continues(block: Block, line: Line) -> bool:
    """Tell whether a line continues a block, and move past the marks that say so."""
    if block.kind == "list":
        return True
    if block.kind == "item":
        return _continues_item(block, line)
    if block.kind == "quote":
        return _continues_quote(line)
    if block.kind == "code":
        return _continues_code(block, line)
    if block.kind == "html":
        return not (line.blank and block.until in "67")
    return not line.blank


def _continues_quote(line: Line) -> bool:
    if line.indented or not line.text.startswith(">", line.start):
        return False
    line.skip_blanks()
    line.skip(1)
    line.skip_one_blank()
    return True


def _continues_item(block: Block, line: Line) -> bool:
    if line.blank:
        if line.indent:
            line.skip_columns(min(line.indent, block.margin))
        return bool(block.children)
    if line.indent < block.margin:
        return False
    line.skip_columns(block.margin)
    return True


def _continues_code(block: Block, line: Line) -> bool:
    if block.fence:
        line.skip_columns(min(block.margin, line.indent))
        return True
    if line.indented:
        line.skip_columns(CODE_INDENT)
        return True
    if line.blank:
        line.skip_columns(min(line.indent, CODE_INDENT))
        return True
    return False


def copy_spine(block: Block, skip: int) -> Block:
    """Return a copy of an open block: what is closed in it is shared, what is open copied.

    Parameters
    ----------
    block : Block
        An open block.
    skip : int
        How many of its children or lines the copy does without.
    """
    twin = replace(block, children=block.children[skip:], lines=block.lines[skip:])
    last = twin.open_child
    if last is not None:
        twin.children[-1] = copy_spine(last, 0)
    return twin


def ends_fence(block: Block, line: Line) -> bool:
    """Tell whether a line is the closing fence of a code block."""
    if block.kind != "code" or not block.fence or line.indent >= CODE_INDENT:
        return False
    run = line.content().rstrip(" \t")
    return len(run) >= len(block.fence) and not run.strip(block.fence[0])


def parent_of(root: Block, block: Block) -> Block:
    """Return the parent of a block of the spine."""
    parent = root
    while (last := parent.last) is not None and last is not block:
        parent = last
    return parent


def take_row(table: Block, line: Line, number: int) -> None:
    """Append a row to a table; the line under its header is none."""
    if table.start + 1 < number:
        table.lines.append(line.content())
        table.has_rows = True
    table.end = number


def take_code(block: Block, line: Line, number: int) -> None:
    """Append a line to a code block; that of its opening fence is none."""
    if block.fence and block.start == number:
        return
    block.lines.append(line.rest())
    block.blank_lines = block.blank_lines + 1 if line.blank else 0
    if block.fence or not line.blank:
        block.end = number
