"""A traceback as a prompt holds it: the user's code, and no more of others' than needed."""

from __future__ import annotations

from itertools import groupby
from traceback import walk_tb
from typing import TYPE_CHECKING

from groq_magic.assistant.prompt import cut_middle
from groq_magic.assistant.steps import path_shown, steps_of, without_folders
from groq_magic.clipping import clip, is_a, plain, tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from groq_magic.assistant.cell import Cell, Context
    from groq_magic.assistant.steps import Step

__all__ = ["class_name", "trace_text"]

_HEAD = "Traceback (most recent call last):"
_FIRST, _LAST = 4, 8
_LONGEST_LINE = 300
_LONGEST = 1_500
_MOST_NOTES = 5
_MOST_IN_A_GROUP = 5
_LONGEST_CHAIN = 5


def trace_text(error: BaseException, cell: Cell, context: Context) -> str:
    """Return an exception's traceback, what led to it first.

    Frames of IPython are left out, a library's are counted but for the last
    of a run, a recursion's are said once, paths are those of the notebook's
    folder or of the library.

    Parameters
    ----------
    error : BaseException
    cell : Cell
        The one that failed.
    context : Context
    """
    parts: list[str] = []
    chain = _chain_of(error)
    clean = _clean([one for one, _ in chain], cell, context)
    for one, sentence in chain:
        # pandas raises the same KeyError twice, first from within.
        if not sentence or message_of(one) != message_of(error):
            parts += filter(None, (_one(one, cell, context, clean), sentence))
    return without_folders("\n\n".join(parts))


def _clean(errors: Sequence[BaseException], cell: Cell, context: Context) -> Callable[[str], str]:
    """Return a function from a message to what may be sent of it.

    A value that it quotes is one of the session, or one that the error's frames still hold.
    """
    if not context.privacy.has_limits:
        return str
    held = [frame.f_locals for one in errors for frame, _ in walk_tb(one.__traceback__)]
    values = context.values(*held)
    return lambda text: values.message(text, cell.source)


def _one(error: BaseException, cell: Cell, context: Context, clean: Callable[[str], str]) -> str:
    steps, left_out = steps_of(error.__traceback__, context)
    lines = [_HEAD, *_shown(steps, left_out)] if steps else []
    if isinstance(error, SyntaxError):
        lines += _place(error, cell, context)
    return "\n".join([*lines, message_of(error, clean)])


def _shown(steps: list[Step], left_out: int) -> list[str]:
    lines = list(_lines(steps))
    if left_out or len(lines) > _FIRST + _LAST:
        gone = left_out + len(lines) - _FIRST - _LAST
        return [*lines[:_FIRST], f"  [… {max(gone, 1):,} steps left out]", *lines[-_LAST:]]
    return lines


def _lines(steps: Iterable[Step]) -> Iterator[str]:
    for library, run in groupby(steps, key=lambda step: step.kind == "library"):
        *before, last = run
        if not library:
            yield from (step.text for step in before)
        elif before:
            inside = last.where.partition("/")[0].removesuffix(".py")
            yield f"  [{len(before)} more step{'s' * (len(before) > 1)} inside {inside}]"
        yield last.text


def _place(error: SyntaxError, cell: Cell, context: Context) -> list[str]:
    """Say where a syntax error is, in the cell as it was typed."""
    found = context.cell_of(error.filename or "") or (None if _is_file(error.filename) else cell)
    where = found.name if found else path_shown(error.filename or "")[0]
    line = error.lineno or 1
    made = clip((error.text or "").rstrip("\n"), _LONGEST_LINE)
    typed = found.source.split("\n") if found else []
    same = [n for n, text in enumerate(typed, 1) if text.strip() and text.strip() == made.strip()]
    at = line if line in same or not same else min(same, key=lambda n: abs(n - line))
    lines = [f"  {where[:1].upper() + where[1:] if found else f'File {where}'}, line {at}"]
    # What was compiled may be a value, as in `frame.query(text)`.
    if made.strip() and (same or not context.privacy.has_limits):
        indent = len(made) - len(made.lstrip())
        lines.append(f"    {made.strip()}")
        if error.offset and error.offset > indent:
            lines.append(f"    {' ' * (error.offset - 1 - indent)}^")
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


def message_of(error: BaseException, clean: Callable[[str], str] = str) -> str:
    """Return type and message of an exception, bounded; it never raises.

    Parameters
    ----------
    error : BaseException
    clean : callable
        From a message to what may be sent of it.
    """
    kind, message = class_name(type(error)), _message(error, clean)
    lines = [f"{kind}: {message}" if message else kind]
    notes = tried(lambda: error.__notes__, None)
    if type(notes) is list:
        lines += [
            cut_middle(clean(plain(note)), _LONGEST)
            for note in notes[:_MOST_NOTES]
            if is_a(note, str)
        ]
    if isinstance(error, BaseExceptionGroup):
        lines += [f"  - {message_of(one, clean)}" for one in error.exceptions[:_MOST_IN_A_GROUP]]
        more = len(error.exceptions) - _MOST_IN_A_GROUP
        lines += [f"  - and {more} more"] if more > 0 else []
    return "\n".join(lines)


def _message(error: BaseException, clean: Callable[[str], str]) -> str:
    try:
        # Not a SyntaxError's place: it names a file that nobody knows.
        message = str(error.msg) if isinstance(error, SyntaxError) else ""
        return cut_middle(clean(plain(message or str(error))), _LONGEST)
    except KeyboardInterrupt:
        raise
    except BaseException as failure:  # noqa: BLE001 - a user's __str__ may raise anything
        return f"<its message can't be shown: str() raised {type(failure).__name__}>"


def _chain_of(error: BaseException) -> list[tuple[BaseException, str]]:
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
