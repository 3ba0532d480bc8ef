"""The end of a text that is still being written, shown as if its marks were closed.

Only the last leaf of a growing document passes through here; what is settled never does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from groq_magic.rendering import tables
from groq_magic.rendering.block import CONTAINERS, Block
from groq_magic.rendering.emphasis import DelimiterRun
from groq_magic.rendering.sanitise import RAW_TAGS

if TYPE_CHECKING:
    from groq_magic.rendering.items import Bracket, Item

__all__ = ["close", "holds_back", "link_end", "mark", "opens_formula", "trimmed"]

_WINDOW = 400
_RUN = re.compile(r"(?<![\\*_~])[*_~]+\Z")
_ENTITY = re.compile(r"&(?:#[xX]?)?[A-Za-z0-9]{0,8}\Z")
_TAG = re.compile(r"<(?:!-?-?|/?([A-Za-z][A-Za-z0-9-]*)?([ \t\n][^<>]*)?)\Z")
_BACKSLASH = re.compile(r"(?<!\\)(?:\\\\)*(\\)\Z")
_LINK_REST = re.compile(
    r"\((?:[^()\s\\]|\([^()\s\\]*\))*(?:\s+[\"'(][^\"')]*[\"']?)?\Z|\[[^\[\]]*\Z"
)
_DOLLAR_REST = re.compile(r"\$[A-Za-z\\({|\[-][^\n`]{0,200}\Z")
_TEX_SIGNS = re.compile(r"[\\^_{=]")
_SHORT = 12
_MAX_HIDDEN = 2000
_MAX_BRACKETED = 300
# A line that may yet become another thing: a list item, a heading, a fence, an underline.
_UNDECIDED = re.compile(r"(?:[-*+_=#>|:]|\d{1,9}[.)]?|[ \t])*\Z")
_FENCE_LINE = re.compile(
    r"[ \t>]*(?:[-*+]|\d{1,9}[.)])?[ \t]*(?:`{3,}[^`]*|~{3,}.*|`{1,2}|~{1,2})\Z"
)


def holds_back(line: str, *, in_code: bool) -> bool:
    """Tell whether a line without its end yet is better not shown.

    Parameters
    ----------
    line : str
        The line so far.
    in_code : bool
        Whether a code block is open: then only what may close it is held back.
    """
    if in_code:
        mark = line.strip()
        return not mark or not mark.strip("`") or not mark.strip("~")
    return _UNDECIDED.match(line) is not None or _FENCE_LINE.match(line) is not None


def trimmed(text: str) -> str:
    """Return text without a mark, tag or entity that its end is in the middle of."""
    end = text[-_WINDOW:]
    kept = text[: len(text) - len(end)]
    tag = _TAG.search(end)
    if tag and _may_be_tag(tag[1] or "", complete=tag[2] is not None):
        end = end[: tag.start()]
    for partial in (_ENTITY, _RUN):
        end = partial.sub("", end)
    backslash = _BACKSLASH.search(end)
    return kept + (end[: backslash.start(1)] if backslash else end)


def _may_be_tag(name: str, *, complete: bool) -> bool:
    name = name.lower()
    return name in RAW_TAGS if complete else any(tag.startswith(name) for tag in RAW_TAGS)


def link_end(text: str, start: int) -> int:
    """Return where the text ends if its rest may be the first half of a link's target, else 0."""
    if start == len(text):
        return start
    if len(text) - start > _MAX_HIDDEN:
        return 0
    return len(text) if _LINK_REST.match(text, start) else 0


def opens_formula(text: str, start: int) -> bool:
    """Tell whether a formula begins there whose end has not come yet."""
    rest = text[start : start + _MAX_HIDDEN + 1]
    if len(rest) > _MAX_HIDDEN:
        return False
    if rest.startswith("\\"):
        return ("\\]" if rest[1] == "[" else "\\)") not in rest
    if rest.startswith("$$"):
        return "$$" not in rest[2:]
    if "$" in rest[1:] or not _DOLLAR_REST.match(rest):
        return False
    return len(rest) <= _SHORT or _TEX_SIGNS.search(rest) is not None


def close(items: list[Item], brackets: list[Bracket]) -> None:
    """Show what is still open as if it were closed.

    Parameters
    ----------
    items : list of Item
        Of a growing leaf; runs that may yet be closed become open emphasis.
    brackets : list of Bracket
        The last one that is open, if any.
    """
    length = sum(len(item) for item in items[-20:] if isinstance(item, str))
    for bracket in brackets:
        bracket.hidden = length < _MAX_BRACKETED
    for item in items:
        if isinstance(item, DelimiterRun) and item.left and item.can_open and not item.can_close:
            _open(item)


def _open(run: DelimiterRun) -> None:
    if run.mark == "~":
        run.opens.append("del")
    else:
        run.opens += ["strong"] * (run.left // 2) + ["em"] * (run.left % 2)
    run.left = 0


def mark(root: Block, number: int) -> None:
    """Mark the leaf that the text so far ends in.

    Parameters
    ----------
    root : Block
        The document, before it is closed.
    number : int
        Of the line that has no end yet; -1 if there is none.
    """
    leaf = root
    while leaf.kind in CONTAINERS and leaf.last is not None:
        leaf = leaf.last
        if not leaf.is_open and leaf.end != number:
            return
    leaf.unfinished = True
    leaf.cut_short = leaf.kind == "code" and leaf.is_open
    if leaf.kind == "paragraph" and leaf.lines[-1].startswith("|"):
        _foresee_table(leaf)


def _foresee_table(paragraph: Block) -> None:
    """Show a line that begins with a bar as a table's header, or not yet."""
    header = paragraph.lines[-1]
    columns = len(tables.cells(header))
    if len(paragraph.lines) > 1 or not 0 < columns <= tables.MAX_COLUMNS:
        paragraph.lines[-1] = ""
        return
    paragraph.kind = "table"
    paragraph.header, paragraph.lines = header, []
    paragraph.aligns = ("",) * columns
