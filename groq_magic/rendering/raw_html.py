"""HTML in a model's text: known tags are kept (and sanitised later), all else is shown as text."""

from __future__ import annotations

import re

from groq_magic.rendering.characters import ENTITY, entity, escape
from groq_magic.rendering.leaves import CLOSE_TAG, OPEN_TAG
from groq_magic.rendering.sanitise import RAW_TAGS, VOID_TAGS

__all__ = ["kept_tag", "nesting", "shown_html"]

_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_PIECE = re.compile(rf"<!--.*?-->|<!--.*\Z|{OPEN_TAG}|{CLOSE_TAG}|<", re.DOTALL)
_TAG = re.compile(rf"{OPEN_TAG}|{CLOSE_TAG}")
_IMAGE_PART = re.compile(
    r"""[ \t\n](src|alt)[ \t\n]*=[ \t\n]*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""", re.IGNORECASE
)


def kept_tag(tag: str) -> str | None:
    """Return the HTML that a tag is shown by; None if it is to be shown as text.

    Parameters
    ----------
    tag : str
        A whole tag or comment, as it is in the source.

    Notes
    -----
    An image that would be loaded from the network becomes a link, for its address can carry
    what is on the page out.
    """
    if tag.startswith("<!--"):
        return ""
    name = _NAME.match(tag)
    if name is None or name[1].lower() not in RAW_TAGS:
        return None
    if name[1].lower() == "img":
        return _image(tag)
    return tag


def _image(tag: str) -> str:
    parts = {
        found[1].lower(): found[2] or found[3] or found[4] or ""
        for found in _IMAGE_PART.finditer(tag)
    }
    source = ENTITY.sub(lambda found: entity(found[0]) or found[0], parts.get("src", ""))
    if source.startswith("data:"):
        return tag
    alt = ENTITY.sub(lambda found: entity(found[0]) or found[0], parts.get("alt", ""))
    return f'<a href="{escape(source)}">{escape(alt or source)}</a>'


def shown_html(html: str) -> str:
    """Return a block of HTML with its unknown tags as text."""

    def piece(found: re.Match[str]) -> str:
        kept = kept_tag(found[0])
        return escape(found[0]) if kept is None else kept

    return _PIECE.sub(piece, html)


def nesting(html: str) -> int:
    """Return how many elements a block of HTML opens and leaves open (negative: closes)."""
    depth = 0
    for found in _TAG.finditer(html):
        name = _NAME.match(found[0])
        if name and name[1].lower() in RAW_TAGS - VOID_TAGS:
            depth += -1 if found[0].startswith("</") else 1
    return depth
