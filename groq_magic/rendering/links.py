"""Link labels, destinations and titles, and the definitions that name them."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import NamedTuple

from groq_magic.rendering.characters import unescape_marks

__all__ = ["LABEL", "Definitions", "Target", "inline_target", "label_key", "take_definitions"]

LABEL = re.compile(r"\[((?:[^\\\[\]]|\\.){0,1000}+)\]", re.DOTALL)
_ANGLED = re.compile(r"<((?:[^<>\n\\]|\\.)*+)>")
_BLANKS = re.compile(r"[ \t]*(?:\n[ \t]*)?")
_SPACES = re.compile(r"[ \t\n]*")
_TITLE = re.compile(
    r'"((?:[^"\\]|\\.)*+)"'
    r"|'((?:[^'\\]|\\.)*+)'"
    r"|\(((?:[^()\\]|\\.)*+)\)",
    re.DOTALL,
)
_BARE = re.compile(r"[^\x00-\x20\x7f()\\]+|\\.|\\|[()]")
_LINE_REST = re.compile(r"[ \t]*(?:\n|\Z)")
_MAX_LABEL = 999
_MAX_PARENTHESES = 32


class Target(NamedTuple):
    """Where a link or image points."""

    url: str
    title: str


Definitions = MutableMapping[str, Target]


def label_key(label: str) -> str:
    """Return a label as it is compared: folded case, single spaces; empty if it is none."""
    if len(label) > _MAX_LABEL:
        return ""
    return " ".join(label.split()).casefold()


def _destination(text: str, position: int) -> tuple[str, int] | None:
    if text.startswith("<", position):
        angled = _ANGLED.match(text, position)
        return (unescape_marks(angled[1]), angled.end()) if angled else None
    depth, start = 0, position
    while found := _BARE.match(text, position):
        piece = found[0]
        if piece == "(":
            depth += 1
            if depth > _MAX_PARENTHESES:
                return None
        elif piece == ")":
            if not depth:
                break
            depth -= 1
        position = found.end()
    if depth:
        return None
    return unescape_marks(text[start:position]), position


def _title(text: str, position: int) -> tuple[str, int] | None:
    found = _TITLE.match(text, position)
    if not found:
        return None
    title = next(group for group in found.groups() if group is not None)
    return unescape_marks(title), found.end()


def _skip(text: str, position: int, blanks: re.Pattern[str] = _BLANKS) -> int:
    found = blanks.match(text, position)
    return found.end() if found else position


def inline_target(text: str, position: int) -> tuple[Target, int] | None:
    """Read ``(destination "title")``.

    Parameters
    ----------
    text : str
        The leaf's text.
    position : int
        Where the parenthesis should open.

    Returns
    -------
    tuple of Target and int, or None
        The target and the position after the closing parenthesis.
    """
    # The search keeps a text of openers alone from being read anew at each of them.
    if not text.startswith("(", position) or text.find(")", position) < 0:
        return None
    position = _skip(text, position + 1, _SPACES)
    read = _destination(text, position)
    if read is None:
        return None
    url, position = read
    after = _skip(text, position, _SPACES)
    title = ""
    if after > position and (titled := _title(text, after)):
        title, after = titled
        after = _skip(text, after, _SPACES)
    return (Target(url, title), after + 1) if text.startswith(")", after) else None


def _definition(text: str, position: int) -> tuple[str, Target, int] | None:
    label = LABEL.match(text, position)
    if not label or not text.startswith(":", label.end()):
        return None
    key = label_key(label[1])
    start = _skip(text, label.end() + 1)
    read = _destination(text, start)
    if not key or read is None or read[1] == start:
        return None
    url, after_url = read
    after = _skip(text, after_url)
    titled = _title(text, after) if after > after_url else None
    if titled and (ended := _LINE_REST.match(text, titled[1])):
        return key, Target(url, titled[0]), ended.end()
    ended = _LINE_REST.match(text, after_url)
    return (key, Target(url, ""), ended.end()) if ended else None


def take_definitions(text: str, definitions: Definitions) -> str:
    """Take the link reference definitions off the start of a paragraph.

    Parameters
    ----------
    text : str
        The paragraph's text.
    definitions : MutableMapping
        Gets the new ones; the first of a label holds.

    Returns
    -------
    str
        What is left of the paragraph.
    """
    position = 0
    while text.startswith("[", position) and (read := _definition(text, position)):
        key, target, position = read
        if key not in definitions:
            definitions[key] = target
    return text[position:]


def resolve(label: str, definitions: Mapping[str, Target]) -> tuple[str, Target | None]:
    """Return a label's key and its target, if it is defined."""
    key = label_key(label)
    return key, definitions.get(key) if key else None
