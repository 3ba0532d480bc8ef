"""The direction of an element's text: a paragraph in Hebrew or Arabic starts at the right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import bidirectional

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

__all__ = ["mark_direction"]

_BLOCKS = frozenset("blockquote h1 h2 h3 h4 h5 h6 li ol p td th ul".split())  # noqa: SIM905 - words read best as words
_FROM_THE_LEFT = frozenset({"code", "pre", "math"})
# The Unicode blocks of right-to-left scripts.
_FROM_THE_RIGHT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_DIRECTIONS = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def mark_direction(root: Element) -> None:
    """Set `dir` on the blocks whose direction differs from that of the text around them.

    Parameters
    ----------
    root : Element
        Its direction is left to right.

    Notes
    -----
    As in Unicode's algorithm the first strong character decides, but not one in code: a sentence
    about `x` may begin with it. An element without any has its parent's direction.
    """
    if _FROM_THE_RIGHT.search("".join(root.itertext())):
        _mark_children(root, "ltr")


def _mark_children(parent: Element, around: str) -> None:
    for child in parent:
        own = around
        if child.tag in _FROM_THE_LEFT:
            own = "ltr"
        elif child.tag in _BLOCKS or child.find("thead") is not None:
            own = next(_strong(child), around)
        if own != around:
            child.set("dir", own)
        _mark_children(child, own)


def _strong(element: Element) -> Iterator[str]:
    """Yield the directions of an element's strong characters, in order."""
    if element.tag in _FROM_THE_LEFT:
        return
    yield from _strong_in(element.text)
    for child in element:
        yield from _strong(child)
        yield from _strong_in(child.tail)


def _strong_in(text: str | None) -> Iterator[str]:
    for character in text or "":
        if direction := _DIRECTIONS.get(bidirectional(character)):
            yield direction
