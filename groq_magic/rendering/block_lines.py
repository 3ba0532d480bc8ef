"""The lines that open, continue or close a block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from groq_magic.rendering.lines import CODE_INDENT, NONSPACE, Line

if TYPE_CHECKING:
    from groq_magic.rendering.block_tree import Block

__all__ = [
    "ATX",
    "FENCE",
    "MAYBE_START",
    "RULE",
    "SETEXT",
    "Marker",
    "continues",
    "ends_fence",
    "formula_left_open",
    "heading_text",
    "list_marker",
    "take_code",
    "take_row",
]

# A line that opens no block but a paragraph begins with none of these.
MAYBE_START = re.compile(r"[#`~*+_=<>0-9|:\-]")
ATX = re.compile(r"(#{1,6})(?:[ \t]+|$)")
FENCE = re.compile(r"(`{3,}+)(?!.*`)|(~{3,}+)")
RULE = re.compile(r"(?:(?:\*[ \t]*+){3,}+|(?:_[ \t]*+){3,}+|(?:-[ \t]*+){3,}+)$")
SETEXT = re.compile(r"(=++|-++)[ \t]*+$")
_MARKER = re.compile(r"([*+-])|(\d{1,9})([.)])")


class Marker(NamedTuple):
    """A list item's marker: what kind of list, its number, columns up to its content."""

    kind: str
    number: int | None
    margin: int


def list_marker(line: Line, *, interrupts: bool) -> Marker | None:
    """Read a list marker and move the cursor to the item's content.

    Parameters
    ----------
    line : Line
        Its cursor may be before the marker's indent.
    interrupts : bool
        Whether it would end a paragraph: only a non-empty bullet, or item numbered 1, may.
    """
    found = _MARKER.match(line.text, line.start)
    if not found:
        return None
    following = NONSPACE.search(line.text, found.end())
    empty = following is None
    if following is not None and following.start() == found.end():
        return None
    number = int(found[2]) if found[2] else None
    if interrupts and (empty or number not in (None, 1)):
        return None
    outer = line.indent
    line.skip_blanks()
    width = len(found[0])
    line.skip(width)
    blanks = line.indent
    if empty or not 1 <= blanks <= CODE_INDENT:
        line.skip_one_blank()
        blanks = 1
    else:
        line.skip_columns(blanks)
    return Marker(found[1] or found[3], number, outer + width + blanks)


def heading_text(content: str) -> str:
    """Return the text after an ATX heading's marks, without a closing run of marks."""
    text = content.strip(" \t")
    inner = text.rstrip("#")
    return inner.rstrip(" \t") if not inner or inner[-1] in " \t" else text


def formula_left_open(text: str, until: str) -> str:
    r"""Return the mark that ends the formula which a paragraph's line leaves open, if any.

    Parameters
    ----------
    text : str
        The line, without its indent.
    until : str
        The mark that the lines before it left open for: ``$$``, ``\]`` or nothing.
    """
    if until:
        return "" if until in text else until
    if text.startswith("$$"):
        return "" if "$$" in text[2:] else "$$"
    if text.startswith("\\["):
        return "" if "\\]" in text else "\\]"
    return ""


def continues(block: Block, line: Line) -> bool:
    """Return whether a line continues a block, and move past its continuation marks."""
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


def ends_fence(block: Block, line: Line) -> bool:
    """Return whether a line is the closing fence of a code block."""
    if block.kind != "code" or not block.fence or line.indent >= CODE_INDENT:
        return False
    run = line.content().rstrip(" \t")
    return len(run) >= len(block.fence) and not run.strip(block.fence[0])


def take_row(table: Block, line: Line, number: int) -> None:
    """Append a row to a table, unless the line is the one under its header."""
    if table.start + 1 < number:
        table.lines.append(line.content())
        table.has_rows = True
    table.end = number


def take_code(block: Block, line: Line, number: int) -> None:
    """Append a line to a code block, unless the line is its opening fence."""
    if block.fence and block.start == number:
        return
    block.lines.append(line.rest())
    block.blank_lines = block.blank_lines + 1 if line.blank else 0
    if block.fence or not line.blank:
        block.end = number
