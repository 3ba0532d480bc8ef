"""Fit the code blocks of an answer into the cell that they fix."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groq_magic.assistant.answer.blocks import is_language
from groq_magic.assistant.answer.cell_check import is_python, keys_of, remarks_on
from groq_magic.assistant.answer.definitions import only_defines
from groq_magic.assistant.answer.edits import apply_edits
from groq_magic.assistant.answer.pieces import FailingCell, piece_of
from groq_magic.assistant.names import names_read, names_set, names_unset
from groq_magic.clipping import count_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groq_magic.assistant.answer.blocks import Block
    from groq_magic.assistant.answer.cell_check import Transform
    from groq_magic.assistant.answer.pieces import Piece
    from groq_magic.assistant.cell import Cell
    from groq_magic.rendering import Fence

__all__ = ["Fit", "Misfit", "fit_blocks", "other_language"]

_MAGIC_LINE = re.compile(r"\s*[%!]")
_INSTALL = re.compile(r"\s*[%!]\s*(?:pip3?|conda|mamba|uv pip)\s+install\s")
_UNCHANGED = "the answer leaves the cell unchanged"


@dataclass(frozen=True)
class Fit:
    """A cell with the code of an answer in it.

    Parameters
    ----------
    code : str
    cell : Cell
        The cell that it fixes.
    remarks : tuple of str
    fence : Fence or None
        The block that the code was taken from, if it was a single one.
    share : float
        The share of the cell's lines that the answer covered; 0 if it had only edits.
    """

    code: str
    cell: Cell
    remarks: tuple[str, ...]
    fence: Fence | None
    share: float


@dataclass(frozen=True)
class Misfit:
    """Why the code of an answer becomes no cell."""

    why: str


def fit_blocks(  # noqa: PLR0913 - all but three are named
    blocks: Sequence[Block],
    cells: Sequence[Cell],
    transform: Transform,
    *,
    line: int,
    ended: bool,
    named: str,
) -> Fit | Misfit:
    """Return the fixed cell, or why there is no fixed cell.

    Parameters
    ----------
    blocks : sequence of Block
    cells : sequence of Cell
        The cells that may be fixed, the likeliest first.
    transform : callable
        IPython's transformation of a cell.
    line : int
        The failing line of the first cell, from 1; 0 if unknown.
    ended : bool
        Whether the answer is complete.
    named : str
        The cell that the answer names at its beginning, such as ``cell 2``; "" for none.
    """
    failing = [
        FailingCell(cell, transform, line if at == 0 else 0) for at, cell in enumerate(cells)
    ]
    elsewhere = [names_set(cell.source.split("\n")) for cell in cells]
    results = []
    for at, cell in enumerate(failing):
        others = set().union(*elsewhere[:at], *elsewhere[at + 1 :])
        results.append(_in_cell(blocks, cell, others, ended=ended))
    fits = [one for one in results if isinstance(one, Fit)]
    if not fits:
        return next((one for one in results if isinstance(one, Misfit)), Misfit("there is no cell"))
    best = max(fits, key=lambda one: one.share)
    alike = [one for one in fits if one.share == best.share]
    # An answer that fixes a cell other than the failing one names that cell.
    alike = [one for one in alike if one.cell.name == named != cells[0].name] or alike
    if len(alike) > 1:
        return Misfit(f"the answer's code is for {' and '.join(one.cell.name for one in alike)}")
    return alike[0]


def other_language(found: str, wanted: str) -> str:
    """Return the reason to give if no block is in the wanted language."""
    return f"the answer's code is {found or 'in another language'}, not {wanted}"


def _in_cell(
    blocks: Sequence[Block], cell: FailingCell, elsewhere: set[str], *, ended: bool
) -> Fit | Misfit:
    """Return one cell with the answer's code in it; other cells set the names `elsewhere`."""
    own = [block for block in blocks if _is_for(block, cell)]
    # If some block names its language, a block without one is output or an aside.
    own = [block for block in own if block.language or block.is_edit] or own
    if not own:
        found = next((block.language for block in blocks if block.language), "")
        return Misfit(other_language(found, cell.cell.language))
    pieces = [piece for block in own if not (piece := piece_of(block, cell)).is_quote]
    base = _base(pieces, cell, elsewhere, ended=ended)
    if isinstance(base, Misfit):
        return base
    code, used = base
    others = [piece for piece in pieces if piece not in used]
    added = [piece for piece in others if _is_missing(piece, code, cell, elsewhere)]
    left = [piece for piece in others if piece not in added and not _is_within(piece, code)]
    is_whole = bool(used) and used[0].is_whole
    for piece in left:
        if _is_needed(piece, code, cell, is_whole=is_whole):
            return Misfit(piece.why) if piece.why else _part(pieces)
    code = _with_definitions(code, [piece.block.code for piece in added])
    refused = _refused(code, cell, pieces)
    if refused is not None:
        return refused
    numbers = [blocks.index(piece.block) + 1 for piece in used] if left else []
    return Fit(
        code,
        cell.cell,
        (*remarks_on(code, cell.source), *_remarks(used, cell, numbers, len(blocks))),
        used[0].block.fence if len(used) == 1 and not added else None,
        used[0].coverage.share if is_whole else 0.0,
    )


def _refused(code: str, cell: FailingCell, pieces: Sequence[Piece]) -> Misfit | None:
    """Return why code must not become the cell, None if it may."""
    if code.strip() == cell.source.strip():
        gap = next(filter(None, (cell.gap_in(piece.block.code) for piece in pieces)), "")
        return Misfit(f"its code has a placeholder, `{gap}`" if gap else _UNCHANGED)
    if fault := cell.fault_of(code):
        return Misfit(fault)
    # The line that sets such a name is needed, and was left out.
    return _part(pieces) if names_unset(cell.source, code) else None


def _is_for(block: Block, cell: FailingCell) -> bool:
    """Whether a block is in the cell's language, or is an edit."""
    language = cell.cell.language
    magic = cell.head.lower().lstrip("% ").split()
    if block.is_edit or is_language(block.language, language) or [block.language] == magic[:1]:
        return True
    begins = block.code.lstrip().startswith(f"%%{language}")
    return begins and is_language(block.language, "python")


def _base(
    pieces: Sequence[Piece], cell: FailingCell, elsewhere: set[str], *, ended: bool
) -> tuple[str, list[Piece]] | Misfit:
    """Return the cell made from pieces, and the pieces used for it."""
    wholes = [piece for piece in pieces if piece.is_whole]
    if wholes:
        # A later block corrects an earlier one.
        best = ([piece for piece in wholes if piece.coverage.lines] or wholes)[-1]
        return best.code, [best]
    parts = [piece for piece in pieces if piece.edits]
    if parts and not ended:
        return Misfit("the answer is incomplete")
    if parts:
        code = apply_edits((edit for part in parts for edit in part.edits), cell.source)
        return _part(pieces) if code is None else (code, parts)
    shortened = [piece for piece in pieces if piece.code]
    if shortened:
        return shortened[-1].code, shortened[-1:]
    if all(_is_missing(piece, cell.source, cell, elsewhere) for piece in pieces):
        return cell.source, []
    why = next((piece.why for piece in pieces if piece.why), "")
    return Misfit(why) if why else _part(pieces)


def _part(pieces: Sequence[Piece]) -> Misfit:
    total = max((piece.coverage.total for piece in pieces), default=0)
    found = len({line for piece in pieces for line in piece.coverage.lines})
    return Misfit(f"the answer has {found or 'none'} of the cell's {count_of(total, 'line')}")


def _is_missing(piece: Piece, code: str, cell: FailingCell, elsewhere: set[str]) -> bool:
    """Whether a block has code that the cell lacks: an install line, or a definition it needs."""
    block = piece.block.code
    if piece.edits or piece.code:
        return False
    if all(_INSTALL.match(line) for line in block.split("\n") if line.strip()):
        return True
    defined = names_set(block.split("\n"))
    own = names_set(code.split("\n")) | names_set(cell.source.split("\n")) | elsewhere
    is_read = bool(defined & names_read(code))
    return is_read and not defined & own and only_defines(block)


def _is_within(piece: Piece, code: str) -> bool:
    """Whether the cell has all lines that a block changes."""
    lines = [line for edit in piece.edits for line in edit.lines] or piece.code.split("\n")
    return bool(piece.edits or piece.code) and keys_of("\n".join(lines)) <= keys_of(code)


def _is_needed(piece: Piece, code: str, cell: FailingCell, *, is_whole: bool) -> bool:
    """Whether the cell may need a block that has no place in it."""
    names = names_set(piece.block.code.split("\n"))
    if is_whole:
        own = names_set(code.split("\n")) | names_read(cell.source)
        return bool(names & (names_read(code) - own))
    return bool(piece.why) or bool(names) or not is_python(piece.block.code)


def _with_definitions(code: str, added: Sequence[str]) -> str:
    """Return a cell with imports, functions and classes added at its top."""
    if not added:
        return code
    lines = code.split("\n")
    at = next((n for n, line in enumerate(lines) if not _MAGIC_LINE.match(line)), len(lines))
    has_body = any(line[:1] in {" ", "\t"} for part in added for line in part.split("\n"))
    gap = "\n\n" if has_body else "\n"
    return "\n".join([*lines[:at], gap.join(added) + gap[1:], *lines[at:]])


def _remarks(
    used: Sequence[Piece], cell: FailingCell, numbers: Sequence[int], count: int
) -> tuple[str, ...]:
    remarks = []
    if used and used[0].is_whole and not used[0].coverage.lines and cell.body.strip():
        remarks.append(f"Shares no line with {cell.cell.name}.")
    if numbers:
        blocks = "block" if len(numbers) == 1 else "blocks"
        shown = " and ".join(map(str, numbers))
        remarks.append(f"Taken from code {blocks} {shown} of {count}.")
    return tuple(remarks)
