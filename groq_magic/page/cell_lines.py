"""Find the line of a cell, as typed, for a line of the code that IPython compiled from it."""

from __future__ import annotations

import difflib

__all__ = ["first_line", "typed_line"]


def first_line(source: str) -> int:
    """Return the 1-based first line that is not blank, where IPython's code begins."""
    return next((n for n, text in enumerate(source.split("\n"), 1) if text.strip()), 1)


def typed_line(source: str, code: list[str], line: int) -> int:
    """Return the line of a cell, as typed, for a line of compiled code.

    IPython removes blank first lines and the line of a cell magic, and joins the lines of
    a magic that spans several: other lines are counted from those that both have.

    Parameters
    ----------
    source : str
        The cell as typed.
    code : list of str
        The compiled lines; empty where they are unknown.
    line : int
        1-based, in `code`.

    Returns
    -------
    int
        1-based.
    """
    typed = [text.strip() for text in source.split("\n")]
    compiled = [text.strip() for text in code]
    matcher = difflib.SequenceMatcher(None, typed, compiled, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not (blocks and 0 < line <= len(compiled)):
        return min(line + first_line(source) - 1, len(typed))
    above: tuple[int, int] | None = None
    for block in blocks:
        start = block.b + 1
        if start <= line < start + block.size:
            return block.a + 1 + line - start
        if start > line:
            below = (block.a + 1, start)
            break
        above = (block.a + block.size, block.b + block.size)
    else:
        below = (len(typed) + 1, len(compiled) + 1)
    if above is None:
        return max(1, below[0] - (below[1] - line))
    return min(above[0] + line - above[1], max(below[0] - 1, above[0]), len(typed))
