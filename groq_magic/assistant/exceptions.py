"""Exceptions: class and message as text, their causes, and the members of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groq_magic.assistant.cuts import cut_middle
from groq_magic.clipping import is_a, plain, tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "DEEPEST_GROUP",
    "MOST_IN_A_GROUP",
    "chain_of",
    "class_name",
    "errors_of",
    "message_of",
]

DEEPEST_GROUP = 2
MOST_IN_A_GROUP = 5
_LONGEST = 4_000
_MOST_NOTES = 5
_LONGEST_CHAIN = 5


def errors_of(error: BaseException, depth: int = 0) -> Iterator[BaseException]:
    """Yield an exception, its causes, and the members of groups."""
    for one, _ in reversed(chain_of(error)):
        yield one
        if isinstance(one, BaseExceptionGroup) and depth < DEEPEST_GROUP:
            for member in one.exceptions[:MOST_IN_A_GROUP]:
                yield from errors_of(member, depth + 1)


def class_name(kind: type) -> str:
    """Return a class's name, with its module unless that is a builtin or IPython's."""
    module = tried(lambda: plain(kind.__module__), "")
    name = tried(lambda: plain(kind.__qualname__), "a class")
    # UsageError is IPython's: its name is enough.
    bare = module in {"builtins", "__main__", ""} or module.startswith("IPython.")
    return name if bare else f"{module}.{name}"


def message_of(error: BaseException, clean: Callable[[str], str] = str) -> str:
    """Return type and message of an exception, bounded; it never raises.

    Parameters
    ----------
    error : BaseException
    clean : callable
        Removes from a message what may not be sent.
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
        more = len(error.exceptions) - MOST_IN_A_GROUP
        lines += [f"  [… {more:,} more of the group]"] if more > 0 else []
    return "\n".join(lines)


def _message(error: BaseException, clean: Callable[[str], str]) -> str:
    try:
        # Without a SyntaxError's place: it names a file that the user doesn't know.
        message = str(error.msg) if isinstance(error, SyntaxError) else ""
        return cut_middle(clean(plain(message or str(error))), _LONGEST)
    except KeyboardInterrupt:
        raise
    except BaseException as failure:  # noqa: BLE001 - a user's __str__ may raise anything
        return f"<its message can't be shown: str() raised {type(failure).__name__}>"


def chain_of(error: BaseException) -> list[tuple[BaseException, str]]:
    """Return an exception after its causes, the first cause first.

    Each has the sentence that leads to the next one; "" for the last.
    """
    found = [(error, "")]
    while len(found) < _LONGEST_CHAIN:
        earlier = tried(lambda: _before(found[0][0]), None)
        # Causes can form a cycle.
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
