"""An element tree as HTML; what is HTML already stands in it as placeholders."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from groq_magic.rendering.sanitise import VOID_TAGS

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["PLACEHOLDER", "Serialiser"]

# STX, a letter, a number, ETX: `clean_input` and `entity` keep the two out of any text. Where
# the direction of text is looked for, the letter counts as a formula's letters do.
PLACEHOLDER = re.compile("\x02h([0-9]+)\x03")


class Serialiser:
    """Writes trees, and keeps the HTML that stands in them."""

    def __init__(self) -> None:
        self._kept: list[str] = []

    def keep(self, source: str) -> str:
        """Return a placeholder for HTML, to stand in the text of an element."""
        self._kept.append(source)
        return f"\x02h{len(self._kept) - 1}\x03"

    def children(self, element: Element) -> str:
        """Return what is in an element as HTML, the placeholders replaced."""
        pieces: list[str] = []
        _write_children(element, pieces)
        return PLACEHOLDER.sub(lambda found: self._kept[int(found[1])], "".join(pieces))

    def clear(self) -> None:
        """Forget what was kept: no placeholder of it is left."""
        self._kept.clear()


def _write(element: Element, pieces: list[str]) -> None:
    # An element without a tag is written as its content alone.
    if not element.tag:
        _write_children(element, pieces)
        return
    attributes = "".join(
        f' {name}="{html.escape(value)}"' for name, value in sorted(element.items())
    )
    pieces.append(f"<{element.tag}{attributes}>")
    if element.tag not in VOID_TAGS:
        _write_children(element, pieces)
        pieces.append(f"</{element.tag}>")


def _write_children(element: Element, pieces: list[str]) -> None:
    if element.text:
        pieces.append(html.escape(element.text, quote=False))
    for child in element:
        _write(child, pieces)
        if child.tail:
            pieces.append(html.escape(child.tail, quote=False))
