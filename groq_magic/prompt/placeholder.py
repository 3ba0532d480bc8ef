"""Find the `{{…}}` of a prompt, and parse them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from groq_magic.prompt.expression import Expression, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Placeholder", "placeholders"]

# Not `${{ … }}`, which is GitHub's. A name must follow on the same line.
_BRACES = re.compile(r"(?<!\$)\{\{(?=[ \t]*[^\W\d])")
# Up to the closing braces, which don't count within a string, as in `d["}}"]`. Possessive, so
# that it never backtracks.
_ENDING = re.compile(r"""(?:[^'"}\n]++|'(?:[^'\\\n]|\\.)*+'|"(?:[^"\\\n]|\\.)*+"|\}(?!\}))*+\}\}""")
_LONGEST = 300
# A text in quotes is one part, any other character is one.
_PARTS = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|.""", re.DOTALL)
_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")


class Placeholder(NamedTuple):
    """An expression between double braces.

    Parameters
    ----------
    start, end : int
        Where the braces begin and end in the text.
    expression : Expression
    spec : str or None
        The format spec.
    """

    start: int
    end: int
    expression: Expression
    spec: str | None

    @property
    def written(self) -> str:
        """The text between the braces, without blank ends."""
        name = self.expression.text
        return name if self.spec is None else f"{name}:{self.spec.rstrip()}"


def placeholders(text: str) -> Iterator[Placeholder]:
    """Yield the placeholders of a text; other braces are ignored."""
    done = 0
    for opening in _BRACES.finditer(text):
        ending = _ENDING.match(text, opening.end(), opening.end() + _LONGEST)
        if opening.start() < done or ending is None:
            continue
        inside, spec = _without_spec(ending[0][:-2])
        expression = parse(inside)
        if expression is not None:
            done = ending.end()
            yield Placeholder(opening.start(), done, expression, spec)


def _without_spec(text: str) -> tuple[str, str | None]:
    """Split the text between braces into expression and format spec, None for no spec.

    The spec follows the first colon outside of brackets and quotes, as in an
    f-string, unless that is Python's `:=`.
    """
    depth = 0
    for part in _PARTS.finditer(text):
        mark = part[0]
        depth += (mark in _OPENING) - (mark in _CLOSING)
        if mark == ":" and depth == 0:
            spec = text[part.end() :]
            return (text, None) if spec.startswith("=") else (text[: part.start()], spec)
    return text, None
