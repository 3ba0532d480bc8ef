"""Find the prompts in a cell's source, as a reader of a saved notebook sees them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from groq_magic.options import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["prompt_in", "shows_prompt"]

# Characters; parsing longer cells takes too long.
_LONGEST_PARSED = 200_000
_LINE_MAGIC = re.compile(r"(?:^|=)\s*(%groq\w*)[^\S\n]*(.*)$")
# One word as a shell reads it, near enough to find where the options end.
_WORD = re.compile(r"""(?:[^\s"']|"(?:\\.|[^"])*"|'[^']*')+\s*""")
_VALUED = frozenset(form for each in OPTIONS if each.type.takes_value for form in each.forms)


def prompt_in(source: str, *, alone: bool = False) -> str | None:
    """Return the prompt of a `%%groq` cell, without blank ends; None for other cells.

    Other cell magics may precede it: `%%time` runs the lines below it.

    Parameters
    ----------
    source : str
        Of the cell.
    alone : bool
        Whether no other cell magic may precede it.
    """
    first, _, body = source.lstrip().partition("\n")
    while first.startswith("%%") and not first.startswith("%%groq") and not alone:
        first, _, body = body.lstrip().partition("\n")
    return body.strip() if first.startswith("%%groq") else None


def shows_prompt(source: str, prompt: str) -> bool:
    """Whether a reader of a cell sees this prompt in it.

    It is the body of a cell magic, the text of a `%groq` line, a whole line of
    another magic of ours, or a string literal, as in `groq_magic.ask("…")`. A prompt
    that code composes can't be seen.
    """
    text = prompt.strip()
    if any(text == body.strip() for body in _bodies(source)):
        return True
    if any(text in texts for texts in _lines(source)):
        return True
    return any(text in (each.strip(), _after_options(each)) for each in _strings(source))


def _bodies(source: str) -> Iterator[str]:
    """Yield the lines below each of the cell magics at the top of a cell."""
    first, _, body = source.lstrip().partition("\n")
    while first.startswith("%%"):
        yield body
        first, _, body = body.lstrip().partition("\n")


def _lines(source: str) -> Iterator[tuple[str, ...]]:
    """Yield the texts of each line magic of ours."""
    for line in source.splitlines():
        if "%groq" in line and (found := _LINE_MAGIC.search(line)):
            name, rest = found.groups()
            yield f"{name} {rest}".strip(), _after_options(rest) if name == "%groq" else ""


def _after_options(line: str) -> str:
    """Return the text of a `%groq` line after its options, without blank ends."""
    rest = line.strip()
    while rest.startswith("-"):
        found = _WORD.match(rest)
        if found is None:
            break
        word, rest = found[0].strip(), rest[found.end() :]
        if word == "--":
            break
        if word in _VALUED and (value := _WORD.match(rest)):
            rest = rest[value.end() :]
    return rest.strip()


def _strings(source: str) -> Iterator[str]:
    """Yield the string literals in a cell's Python code."""
    code = source
    for body in _bodies(source):
        code = body
    if len(code) > _LONGEST_PARSED:
        return
    python = re.sub(r"(?m)^([^\S\n]*)[%!].*$", r"\1pass", code)
    try:
        tree = ast.parse(python)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
