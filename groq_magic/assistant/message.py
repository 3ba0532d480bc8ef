"""What an exception says, whatever it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    module = getattr(kind, "__module__", "")
    # UsageError is IPython's: its name says enough.
    bare = module in {"builtins", "__main__", ""} or module.startswith("IPython.")
    return kind.__qualname__ if bare else f"{module}.{kind.__qualname__}"


def message_of(error: BaseException) -> str:
    """Return type and message of an exception, bounded; it never raises.

    A SyntaxError's place is left out: it names a file that nobody knows.
    """
    kind = type_name(type(error))
    said = str(error.msg) if isinstance(error, SyntaxError) else _said(error)
    lines = [f"{kind}: {said}" if said else kind]
    notes = getattr(error, "__notes__", None)
    if isinstance(notes, list):
        lines += [_bounded(note) for note in notes[:_MOST_NOTES] if isinstance(note, str)]
    if isinstance(error, BaseExceptionGroup):
        lines += [f"  - {message_of(one)}" for one in error.exceptions[:_MOST_IN_A_GROUP]]
        more = len(error.exceptions) - _MOST_IN_A_GROUP
        lines += [f"  - and {more} more"] if more > 0 else []
    return "\n".join(lines)


def chain_of(error: BaseException) -> list[tuple[BaseException, str]]:
    """Return an exception with what led to it, the first cause first.

    Returns
    -------
    list of (BaseException, str)
        Each with the sentence that leads to the next one; "" for the last.
    """
    found = [(error, "")]
    seen = {id(error)}
    for one, sentence in _before(error):
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
        return _bounded(str(error))
    except Exception as failure:  # noqa: BLE001 - a user's __str__ may raise anything
        return f"<its message can't be shown: str() raised {type(failure).__name__}>"


def _bounded(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    left_out = len(text) - _LONGEST
    return f"{text[: _LONGEST - _END]}\n[… {left_out:,} characters left out]\n{text[-_END:]}"
