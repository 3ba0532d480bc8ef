"""HTML in a model's text: blocks of it, and the tags that are kept; others become text."""

from __future__ import annotations

import re
from collections import Counter

from groq_magic.rendering.characters import ENTITY, entity, escape
from groq_magic.rendering.sanitise import RAW_TAGS, VOID_TAGS

__all__ = ["CLOSE_TAG", "OPEN_TAG", "RawTags", "html_ends", "html_kind", "nesting", "shown_html"]

# Elements that a leaf or block of HTML may leave open; more are text.
_MAX_DEPTH = 100
# Their end tags may be left out.
_ENDED_BY_OTHERS = frozenset(
    {"li", "p", "dt", "dd", "rt", "rp", "td", "th", "tr", "thead", "tbody", "tfoot"}
)

_BLOCK_TAGS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details"
    "|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[123456]|head"
    "|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p"
    "|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
_ATTRIBUTE = (
    r"(?:[ \t\n]++[A-Za-z_:][\w.:-]*+"
    r"""(?:[ \t\n]*+=[ \t\n]*+(?:[^\s"'=<>`]++|'[^']*+'|"[^"]*+"))?+)"""
)
OPEN_TAG = rf"<[A-Za-z][A-Za-z0-9-]*+{_ATTRIBUTE}*+[ \t\n]*+/?>"
CLOSE_TAG = r"</[A-Za-z][A-Za-z0-9-]*+[ \t\n]*+>"
_HTML_STARTS = (
    ("1", re.compile(r"<(?:script|pre|textarea|style)(?:\s|>|$)", re.IGNORECASE)),
    ("2", re.compile(r"<!--")),
    ("3", re.compile(r"<[?]")),
    ("4", re.compile(r"<![A-Za-z]")),
    ("5", re.compile(r"<!\[CDATA\[")),
    ("6", re.compile(rf"</?(?:{_BLOCK_TAGS})(?:\s|/?>|$)", re.IGNORECASE)),
    ("7", re.compile(rf"(?:{OPEN_TAG}|{CLOSE_TAG})[ \t]*$")),
)
_HTML_ENDS = {
    "1": re.compile(r"</(?:script|pre|textarea|style)>", re.IGNORECASE),
    "2": re.compile(r"-->"),
    "3": re.compile(r"\?>"),
    "4": re.compile(r">"),
    "5": re.compile(r"\]\]>"),
}
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_PIECE = re.compile(rf"<!--.*?-->|<!--.*\Z|{OPEN_TAG}|{CLOSE_TAG}|<", re.DOTALL)
_TAG = re.compile(rf"{OPEN_TAG}|{CLOSE_TAG}")
_IMAGE_PART = re.compile(
    r"""[ \t\n](src|alt)[ \t\n]*=[ \t\n]*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""", re.IGNORECASE
)


def html_kind(text: str, *, in_paragraph: bool, tags: frozenset[str]) -> str:
    """Return which of the seven kinds of HTML block a line begins, or nothing.

    A lone tag (kind 7) counts only if it is in `tags`; others are shown as text.
    """
    for kind, start in _HTML_STARTS:
        found = start.match(text)
        if not found:
            continue
        if kind != "7":
            return kind
        name = _NAME.match(text)
        known = name is not None and name[1].lower() in tags
        return "" if in_paragraph or not known else kind
    return ""


def html_ends(kind: str, text: str) -> bool:
    """Return whether a line ends an HTML block; those of kind 6 and 7 end at a blank line."""
    end = _HTML_ENDS.get(kind)
    return end is not None and end.search(text) is not None


def shown_tag(tag: str) -> str | None:
    """Return the HTML that shows a tag; None to show it as text.

    Parameters
    ----------
    tag : str
        A whole tag or comment of the source.

    Notes
    -----
    An image from the network becomes a link: loading its address could send data of the page.
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
    """The tags of one leaf or block of HTML, in order: too deeply nested ones are shown as text.

    Notes
    -----
    If an end tag comes inside another element, a browser may open its element again in all
    following ones: each such crossing counts as an element that is left open.
    """

    def __init__(self) -> None:
        self._open: list[str] = []
        self._counts: Counter[str] = Counter()
        self._crossings = 0

    def kept(self, tag: str) -> str | None:
        """Return the HTML that shows a tag; None to show it as text."""
        kept = shown_tag(tag)
        if kept:
            self._take(tag)
        return None if len(self._open) + self._crossings > _MAX_DEPTH else kept

    def _take(self, tag: str) -> None:
        step, found = _step(tag), _NAME.match(tag)
        name = found[1].lower() if found else ""
        if step > 0:
            self._open.append(name)
            self._counts[name] += 1
        elif step < 0 and self._counts[name]:
            while (last := self._open.pop()) != name:
                self._counts[last] -= 1
                self._crossings += last not in _ENDED_BY_OTHERS
            self._counts[name] -= 1


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
    """Return the number of elements that a block of HTML leaves open (negative: closes)."""
    return sum(_step(found[0]) for found in _TAG.finditer(html))
