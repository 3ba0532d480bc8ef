"""A traceback as a prompt holds it: the user's code, and no more of others' than needed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from groq_magic.assistant.message import chain_of, message_of
from groq_magic.assistant.step import path_shown, steps_of, without_folders
from groq_magic.clipping import clip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from groq_magic.assistant.cell import Cell
    from groq_magic.assistant.step import Step
    from groq_magic.assistant.surroundings import Surroundings

__all__ = ["trace_text"]

_HEAD = "Traceback (most recent call last):"
_FIRST, _LAST = 4, 8
_LONGEST_LINE = 300


def trace_text(error: BaseException, cell: Cell, known: Surroundings) -> str:
    """Return an exception's traceback, what led to it first.

    Frames of IPython are left out, a library's are counted but for the last
    of a run, a recursion's are said once, paths are those of the notebook's
    folder or of the library.

    Parameters
    ----------
    error : BaseException
    cell : Cell
        The one that failed.
    known : Surroundings
    """
    parts: list[str] = []
    for one, sentence in chain_of(error):
        text = _one(one, cell, known)
        if sentence and message_of(one) == message_of(error):
            # pandas raises the same KeyError twice, first from within.
            continue
        parts += [text, sentence] if sentence else [text]
    return without_folders("\n\n".join(parts))


def _one(error: BaseException, cell: Cell, known: Surroundings) -> str:
    steps, left_out = steps_of(error.__traceback__, known)
    lines = [_HEAD, *_shown(steps, left_out)] if steps else []
    if isinstance(error, SyntaxError):
        lines += _place(error, cell, known)
    return "\n".join([*lines, message_of(error)])


def _shown(steps: list[Step], left_out: int) -> list[str]:
    lines = [line for run in _runs(steps) for line in run]
    if left_out or len(lines) > _FIRST + _LAST:
        gone = left_out + len(lines) - _FIRST - _LAST
        return [*lines[:_FIRST], f"  [… {max(gone, 1):,} steps left out]", *lines[-_LAST:]]
    return lines


def _runs(steps: Iterable[Step]) -> Iterator[list[str]]:
    for library, run in groupby(steps, key=lambda step: step.kind == "library"):
        held = list(run)
        if library:
            inside = held[-1].where.partition("/")[0].removesuffix(".py")
            more = len(held) - 1
            count = f"  [{more} more step{'s' * (more > 1)} inside {inside}]"
            yield [*([count] if more else []), held[-1].text]
            continue
        for step in held:
            yield [step.text]


def _place(error: SyntaxError, cell: Cell, known: Surroundings) -> list[str]:
    """Say where a syntax error is, in the cell as it was typed."""
    found = known.cell_of(error.filename or "") or (None if _is_file(error.filename) else cell)
    where = found.name if found else path_shown(error.filename or "")[0]
    line = error.lineno or 1
    made = clip((error.text or "").rstrip("\n"), _LONGEST_LINE)
    typed = found.source.split("\n") if found else []
    same = [n for n, text in enumerate(typed, 1) if text.strip() and text.strip() == made.strip()]
    at = line if line in same or not same else min(same, key=lambda n: abs(n - line))
    lines = [f"  {where[:1].upper() + where[1:] if found else f'File {where}'}, line {at}"]
    if made.strip():
        indent = len(made) - len(made.lstrip())
        lines.append(f"    {made.strip()}")
        if error.offset and error.offset > indent:
            lines.append(f"    {' ' * (error.offset - 1 - indent)}^")
    return lines


def _is_file(name: str | None) -> bool:
    return bool(name) and not str(name).startswith("<") and "ipykernel" not in str(name)
