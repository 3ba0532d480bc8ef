"""HTML in a model's text: known tags are kept (and sanitised later), all else is shown as text."""

from __future__ import annotations

import re

from groq_magic.rendering.characters import ENTITY, entity, escape
from groq_magic.rendering.leaves import CLOSE_TAG, OPEN_TAG
from groq_magic.rendering.sanitise import RAW_TAGS, VOID_TAGS

__all__ = ["RawTags", "kept_tag", "nesting", "shown_html"]

# Elements that a leaf or block of HTML may leave open; more are text.
_MAX_DEPTH = 100

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


class RawTags:
    """Tags of one leaf or block of HTML, in order: what nests too deep is shown as text."""

    def __init__(self) -> None:
        self._depth = 0

    def kept(self, tag: str) -> str | None:
        """Return the HTML that a tag is shown by; None if it is to be shown as text."""
        kept = kept_tag(tag)
        self._depth += _step(tag) if kept else 0
        return None if self._depth > _MAX_DEPTH else kept


def shown_html(html: str) -> str:
    """Return a block of HTML with its unknown tags as text."""
    tags = RawTags()

    def piece(found: re.Match[str]) -> str:
        kept = tags.kept(found[0])
        return escape(found[0]) if kept is None else kept

    return _PIECE.sub(piece, html)


def _step(tag: str) -> int:
    name = _NAME.match(tag)
    if name is None or name[1].lower() not in RAW_TAGS - VOID_TAGS:
        return 0
    return -1 if tag.startswith("</") else 1


def nesting(html: str) -> int:
    """Return how many elements a block of HTML opens and leaves open (negative: closes)."""
    return sum(_step(found[0]) for found in _TAG.finditer(html))
