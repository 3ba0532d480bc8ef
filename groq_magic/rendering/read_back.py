"""Markdown for HTML that this room once wrote: it counts only if it gives that very HTML again."""

from __future__ import annotations

import html
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from groq_magic.rendering.direction import without_direction
from groq_magic.rendering.document import to_html
from groq_magic.rendering.sanitise import RAW_TAGS, VOID_TAGS
from groq_magic.rendering.verbatim import code_span, fenced

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ReadBack", "read_back"]

_LONGEST = 200_000
_DEEPEST = 16
_TAGS = RAW_TAGS | {"input"}
_BLOCKS = frozenset(
    """
    blockquote center details div dl figure h1 h2 h3 h4 h5 h6 hr ol p pre section table ul
    """.split()  # noqa: SIM905 - words read best as words
)
_ENDING = _BLOCKS | {"end"}
_BREAKS = MappingProxyType(
    dict.fromkeys([*_BLOCKS, "li", "summary", "tr", "br"], "\n") | {"td": " ", "th": " "}
)
_INLINE = MappingProxyType({"strong": "**", "em": "*", "del": "~~"})
_RULES = MappingProxyType(
    {"text-align: left": ":--", "text-align: center": ":-:", "text-align: right": "--:"}
)
_MARKS = re.compile(r"[\\`*_{}\[\]<>#|~$&]|^[-+](?= )|(?<=\d)[.)](?= )", re.MULTILINE)
_BAR = re.compile(r"(?<!\\)\|")
_NUMBER = re.compile(r"[0-9]{1,9}")

# The sanitiser writes these references and no others. Possessive: what fails, fails at once.
_PIECE = re.compile(
    r"""
    (?P<text>(?:[^<>&]++|&(?:amp|lt|gt|nbsp);)++)
    |</(?P<end>[a-z]++[1-6]?)>
    |<(?P<start>[a-z]++[1-6]?)(?P<attributes>(?:[ ][a-z]++="(?:[^"<>&]++|&[a-z]++;)*+")*+)>
    """,
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')


class ReadBack(NamedTuple):
    """What was found for some HTML.

    Attributes
    ----------
    markdown : str
    is_exact : bool
        Whether `to_html` makes that very HTML of it, but for directions of text, which older
        files lack; else it is a fence with the HTML's text.
    """

    markdown: str
    is_exact: bool


class _Node:
    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[_Node | str] = []

    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)


class _End(NamedTuple):
    tag: str


def read_back(source: str) -> ReadBack | None:
    """Return Markdown that `to_html` makes this HTML of, or else its text in a fence.

    Parameters
    ----------
    source : str
        HTML, anyone's: it is only compared with, and never given on.

    Returns
    -------
    ReadBack or None
        None for what is not written as `to_html` writes, or says nothing.

    Notes
    -----
    Not by Python's HTML parser: tags that never close take it quadratic time.
    """
    pieces = _pieces(source)
    if pieces is None:
        return None
    root = _tree(pieces) if len(source) <= _LONGEST else None
    # As people write first: most text has nothing that could be taken for a mark.
    drafts = [] if root is None else [_Writer(escapes=each).blocks(root) for each in (False, True)]
    drafts = [draft for draft in drafts if len(draft) <= _LONGEST]
    for draft in drafts:
        if without_direction(to_html(draft)) == without_direction(source):
            return ReadBack(draft, is_exact=True)
    text = (drafts[0] if drafts else _text(pieces)).strip("\n")
    return ReadBack(fenced(text, "text"), is_exact=False) if text.strip() else None


def _pieces(source: str) -> list[_Node | _End | str] | None:
    """Return the tags and texts of HTML in order, None where the sanitiser did not write it."""
    pieces: list[_Node | _End | str] = []
    position = 0
    while position < len(source):
        found = _PIECE.match(source, position)
        if found is None:
            return None
        position = found.end()
        tag = found["start"] or found["end"]
        if tag is None:
            pieces.append(html.unescape(found["text"]))
        elif tag not in _TAGS:
            return None
        elif found["end"]:
            pieces.append(_End(tag))
        else:
            attributes = _ATTRIBUTE.findall(found["attributes"])
            pieces.append(_Node(tag, {name: html.unescape(value) for name, value in attributes}))
    return pieces


def _tree(pieces: Iterable[_Node | _End | str]) -> _Node | None:
    """Return what holds the pieces; None where they don't nest, or too deep."""
    root = _Node("", {})
    holders = [root]
    for piece in pieces:
        if isinstance(piece, _End):
            if holders.pop().tag != piece.tag:
                return None
            continue
        holders[-1].children.append(piece)
        if isinstance(piece, _Node) and piece.tag not in VOID_TAGS:
            holders.append(piece)
        if len(holders) > _DEEPEST:
            return None
    return root if len(holders) == 1 else None


def _text(pieces: Iterable[_Node | _End | str]) -> str:
    """Return the text alone, in lines."""
    return "".join(
        piece if isinstance(piece, str) else _BREAKS.get(piece.tag, "") for piece in pieces
    )


class _Writer:
    def __init__(self, *, escapes: bool) -> None:
        self._escapes = escapes

    def blocks(self, parent: _Node, gap: str = "\n\n") -> str:
        """Return an element's children; text between blocks is a tight item's own."""
        written: list[str] = []
        line: list[_Node | str] = []
        for child in [*parent.children, _Node("end", {})]:
            if isinstance(child, str) or child.tag not in _ENDING:
                line.append(child)
                continue
            text = self._line(line).strip("\n")
            written += [text] if text else []
            line = []
            written += [self._block(child)] if child.tag != "end" else []
        return gap.join(written)

    def _block(self, node: _Node) -> str:
        match node.tag:
            case "pre":
                return _fenced(node)
            case "ul" | "ol":
                return self._list(node)
            case "table":
                return self._table(node)
            case "blockquote":
                return _indented(self.blocks(node), "> ", "> ")
            case "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                hashes = "" if node.tag == "p" else f"{'#' * int(node.tag[1])} "
                return f"{hashes}{self._line(node.children)}"
            case _:
                return "---" if node.tag == "hr" else _html(node)

    def _list(self, node: _Node) -> str:
        start = node.attributes.get("start", "1")
        number = int(start) if _NUMBER.fullmatch(start) else 1
        items = _within([node], "li")
        if any(
            each.strip() if isinstance(each, str) else each.tag != "li" for each in node.children
        ):
            return _html(node)
        loose = any(isinstance(c, _Node) and c.tag == "p" for item in items for c in item.children)
        gap = "\n\n" if loose else "\n"
        written = []
        for at, item in enumerate(items, number):
            mark = f"{at}. " if node.tag == "ol" else "- "
            written.append(_indented(self.blocks(item, gap), mark, " " * len(mark)))
        return gap.join(written)

    def _table(self, node: _Node) -> str:
        parts = _within([node], "thead", "tbody")
        rows = [_within([row], "th", "td") for row in _within(parts, "tr")]
        if not rows or "".join(c.text() for r in rows for c in r) != node.text().replace("\n", ""):
            return _html(node)
        lines = [[_BAR.sub(r"\|", self._line(cell.children)) for cell in row] for row in rows]
        rule = [_RULES.get(cell.attributes.get("style", ""), "---") for cell in rows[0]]
        return "\n".join(f"| {' | '.join(line)} |" for line in [lines[0], rule, *lines[1:]])

    def _line(self, children: list[_Node | str]) -> str:
        line = "".join(self._inline(child) for child in children)
        return line.replace("<br>\n", "\\\n")

    def _inline(self, child: _Node | str) -> str:
        if isinstance(child, str):
            return _MARKS.sub(r"\\\g<0>", child) if self._escapes else child
        match child.tag:
            case "code":
                return code_span(child.text())
            case "a":
                return self._link(child)
            case "input":
                return "[x]" if "checked" in child.attributes else "[ ]"
            case _:
                return self._marked(child)

    def _marked(self, node: _Node) -> str:
        if node.tag in VOID_TAGS:
            return _html(node)
        if node.tag == "span" and "class" in node.attributes:
            # A formula is TeX between its marks.
            return node.text()
        mark = _INLINE.get(node.tag)
        start, end = (mark, mark) if mark else (_start(node), f"</{node.tag}>")
        return f"{start}{self._line(node.children)}{end}"

    def _link(self, node: _Node) -> str:
        text, address = self._line(node.children), node.attributes.get("href", "")
        title = node.attributes.get("title", "")
        if text == address and not title:
            return text
        return f'[{text}]({address} "{title}")' if title else f"[{text}]({address})"


def _fenced(pre: _Node) -> str:
    inner = next((c for c in pre.children if isinstance(c, _Node)), pre)
    return fenced(pre.text(), inner.attributes.get("class", "").removeprefix("language-"))


def _within(nodes: Iterable[_Node], *tags: str) -> list[_Node]:
    children = (child for node in nodes for child in node.children)
    return [child for child in children if isinstance(child, _Node) and child.tag in tags]


def _html(child: _Node | str) -> str:
    if isinstance(child, str):
        return html.escape(child, quote=False)
    end = "" if child.tag in VOID_TAGS else f"</{child.tag}>"
    return f"{_start(child)}{''.join(map(_html, child.children))}{end}"


def _start(node: _Node) -> str:
    attributes = (f' {name}="{html.escape(value)}"' for name, value in node.attributes.items())
    return f"<{node.tag}{''.join(attributes)}>"


def _indented(text: str, first: str, rest: str) -> str:
    head, *others = text.split("\n")
    return "\n".join([first + head, *((rest + line).rstrip() for line in others)])
