"""Whether one line of code replaces another."""

from __future__ import annotations

import re

from groq_magic.assistant.answer.alignment import likeness
from groq_magic.assistant.names import names_read

__all__ = ["begins_alike", "is_instead_of", "is_statement", "target_of"]

_TARGET = re.compile(
    r"[ \t]*([A-Za-z_][\w.]*(?:\[[^\]=]*\])?)\s*(?::[^=]+)?([-+*/|&^%@]|//|\*\*)?=(?!=)(.*)"
)
_STATEMENT = re.compile(
    r"[ \t]*(?:async[ \t]+)?(def|class|import|from|return|for|while|if|elif|with|except|raise"
    r"|assert|del|yield|[@%!])(?!\w)"
)
_CALLED = re.compile(r"[ \t]*(?:[\w.]+[ \t]*=[ \t]*)?(?:await[ \t]+)?([\w.]+)")
_COMMENT = re.compile(r"(?<!\s)\s++#[^\"']*$")
# Calls that only show something.
_ASIDES = frozenset({"print", "display", "type", "len", "help", "dir"})
_SHORTEST = 10
# Stricter limits, where nothing else shows that two lines belong together.
_ALIKE, _ALIKE_ALONE = 0.6, 0.8
_VALUES_ALIKE, _VALUES_ALIKE_ALONE = 0.5, 0.6
_SAME_NAME = 0.75


def target_of(line: str) -> str:
    """Return the target of an assignment, `name`, `name.attribute` or `name[key]`; "" for none."""
    found = _TARGET.match(line)
    return found[1] if found else ""


def is_statement(line: str) -> bool:
    """Return whether a line is more than an expression, which may only show a value."""
    return bool(_TARGET.match(line) or _STATEMENT.match(line))


def is_instead_of(new: str, old: str, *, alone: bool) -> bool:
    """Return whether a line replaces another.

    Parameters
    ----------
    new, old : str
    alone : bool
        Whether nothing else shows that they belong together.
    """
    new, old = _COMMENT.sub("", new).strip(), _COMMENT.sub("", old).strip()
    if _kind(new) != _kind(old):
        return False
    mine, its = _TARGET.match(new), _TARGET.match(old)
    if mine and its and mine[1] == its[1]:
        return _sets_instead(mine, its, alone=alone)
    if not alone:
        return likeness(new, old) >= _ALIKE
    is_clear = not mine and not its and len(new) >= _SHORTEST
    return is_clear and likeness(new, old) >= _ALIKE_ALONE


def _sets_instead(new: re.Match[str], old: re.Match[str], *, alone: bool) -> bool:
    """Whether an assignment replaces another one to the same name."""
    # `y = f(y)` follows the line that sets `y`, and does not replace it.
    name = re.split(r"[.\[]", new[1])[0]
    reads_now = bool(new[2]) or name in names_read(new[3])
    reads_before = bool(old[2]) or name in names_read(old[3])
    if reads_now and not reads_before:
        return False
    if new[2] != old[2]:
        return likeness(new[0], old[0]) >= _ALIKE
    if not alone and begins_alike(new[3], old[3]):
        return True
    enough = _VALUES_ALIKE_ALONE if alone else _VALUES_ALIKE
    return likeness(new[3].strip(), old[3].strip()) >= enough


def begins_alike(new: str, old: str) -> bool:
    """Return whether two lines call the same, or nearly: `connekt(x)` and `connect(y)`."""
    mine, its = _CALLED.match(new), _CALLED.match(old)
    if mine is None or its is None or its[1] in _ASIDES:
        return False
    return likeness(mine[1], its[1]) >= _SAME_NAME


def _kind(line: str) -> str:
    """Return the keyword of a statement that no other statement can replace, "" for others."""
    found = _STATEMENT.match(line)
    return found[1] if found else ""
