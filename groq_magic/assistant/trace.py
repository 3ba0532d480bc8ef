"""A traceback as a prompt holds it: the user's code, and no more of others' than needed."""

from __future__ import annotations

from itertools import groupby
from textwrap import indent
from typing import TYPE_CHECKING

from groq_magic.assistant.prompt import cut_middle
from groq_magic.assistant.paths import path_shown, without_folders
from groq_magic.assistant.steps import steps_of
from groq_magic.clipping import clip, is_a, plain, tried

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from groq_magic.assistant.cell import Cell, Context
    from groq_magic.assistant.steps import Step

__all__ = ["chain_of", "class_name", "errors_of", "message_of", "trace_text"]

_HEAD = "Traceback (most recent call last):"
_FIRST, _LAST = 4, 8
_LONGEST_LINE = 300
# What does not fit into the prompt is cut there.
_LONGEST = 4_000
_MOST_NOTES = 5
_MOST_IN_A_GROUP = 5
_LONGEST_CHAIN = 5
_DEEPEST_GROUP = 2


def trace_text(error: BaseException, cell: Cell, context: Context) -> str:
    """Return an exception's traceback, what led to it first.

    Frames of IPython are left out, a library's are counted but for the last
    of a run, a recursion's are said once, paths are those of the notebook's
    folder or of the library. The members of a group have their own.

    Parameters
    ----------
    error : BaseException
    cell : Cell
        The one that failed.
    context : Context
    """
    return without_folders(_with_causes(error, cell, context, 0))


def line_of_run(cell: Cell) -> int:
    """Return the line of a cell that runs code of a file (`%run`), or its only one; 0 for none.

    IPython shows the error of such a file without the cell.
    """
    lines = [(n, text) for n, text in enumerate(cell.source.split("\n"), 1) if text.strip()]
    runs = [n for n, text in lines if text.lstrip().startswith(("%run", "run "))]
    found = runs if len(runs) == 1 else [n for n, _ in lines if len(lines) == 1]
    return found[0] if found else 0


def errors_of(error: BaseException, depth: int = 0) -> Iterator[BaseException]:
    """Yield an exception, what led to it, and the members of groups."""
    for one, _ in reversed(chain_of(error)):
        yield one
        if isinstance(one, BaseExceptionGroup) and depth < _DEEPEST_GROUP:
            for member in one.exceptions[:_MOST_IN_A_GROUP]:
                yield from errors_of(member, depth + 1)


def _with_causes(error: BaseException, cell: Cell, context: Context, depth: int) -> str:
    parts: list[str] = []
    for one, sentence in chain_of(error):
        # pandas raises the same KeyError twice, first from within.
        if not sentence or message_of(one) != message_of(error) or _has_users_step(one, context):
            parts += filter(None, (_one(one, cell, context, depth), sentence))
    return "\n\n".join(parts)


def _has_users_step(error: BaseException, context: Context) -> bool:
    """Whether the first step of an error that led to another is the user's own."""
    steps, _ = steps_of(error.__traceback__, context)
    return bool(steps) and steps[-1].kind != "library"


def _one(error: BaseException, cell: Cell, context: Context, depth: int) -> str:
    steps, left_out = steps_of(error.__traceback__, context)
    lines = [_HEAD, *_shown(steps, left_out, cell)] if steps else []
    if steps and steps[0].kind == "file" and (at := line_of_run(cell)):
        text = cell.source.split("\n")[at - 1].strip()
        lines.insert(1, f"  {cell.name.capitalize()}, line {at}\n    {text}")
    if isinstance(error, SyntaxError):
        lines += _place(error, cell, context)
    lines.append(message_of(error))
    if isinstance(error, BaseExceptionGroup) and depth < _DEEPEST_GROUP:
        for count, member in enumerate(error.exceptions[:_MOST_IN_A_GROUP], 1):
            text = _with_causes(member, cell, context, depth + 1)
            lines.append(indent(f"{count} of {len(error.exceptions)}: {text}", "  "))
    return "\n".join(lines)


def _shown(steps: list[Step], left_out: int, cell: Cell) -> list[str]:
    """Return the lines of the steps; of many the ends, and what is the failing cell's own."""
    texts = list(_lines(steps))
    if not left_out and len(texts) <= _FIRST + _LAST:
        return [text for _, text in texts]
    own = [n for n, (step, _) in enumerate(texts) if step is not None and step.cell == cell]
    kept = {*range(_FIRST), *range(len(texts) - _LAST, len(texts)), *own[:1], *own[-1:]}
    lines: list[str] = []
    gone = left_out
    for n, (_, text) in enumerate(texts):
        if n not in kept:
            gone += 1
            continue
        if gone and n >= _FIRST:
            lines.append(f"  [… {gone:,} steps left out]")
            gone = 0
        lines.append(text)
    return lines


def _lines(steps: Iterable[Step]) -> Iterator[tuple[Step | None, str]]:
    for library, run in groupby(steps, key=lambda step: step.kind == "library"):
        *before, last = run
        if not library:
            yield from ((step, step.text) for step in before)
        elif before:
            inside = last.where.partition("/")[0].removesuffix(".py")
            yield None, f"  [{len(before)} more step{'s' * (len(before) > 1)} inside {inside}]"
        yield last, last.text


def _place(error: SyntaxError, cell: Cell, context: Context) -> list[str]:
    """Say where a syntax error is, in the cell as it was typed."""
    found = context.cell_of(error.filename or "") or (None if _is_file(error.filename) else cell)
    where = found.name if found else path_shown(error.filename or "")
    line = error.lineno or 1
    made = clip((error.text or "").rstrip("\n"), _LONGEST_LINE)
    typed = found.source.split("\n") if found else []
    same = [n for n, text in enumerate(typed, 1) if text.strip() and text.strip() == made.strip()]
    at = line if line in same or not same else min(same, key=lambda n: abs(n - line))
    lines = [f"  {where[:1].upper() + where[1:] if found else f'File {where}'}, line {at}"]
    if made.strip():
        blanks = len(made) - len(made.lstrip())
        lines.append(f"    {made.strip()}")
        if error.offset and error.offset > blanks:
            lines.append(f"    {' ' * (error.offset - 1 - blanks)}^")
    return lines


def _is_file(name: str | None) -> bool:
    return bool(name) and not str(name).startswith("<") and "ipykernel" not in str(name)


def class_name(kind: type) -> str:
    """Return a class's name, with its module where that says something."""
    module = tried(lambda: plain(kind.__module__), "")
    name = tried(lambda: plain(kind.__qualname__), "a class")
    # UsageError is IPython's: its name says enough.
    bare = module in {"builtins", "__main__", ""} or module.startswith("IPython.")
    return name if bare else f"{module}.{name}"


def message_of(error: BaseException) -> str:
    """Return type and message of an exception, bounded; it never raises."""
    kind, message = class_name(type(error)), _message(error)
    lines = [f"{kind}: {message}" if message else kind]
    notes = tried(lambda: error.__notes__, None)
    if type(notes) is list:
        lines += [
            cut_middle(plain(note), _LONGEST) for note in notes[:_MOST_NOTES] if is_a(note, str)
        ]
    if isinstance(error, BaseExceptionGroup):
        more = len(error.exceptions) - _MOST_IN_A_GROUP
        lines += [f"  [… {more:,} more of the group]"] if more > 0 else []
    return "\n".join(lines)


def _message(error: BaseException) -> str:
    try:
        # Not a SyntaxError's place: it names a file that nobody knows.
        message = str(error.msg) if isinstance(error, SyntaxError) else ""
        return cut_middle(plain(message or str(error)), _LONGEST)
    except KeyboardInterrupt:
        raise
    except BaseException as failure:  # noqa: BLE001 - a user's __str__ may raise anything
        return f"<its message can't be shown: str() raised {type(failure).__name__}>"


def chain_of(error: BaseException) -> list[tuple[BaseException, str]]:
    """Return an exception with what led to it, the first cause first.

    Each has the sentence that leads to the next one; "" for the last.
    """
    found = [(error, "")]
    while len(found) < _LONGEST_CHAIN:
        earlier = tried(lambda: _before(found[0][0]), None)
        # What leads to itself is a cycle.
        if earlier is None or any(earlier[0] is one for one, _ in found):
            break
        found.insert(0, earlier)
    return found


def _before(error: BaseException) -> tuple[BaseException, str] | None:
    if error.__cause__ is not None:
        return (
            error.__cause__,
            "The above exception was the direct cause of the following exception:",
        )
    if error.__context__ is not None and not error.__suppress_context__:
        return (
            error.__context__,
            "During handling of the above exception, another exception occurred:",
        )
    return None
