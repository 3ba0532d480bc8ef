"""The names that lines of code set and read, judged by their text; the code may be broken."""

from __future__ import annotations

import builtins
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["names_imported", "names_read", "names_set", "names_unset"]

_IMPORT = re.compile(r"[ \t]*(?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+(.+)")
_DEFINITION = re.compile(r"[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")
_NAMES = re.compile(
    r"[ \t]*\(?([A-Za-z_]\w*(?:[ \t]*,[ \t]*[A-Za-z_]\w*)*),?\)?[ \t]*(?::[^=]+)?=(?!=)"
)
_BOUND = re.compile(r"[ \t]*(?:async[ \t]+)?(?:for|with|except|global|nonlocal)\b|.*:=")
_WORD = re.compile(r"[^\W\d]\w*")
# An f-string may read names.
_TEXT = re.compile(r"""(?<![fFtT\w])[rRbBuU]?(?:"[^"\n]*"|'[^'\n]*')|(?<!['"])\#.*""")


def names_set(lines: Iterable[str]) -> set[str]:
    """Return the names that lines assign, import or define."""
    names: set[str] = set()
    for line in lines:
        if _IMPORT.match(line):
            names |= names_imported([line])
        elif found := _DEFINITION.match(line):
            names.add(found[1])
        elif found := _NAMES.match(line):
            names |= set(_WORD.findall(found[1]))
    return names


def names_unset(source: str, code: str) -> set[str]:
    """Return the names that a cell sets and its new code reads, but no longer sets."""
    lines = code.split("\n")
    bound = names_read("\n".join(line for line in lines if _BOUND.match(line)))
    lost = names_set(line for line in source.split("\n") if not line[:1].isspace())
    lost -= names_set(lines) | bound | set(vars(builtins))
    return lost & names_read(code)


def names_imported(lines: Iterable[str]) -> set[str]:
    """Return the names that lines import."""
    found = [match[1] for line in lines if (match := _IMPORT.match(line))]
    parts = [part for each in found for part in each.partition("#")[0].split(",")]
    bound = [_WORD.findall(part.partition(" as ")[2] or part) for part in parts]
    return {words[0] for words in bound if words}


def names_read(code: str) -> set[str]:
    """Return the words of code outside of strings and comments, which may be names."""
    return set(_WORD.findall(_TEXT.sub("", code)))
