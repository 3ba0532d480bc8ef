"""Markdown for HTML that this room once wrote: it counts only if it gives that very HTML again."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from types import MappingProxyType

from groq_magic.rendering.document import to_html
from groq_magic.rendering.sanitise import VOID_TAGS

__all__ = ["read_back"]

_LONGEST = 200_000
_DEEPEST = 16
_INLINE = MappingProxyType({"strong": "**", "em": "*", "del": "~~"})
_MARKS = re.compile(r"[\\`*_{}\[\]<>#|~$&]|(?<=^)[-+](?= )|(?<=\d)[.)](?= )", re.MULTILINE)
_BACKTICKS = re.compile(r"`+")
_NUMBER = re.compile(r"[0-9]{1,9}")


class _Node:
    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[_Node | str] = []

    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)


class _Tree(HTMLParser):
    """The elements of HTML; whatever is not as we write it makes the tree a wrong one, no error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = _Node("", {})
        self.depth = 0
        self._open = [self.root]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = _Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID_TAGS:
            self._open.append(node)
            self.depth = max(self.depth, len(self._open))

    def handle_endtag(self, tag: str) -> None:
        if len(self._open) > 1 and self._open[-1].tag == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def read_back(html: str) -> str | None:
    """Return Markdown that `to_html` makes this HTML of; None where none was found.

    Parameters
    ----------
    html : str
        Anyone's: it is only compared with, and never given on.

    Returns
    -------
    str or None
        Tables, and what a model wrote as HTML, are not read back.
    """
    if len(html) > _LONGEST:
        return None
    try:
        tree = _Tree(html)
    except AssertionError:  # html.parser's own, at some broken declarations
        return None
    if tree.depth > _DEEPEST:
        return None
    # As people write first: most text has nothing that could be taken for a mark.
    sources = (_Writer(escapes=escapes).blocks(tree.root) for escapes in (False, True))
    return next((source for source in sources if to_html(source) == html), None)


class _Writer:
    def __init__(self, *, escapes: bool) -> None:
        self._escapes = escapes

    def blocks(self, parent: _Node, gap: str = "\n\n") -> str:
        """Return an element's children; text between blocks is a tight item's own."""
        written: list[str] = []
        line: list[_Node | str] = []
        for child in [*parent.children, _Node("end", {})]:
            if isinstance(child, str) or child.tag in {*_INLINE, "code", "a", "br", "span", "img"}:
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
            case "blockquote":
                return _indented(self.blocks(node), "> ", "> ")
            case "hr":
                return "---"
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                return f"{'#' * int(node.tag[1])} {self._line(node.children)}"
            case _:
                return self._line(node.children)

    def _list(self, node: _Node) -> str:
        start = node.attributes.get("start", "1")
        number = int(start) if _NUMBER.fullmatch(start) else 1
        items = [each for each in node.children if isinstance(each, _Node)]
        loose = any(isinstance(c, _Node) and c.tag == "p" for item in items for c in item.children)
        gap = "\n\n" if loose else "\n"
        written = []
        for at, item in enumerate(items, number):
            mark = f"{at}. " if node.tag == "ol" else "- "
            written.append(_indented(self.blocks(item, gap), mark, " " * len(mark)))
        return gap.join(written)

    def _line(self, children: list[_Node | str]) -> str:
        return "".join(self._inline(child) for child in children)

    def _inline(self, child: _Node | str) -> str:
        if isinstance(child, str):
            return _MARKS.sub(r"\\\g<0>", child) if self._escapes else child
        if child.tag == "code":
            return _ticked(child.text())
        if child.tag == "br":
            return "\\"
        if child.tag == "a":
            text, address = self._line(child.children), child.attributes.get("href", "")
            return text if text == address else f"[{text}]({address})"
        if child.tag == "span":
            # A formula is TeX between its marks.
            return child.text()
        mark = _INLINE.get(child.tag, "")
        return f"{mark}{self._line(child.children)}{mark}"


def _fenced(pre: _Node) -> str:
    code = pre.text()
    inner = next((c for c in pre.children if isinstance(c, _Node)), pre)
    language = inner.attributes.get("class", "").removeprefix("language-")
    ticks = "`" * max(3, 1 + _longest_ticks(code))
    return f"{ticks}{language}\n{code}{ticks}"


def _ticked(text: str) -> str:
    ticks = "`" * (1 + _longest_ticks(text))
    gap = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{gap}{text}{gap}{ticks}"


def _longest_ticks(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)


def _indented(text: str, first: str, rest: str) -> str:
    head, *others = text.split("\n")
    return "\n".join([first + head, *((rest + line).rstrip() for line in others)])
