"""What an exception says, whatever it is made of."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from groq_magic.clipping import is_a, plain, tried

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["chain_of", "message_of", "type_name"]

_LONGEST = 1_500
_END = 400
_MOST_NOTES = 5
_MOST_IN_A_GROUP = 5
_LONGEST_CHAIN = 5


def type_name(kind: type) -> str:
    """Return a class's name, with its module where that says something."""
    module = tried(lambda: plain(kind.__module__), "")
    name = tried(lambda: plain(kind.__qualname__), "a class")
    # UsageError is IPython's: its name says enough.
    bare = module in {"builtins", "__main__", ""} or module.startswith("IPython.")
    return name if bare else f"{module}.{name}"


def message_of(error: BaseException) -> str:
    """Return type and message of an exception, bounded; it never raises.

    A SyntaxError's place is left out: it names a file that nobody knows.
    """
    kind = type_name(type(error))
    said = tried(lambda: _place_left_out(error), None) or _said(error)
    lines = [f"{kind}: {said}" if said else kind]
    notes = tried(lambda: error.__notes__, None)
    if type(notes) is list:
        lines += [_bounded(plain(note)) for note in notes[:_MOST_NOTES] if is_a(note, str)]
    if isinstance(error, BaseExceptionGroup):
        lines += [f"  - {message_of(one)}" for one in error.exceptions[:_MOST_IN_A_GROUP]]
        more = len(error.exceptions) - _MOST_IN_A_GROUP
        lines += [f"  - and {more} more"] if more > 0 else []
    return "\n".join(lines)


def _place_left_out(error: BaseException) -> str | None:
    return _bounded(str(error.msg)) if isinstance(error, SyntaxError) else None


def chain_of(error: BaseException) -> list[tuple[BaseException, str]]:
    """Return an exception with what led to it, the first cause first.

    Returns
    -------
    list of (BaseException, str)
        Each with the sentence that leads to the next one; "" for the last.
    """
    found = [(error, "")]
    seen = {id(error)}
    # One more than is shown; the bound also ends a cycle.
    before = tried(lambda: list(islice(_before(error), _LONGEST_CHAIN)), None)
    for one, sentence in before or ():
        if id(one) in seen or len(found) == _LONGEST_CHAIN:
            break
        seen.add(id(one))
        found.insert(0, (one, sentence))
    return found


def _before(error: BaseException) -> Iterator[tuple[BaseException, str]]:
    while True:
        if error.__cause__ is not None:
            error = error.__cause__
            yield error, "The above exception was the direct cause of the following exception:"
        elif error.__context__ is not None and not error.__suppress_context__:
            error = error.__context__
            yield error, "During handling of the above exception, another exception occurred:"
        else:
            return


def _said(error: BaseException) -> str:
    try:
        return _bounded(plain(str(error)))
    except KeyboardInterrupt:
        raise
    except BaseException as failure:  # noqa: BLE001 - a user's __str__ may raise anything
        return f"<its message can't be shown: str() raised {type(failure).__name__}>"


def _bounded(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    left_out = len(text) - _LONGEST
    return f"{text[: _LONGEST - _END]}\n[… {left_out:,} characters left out]\n{text[-_END:]}"
