"""Classify an answer's code blocks: the whole cell, edits of it, a quote, or none of these."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from groq_magic.assistant.answer.cell_check import (
    fault_of,
    head_of,
    is_python,
    keeps_python,
    keys_of,
    text_fault,
)
from groq_magic.assistant.answer.coverage import Coverage, coverage_of
from groq_magic.assistant.answer.edits import Edit, replaced, search_replace_blocks
from groq_magic.assistant.answer.hunks import diff_edits
from groq_magic.assistant.answer.placeholders import is_placeholder
from groq_magic.assistant.answer.splice import part_edits

if TYPE_CHECKING:
    from groq_magic.assistant.answer.blocks import Block
    from groq_magic.assistant.answer.cell_check import Transform
    from groq_magic.assistant.cell import Cell

__all__ = ["FailingCell", "Piece", "piece_of"]


@dataclass(frozen=True)
class FailingCell:
    """A cell that is to be fixed.

    Parameters
    ----------
    cell : Cell
    transform : callable
        IPython's transformation of a cell.
    line : int
        The failing line, from 1; 0 if unknown.
    """

    cell: Cell
    transform: Transform
    line: int

    @property
    def source(self) -> str:
        """The cell as typed."""
        return self.cell.source

    @cached_property
    def head(self) -> str:
        """The cell magic, "" for none."""
        return head_of(self.source)

    @cached_property
    def above(self) -> int:
        """The number of lines above the body."""
        return self.source.partition(self.head)[0].count("\n") + 1 if self.head else 0

    @cached_property
    def body(self) -> str:
        """The cell without its cell magic."""
        return "\n".join(self.source.split("\n")[self.above :])

    @cached_property
    def known(self) -> frozenset[str]:
        """The lines without their indentation."""
        return keys_of(self.source)

    @cached_property
    def failing_line(self) -> str:
        """The text of the failing line; "" if unknown."""
        lines = self.source.split("\n")
        return lines[self.line - 1].strip() if 0 < self.line <= len(lines) else ""

    def gap_in(self, code: str) -> str:
        """Return the first line of code that is a placeholder, "" for none."""
        lines = code.split("\n")
        return next((line.strip() for line in lines if is_placeholder(line, self.known)), "")

    def fault_of(self, code: str) -> str:
        """Return why code must not replace the cell, "" if it may."""
        return fault_of(code, self.source, self.cell.language, self.transform)


@dataclass(frozen=True)
class Piece:
    """A code block of an answer, with its use for a cell.

    Parameters
    ----------
    block : Block
    coverage : Coverage
        The lines of the cell that it covers.
    code : str
        The new cell, if the block is a whole one.
    edits : tuple of Edit
        The changes, if the block is a part of the cell or a diff.
    why : str
        Why the block has neither; "" if it just covers too few lines.
    """

    block: Block
    coverage: Coverage = field(default_factory=lambda: Coverage(0, frozenset()))
    code: str = ""
    edits: tuple[Edit, ...] = ()
    why: str = ""

    @property
    def is_quote(self) -> bool:
        """Whether the block is some of the cell's lines, unchanged."""
        return self.coverage.is_quote and not self.code

    @property
    def is_whole(self) -> bool:
        """Whether the block replaces the whole cell."""
        return bool(self.code) and not self.coverage.is_shortened


def piece_of(block: Block, cell: FailingCell) -> Piece:
    """Return a code block with its use for a cell."""
    if block.is_edit:
        return _edit_piece(block, cell)
    fault = text_fault(block.code, cell.source, language=cell.cell.language)
    if fault:
        return Piece(block, why=fault)
    head = head_of(block.code)
    body = block.code.lstrip().partition("\n")[2] if head else block.code
    if cell.body[:1] not in {" ", "\t"}:
        body = textwrap.dedent(body).strip("\n")
    coverage = coverage_of(body, cell.body)
    has_gap = bool(cell.gap_in(body))
    is_whole = coverage.is_whole and not has_gap
    # A part of the cell is a quote, unless it lacks only the failing line.
    failing = cell.failing_line
    is_cut = coverage.is_shortened and bool(failing) and failing not in keys_of(body)
    changes_head = head != cell.head and body.strip() == cell.body.strip()
    if is_whole or is_cut or changes_head:
        if coverage.lines:
            body = _with_comments(body, cell.body)
        return Piece(block, coverage, code=_headed(body, head, cell))
    if coverage.is_quote:
        return Piece(block, coverage)
    edits: tuple[Edit, ...] | int = 0
    if not head or head == cell.head:
        edits = part_edits(body, cell.body, cell.known, cell.line - 1 - cell.above)
    if isinstance(edits, int):
        why = _why_not(block, cell, coverage, edits, has_gap=has_gap)
        return Piece(block, coverage, why=why)
    moved = (Edit(one.start + cell.above, one.end + cell.above, one.lines) for one in edits)
    return Piece(block, coverage, edits=tuple(moved))


def _edit_piece(block: Block, cell: FailingCell) -> Piece:
    if block.is_search_replace:
        found = replaced(search_replace_blocks(block.code)[0], cell.source)
        what, nowhere = "code", f"the answer's SEARCH block is not in {cell.cell.name}"
    else:
        found = diff_edits(cell.source, block.code)
        what, nowhere = "diff", f"the answer's diff doesn't fit {cell.cell.name}"
    if not isinstance(found, int) and found:
        return Piece(block, edits=found)
    return Piece(
        block, why=_several(what, cell, found) if isinstance(found, int) and found else nowhere
    )


def _why_not(
    block: Block, cell: FailingCell, coverage: Coverage, places: int, *, has_gap: bool
) -> str:
    if places > 1:
        return _several("code", cell, places)
    if has_gap or (not coverage.lines and not is_python(block.code)):
        return cell.fault_of(block.code)
    return ""


def _several(what: str, cell: FailingCell, places: object) -> str:
    return f"the answer's {what} fits {cell.cell.name} in {places} places"


def _with_comments(body: str, old: str) -> str:
    """Return code with the cell's comments at its beginning and end, if it left them out."""
    lines = old.split("\n")
    code = [n for n, line in enumerate(lines) if line.strip() and not _is_comment(line)]
    if not code:
        return body
    new = body.split("\n")
    above = [] if _is_comment(new[0]) else lines[: code[0]]
    below = [] if _is_comment(new[-1]) else lines[code[-1] + 1 :]
    return "\n".join([*above, *new, *below]).strip("\n")


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _headed(body: str, head: str, cell: FailingCell) -> str:
    """Return code with its cell magic; a magic whose body is Python may be left out."""
    if not head and cell.head and not keeps_python(cell.head):
        head = cell.head
    return f"{head}\n{body}" if head else body
