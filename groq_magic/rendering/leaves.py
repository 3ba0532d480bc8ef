"""How the lines look that open or close a leaf block or a list item."""

from __future__ import annotations

import re
from typing import NamedTuple

from groq_magic.rendering.line import CODE_INDENT, NONSPACE, Line

__all__ = [
    "ATX",
    "FENCE",
    "MAYBE_START",
    "RULE",
    "SETEXT",
    "Marker",
    "formula_left_open",
    "heading_text",
    "html_ends",
    "html_kind",
    "list_marker",
]

# A line that opens no block but a paragraph begins with none of these.
MAYBE_START = re.compile(r"[#`~*+_=<>0-9|:\-]")
ATX = re.compile(r"(#{1,6})(?:[ \t]+|$)")
FENCE = re.compile(r"(`{3,}+)(?!.*`)|(~{3,}+)")
RULE = re.compile(r"(?:(?:\*[ \t]*+){3,}+|(?:_[ \t]*+){3,}+|(?:-[ \t]*+){3,}+)$")
SETEXT = re.compile(r"(=++|-++)[ \t]*+$")
_MARKER = re.compile(r"([*+-])|(\d{1,9})([.)])")

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
_TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_HTML_ENDS = {
    "1": re.compile(r"</(?:script|pre|textarea|style)>", re.IGNORECASE),
    "2": re.compile(r"-->"),
    "3": re.compile(r"\?>"),
    "4": re.compile(r">"),
    "5": re.compile(r"\]\]>"),
}


class Marker(NamedTuple):
    """A list item's marker: what kind of list, its number, columns up to its content."""

    kind: str
    number: int | None
    margin: int


def list_marker(line: Line, *, interrupts: bool) -> Marker | None:
    """Read a list marker and move the cursor to the item's content.

    Parameters
    ----------
    line : Line
        Its cursor may be before the marker's indent.
    interrupts : bool
        Whether it would end a paragraph: then only a filled item numbered 1, or a filled bullet,
        does.
    """
    found = _MARKER.match(line.text, line.start)
    if not found:
        return None
    following = NONSPACE.search(line.text, found.end())
    empty = following is None
    if following is not None and following.start() == found.end():
        return None
    number = int(found[2]) if found[2] else None
    if interrupts and (empty or number not in (None, 1)):
        return None
    outer = line.indent
    line.skip_blanks()
    width = len(found[0])
    line.skip(width)
    blanks = line.indent
    if empty or not 1 <= blanks <= CODE_INDENT:
        line.skip_one_blank()
        blanks = 1
    else:
        line.skip_columns(blanks)
    return Marker(found[1] or found[3], number, outer + width + blanks)


def heading_text(content: str) -> str:
    """Return what follows an ATX heading's marks, without a closing run of them."""
    text = content.strip(" \t")
    inner = text.rstrip("#")
    return inner.rstrip(" \t") if not inner or inner[-1] in " \t" else text


def html_kind(text: str, *, in_paragraph: bool, tags: frozenset[str] | None) -> str:
    """Return which of the seven kinds of HTML block a line begins, or nothing.

    A lone tag (kind 7) counts only if it is one of `tags`: of others the text is shown.
    """
    for kind, start in _HTML_STARTS:
        found = start.match(text)
        if not found:
            continue
        if kind != "7":
            return kind
        name = _TAG_NAME.match(text)
        known = tags is None or (name is not None and name[1].lower() in tags)
        return "" if in_paragraph or not known else kind
    return ""


def html_ends(kind: str, text: str) -> bool:
    """Tell whether a line ends an HTML block; those of kind 6 and 7 end at a blank line."""
    end = _HTML_ENDS.get(kind)
    return end is not None and end.search(text) is not None


def formula_left_open(text: str, until: str) -> str:
    r"""Return the mark that ends a displayed formula which a paragraph's line leaves open.

    Parameters
    ----------
    text : str
        The line, without its indent.
    until : str
        What the lines before it left open: ``$$``, ``\]`` or nothing.
    """
    if until:
        return "" if until in text else until
    if text.startswith("$$"):
        return "" if "$$" in text[2:] else "$$"
    if text.startswith("\\["):
        return "" if "\\]" in text else "\\]"
    return ""
