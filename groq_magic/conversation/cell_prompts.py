"""The prompts that can be read in a cell's source: what a saved notebook shows of an ask."""

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
    """Return the prompt of a `%%groq` cell, without blank ends; None where there is none.

    Other cell magics may precede it: `%%time` runs what is below.

    Parameters
    ----------
    source : str
        The cell's.
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
    another magic of ours, or a string that the code spells out, as in
    `groq_magic.ask("…")`. A prompt that code composes can't be seen.
    """
    wanted = prompt.strip()
    if any(wanted == body.strip() for body in _bodies(source)):
        return True
    if any(wanted in texts for texts in _lines(source)):
        return True
    return any(wanted in (text.strip(), _after_options(text)) for text in _strings(source))


def _bodies(source: str) -> Iterator[str]:
    """Yield what is below each of the cell magics at the top of a cell."""
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
    """Yield the strings that a cell's Python code spells out."""
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
