"""Show the end of a growing text as if its open marks were closed.

This changes only the last leaf of a growing document, never a settled block.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from groq_magic.rendering import tables
from groq_magic.rendering.block_tree import CONTAINERS, Block
from groq_magic.rendering.inline_tokens import DelimiterRun
from groq_magic.rendering.sanitise import RAW_TAGS

if TYPE_CHECKING:
    from groq_magic.rendering.block_tree import BlockTree
    from groq_magic.rendering.inline_tokens import Bracket, Token

__all__ = ["close", "holds_back", "is_near", "link_end", "mark", "opens_formula", "trimmed"]

_WINDOW = 400
_RUN = re.compile(r"(?<![\\*_~])[*_~]+\Z")
_ENTITY = re.compile(r"&(?:#[xX]?)?[A-Za-z0-9]{0,8}\Z")
_TAG = re.compile(r"<(?:!-?-?|/?([A-Za-z][A-Za-z0-9-]*)?([ \t\n][^<>]*)?)\Z")
# The rest of an open tag: attributes with values, or the beginning of one.
_ATTRIBUTES = re.compile(
    r"""(?:\s++(?:open|[\w:-]++=(?:"[^"]*+"|'[^']*+'|[^\s"'=]++)))*+\s*+"""
    r"""(?:[\w:-]*+(?:=(?:"[^"]*+|'[^']*+)?+)?+)/?\Z"""
)
_BACKSLASH = re.compile(r"(?<!\\)(?:\\\\)*(\\)\Z")
_LINK_REST = re.compile(
    r"\((?:[^()\s\\]|\([^()\s\\]*\))*(?:\s+[\"'(][^\"')]{0,200}[\"']?)?\Z|\[[^\[\]]{0,200}\Z"
)
_DOLLAR_REST = re.compile(r"\$[A-Za-z\\({|\[-][^\n`]{0,200}\Z")
_TEX_SIGNS = re.compile(r"[\\^_{=]")
# A name after a dollar: more likely a shell variable than a formula.
_VARIABLE = re.compile(r"\$[A-Za-z_]\w+\b(?![\\^])[^\\^]*\Z")
_SHORT = 12
_MAX_HIDDEN = 2000
# Characters after which a mark without an end is shown as text.
_MAX_OPEN = 200
# An index such as a[0], or a list such as [1, 2]; not the text of a link.
_INDEX = re.compile(r"(?<=[A-Za-z0-9_)\]\"'])\[|\[[\s\d\"'.+-]")
_MAX_UNDECIDED = 200
# The beginning of a line that may become a list item, a heading, a fence or an underline.
_UNDECIDED = re.compile(r"[-*+_=#>|: \t]*+\Z")
_FENCE_LINE = re.compile(
    r"[ \t>]*+(?:[-*+]|\d{1,9}[.)])?[ \t]*+(?:`{3,}+[^`]*|~{3,}+.*|`{1,2}|~{1,2})\Z"
)
# The same of an ordered list's item, which begins with a number.
_NUMBER = re.compile(r"[ \t]*+(\d{1,9})(?:[.)][ \t]*+)?\Z")


def holds_back(line: str, tree: BlockTree) -> bool:
    """Return whether to hide a line that is still incomplete.

    Parameters
    ----------
    line : str
        The line so far.
    tree : BlockTree
        The blocks before it.
    """
    if len(line) > _MAX_UNDECIDED:
        return False
    leaf = tree.leaf()
    if leaf is not None and leaf.kind == "code":
        # Hide only a possible closing fence.
        mark = line.strip()
        return not mark or not mark.strip("`") or not mark.strip("~")
    number = _NUMBER.match(line)
    if number:
        return tree.expects_item(int(number[1]))
    return _UNDECIDED.match(line) is not None or _FENCE_LINE.match(line) is not None


def trimmed(text: str) -> str:
    """Return text without an incomplete mark, tag or entity at its end."""
    end = text[-_WINDOW:]
    kept = text[: len(text) - len(end)]
    tag = _TAG.search(end)
    if tag and _may_be_tag(tag[1] or "", tag[2]):
        end = end[: tag.start()]
    for partial in (_ENTITY, _RUN):
        end = partial.sub("", end)
    backslash = _BACKSLASH.search(end)
    return kept + (end[: backslash.start(1)] if backslash else end)


def _may_be_tag(name: str, attributes: str | None) -> bool:
    name = name.lower()
    if attributes is None:
        return any(tag.startswith(name) for tag in RAW_TAGS)
    return name in RAW_TAGS and _ATTRIBUTES.match(attributes) is not None


def is_index(text: str, bracket: Bracket) -> bool:
    """Return whether a bracket looks like an index or a list of values, not like a link."""
    return not bracket.image and _INDEX.match(text, bracket.start - 1) is not None


def is_near(text: str, position: int) -> bool:
    """Return whether a mark is near enough to the end that its closing mark may follow."""
    return len(text) - position <= _MAX_OPEN


def link_end(text: str, start: int, bracket: Bracket) -> int:
    """Return where the shown text ends if a link's target may follow, else 0."""
    if start == len(text):
        return 0 if is_index(text, bracket) else start
    if len(text) - start > _MAX_HIDDEN or (text[start] == "[" and is_index(text, bracket)):
        return 0
    return len(text) if _LINK_REST.match(text, start) else 0


def opens_formula(text: str, start: int) -> bool:
    """Return whether a formula begins at `start` and has no end yet."""
    rest = text[start : start + _MAX_HIDDEN + 1]
    if len(rest) > _MAX_HIDDEN:
        return False
    if rest.startswith(("\\", "$$")):
        closer = {"\\[": "\\]", "\\(": "\\)"}.get(rest[:2], "$$")
        is_long_prose = len(rest) > _MAX_OPEN and not _TEX_SIGNS.search(rest, 2)
        return closer not in rest[2:] and not is_long_prose
    if "$" in rest[1:] or not _DOLLAR_REST.match(rest) or _VARIABLE.match(rest):
        return False
    return len(rest) <= _SHORT or _TEX_SIGNS.search(rest) is not None


def close(text: str, tokens: list[Token], brackets: list[Bracket]) -> None:
    """Show open marks as if they were closed.

    Parameters
    ----------
    text : str
        A growing leaf's text.
    tokens : list of Token
        Its tokens; runs that may still be closed become emphasis.
    brackets : list of Bracket
        The last open one, if any.
    """
    for bracket in brackets:
        bracket.hidden = is_near(text, bracket.start) and not is_index(text, bracket)
    for token in reversed(tokens):
        if not isinstance(token, DelimiterRun):
            continue
        if not is_near(text, token.start):
            break
        if token.left and token.can_open and not token.can_close:
            _open(token)


def _open(run: DelimiterRun) -> None:
    if run.mark != "~":
        run.opens += ["strong"] * (run.left // 2) + ["em"] * (run.left % 2)
    elif run.left == len("~~"):
        run.opens.append("del")
    else:
        # As in "~5 minutes".
        return
    run.left = 0


def mark(root: Block, number: int) -> None:
    """Mark the last leaf as incomplete.

    Parameters
    ----------
    root : Block
        The document, before it is closed.
    number : int
        The index of the line that has no end yet, -1 without one.
    """
    parent = leaf = root
    while leaf.kind in CONTAINERS and leaf.last is not None:
        parent, leaf = leaf, leaf.last
        if not leaf.is_open and leaf.end != number:
            return
    leaf.incomplete = True
    leaf.cut_short = leaf.kind == "code" and leaf.is_open
    if leaf.kind == "paragraph" and _is_header(leaf, is_whole=number < 0):
        _show_as_table(parent, leaf)


def _is_header(paragraph: Block, *, is_whole: bool) -> bool:
    """Return whether a paragraph's last line looks like a table's header (unlike "|x| is")."""
    line = paragraph.lines[-1]
    if paragraph.until or not line.startswith("|"):
        return False
    if line[1:2] not in (" ", "\t") and not (is_whole and line.rstrip(" \t").endswith("|")):
        return False
    return 0 < len(tables.cells(line)) <= tables.MAX_COLUMNS


def _show_as_table(parent: Block, paragraph: Block) -> None:
    """Show a paragraph's last line as the header of the table that it may become."""
    header = paragraph.lines.pop()
    if paragraph.lines:
        table = Block("table", paragraph.end, paragraph.end, incomplete=True)
        paragraph.incomplete = False
        parent.children.append(table)
    else:
        table = paragraph
        table.kind = "table"
    table.header = header
    table.aligns = ("",) * len(tables.cells(header))
