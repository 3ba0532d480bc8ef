"""A traceback for a prompt: the user's code, and little of anyone else's."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from textwrap import indent
from typing import TYPE_CHECKING

from groq_magic.assistant.exceptions import (
    DEEPEST_GROUP,
    MOST_IN_A_GROUP,
    chain_of,
    message_of,
)
from groq_magic.assistant.failure.paths import path_shown, without_folders
from groq_magic.assistant.failure.steps import steps_of
from groq_magic.clipping import clip, count_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from groq_magic.assistant.cell import Cell, Context
    from groq_magic.assistant.failure.steps import Step

__all__ = ["line_of_run", "trace_text"]

_HEAD = "Traceback (most recent call last):"
_FIRST, _LAST = 4, 8
_LONGEST_LINE = 300


def trace_text(error: BaseException, cell: Cell, context: Context) -> str:
    """Return an exception's traceback, its causes first.

    Frames of IPython are left out; of successive frames of a library only the last is shown,
    and the others are counted. A recursion's frames are shown once. Paths are relative to the
    notebook's folder or to the library. The members of a group have their own tracebacks.

    Parameters
    ----------
    error : BaseException
    cell : Cell
        The cell that failed.
    context : Context
    """
    writer = _Writer(cell, context, _clean(error, cell, context))
    return without_folders(writer.with_causes(error, 0))


def line_of_run(cell: Cell) -> int:
    """Return the line of a cell that runs a file (`%run`), or its only line; 0 for none.

    IPython shows the error of such a file without the cell.
    """
    lines = [(n, text) for n, text in enumerate(cell.source.split("\n"), 1) if text.strip()]
    runs = [n for n, text in lines if text.lstrip().startswith(("%run", "run "))]
    found = runs if len(runs) == 1 else [n for n, _ in lines if len(lines) == 1]
    return found[0] if found else 0


def _clean(error: BaseException, cell: Cell, context: Context) -> Callable[[str], str]:
    """Return a function that removes private values from a message.

    A message can quote values of the session, and of the error's frames.
    """
    if not context.privacy.has_limits:
        return str
    values = context.with_locals_of(error).values
    return lambda text: values.message(text, cell.source)


@dataclass(frozen=True)
class _Writer:
    """Writes tracebacks.

    Parameters
    ----------
    cell : Cell
        The cell that failed.
    context : Context
    clean : callable
        Removes from a message what may not be sent.
    """

    cell: Cell
    context: Context
    clean: Callable[[str], str]

    def with_causes(self, error: BaseException, depth: int) -> str:
        """Return an exception after its causes."""
        parts: list[str] = []
        for one, sentence in chain_of(error):
            # pandas raises the same KeyError twice, first from within.
            is_new = not sentence or message_of(one) != message_of(error)
            if is_new or self._is_users(one):
                parts += filter(None, (self._one(one, depth), sentence))
        return "\n\n".join(parts)

    def _is_users(self, error: BaseException) -> bool:
        """Whether an exception was raised in the user's own code."""
        steps, _ = steps_of(error.__traceback__, self.context)
        return bool(steps) and steps[-1].kind != "library"

    def _one(self, error: BaseException, depth: int) -> str:
        steps, left_out = steps_of(error.__traceback__, self.context)
        lines = [_HEAD, *_shown(steps, left_out, self.cell)] if steps else []
        if steps and steps[0].kind == "file" and (at := line_of_run(self.cell)):
            text = self.cell.source.split("\n")[at - 1].strip()
            lines.insert(1, f"  {self.cell.name.capitalize()}, line {at}\n    {text}")
        if isinstance(error, SyntaxError):
            lines += _place(error, self.cell, self.context)
        lines.append(message_of(error, self.clean))
        if isinstance(error, BaseExceptionGroup) and depth < DEEPEST_GROUP:
            for count, member in enumerate(error.exceptions[:MOST_IN_A_GROUP], 1):
                text = self.with_causes(member, depth + 1)
                lines.append(indent(f"{count} of {len(error.exceptions)}: {text}", "  "))
        return "\n".join(lines)


def _shown(steps: list[Step], left_out: int, cell: Cell) -> list[str]:
    """Return the lines of the steps; of many only the ends and the failing cell's own."""
    texts = list(_lines(steps))
    if not left_out and len(texts) <= _FIRST + _LAST:
        return [text for _, text in texts]
    own = [n for n, (step, _) in enumerate(texts) if step is not None and step.cell == cell]
    kept = {*range(_FIRST), *range(len(texts) - _LAST, len(texts)), *own[:1], *own[-1:]}
    lines: list[str] = []
    for n, (_, text) in enumerate(texts):
        if n not in kept:
            left_out += 1
            continue
        if left_out and n >= _FIRST:
            lines.append(f"  [… {left_out:,} steps left out]")
            left_out = 0
        lines.append(text)
    return lines


def _lines(steps: Iterable[Step]) -> Iterator[tuple[Step | None, str]]:
    for library, run in groupby(steps, key=lambda step: step.kind == "library"):
        *before, last = run
        if not library:
            yield from ((step, step.text) for step in before)
        elif before:
            inside = last.where.partition("/")[0].removesuffix(".py")
            yield None, f"  [{count_of(len(before), 'more step')} inside {inside}]"
        yield last, last.text


def _place(error: SyntaxError, cell: Cell, context: Context) -> list[str]:
    """Return lines that show where a syntax error is, in the cell as typed."""
    found = context.cell_of(error.filename or "") or (None if _is_file(error.filename) else cell)
    where = found.name if found else path_shown(error.filename or "")
    line = error.lineno or 1
    code = clip((error.text or "").rstrip("\n"), _LONGEST_LINE)
    typed = found.source.split("\n") if found else []
    same = [n for n, text in enumerate(typed, 1) if text.strip() and text.strip() == code.strip()]
    at = line if line in same or not same else min(same, key=lambda n: abs(n - line))
    lines = [f"  {where[:1].upper() + where[1:] if found else f'File {where}'}, line {at}"]
    # The compiled code may be a value, as in `frame.query(text)`.
    if code.strip() and (same or not context.privacy.has_limits):
        blanks = len(code) - len(code.lstrip())
        lines.append(f"    {code.strip()}")
        if error.offset and error.offset > blanks:
            lines.append(f"    {' ' * (error.offset - 1 - blanks)}^")
    return lines


def _is_file(name: str | None) -> bool:
    return bool(name) and not str(name).startswith("<") and "ipykernel" not in str(name)
