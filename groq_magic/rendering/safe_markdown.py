"""An answer as Markdown that is safe wherever Markdown is drawn.

Renderers disagree on hostile Markdown, so nothing of the source is passed on: the document
is written anew from what our parser understood, every special character of its text escaped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from groq_magic.rendering import maths, tables
from groq_magic.rendering.blocks import BlockParser
from groq_magic.rendering.characters import escape, lines_of
from groq_magic.rendering.emphasis import DelimiterRun
from groq_magic.rendering.inline import InlineParser
from groq_magic.rendering.items import Bracket, Close, Item
from groq_magic.rendering.sanitise import is_safe_image, is_safe_url
from groq_magic.rendering.verbatim import code_span, fenced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.rendering.block import Block
    from groq_magic.rendering.links import Target
    from groq_magic.rendering.marks import Formula

__all__ = ["safe_markdown"]

_SPECIAL = re.compile(r"[\\`*_|~$#!&<>\]]")
_LINE_START = re.compile(r"(?m)^(\s*)(?:([-+=:])|(\d{1,9})([.)]))")
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_LANGUAGE = re.compile(r"[\w+#.-]{1,40}", re.ASCII)
_TAGS = {"em": "*", "strong": "**", "del": "~~"}
_RULES = {"": "---", "left": ":--", "center": ":-:", "right": "--:"}
_TASK = re.compile(r"\[[ xX]\][ \t]")
_REFERENCES = MappingProxyType({"&": "&amp;", "<": "&lt;", ">": "&gt;", "]": "&#93;"})
_TEX = str.maketrans({"<": r"\lt ", ">": r"\gt ", "\n": " "})


def safe_markdown(markdown: str) -> str:
    """Return the same answer as Markdown that is safe in a ``text/markdown`` sink.

    Parameters
    ----------
    markdown : str
        The answer.

    Returns
    -------
    str
        Raw HTML is escaped, images from the network are links, links that lead elsewhere than
        to the web, a mailbox or the page are text.
    """
    definitions: dict[str, Target] = {}
    parser = BlockParser(definitions, frozenset())
    for line in lines_of(markdown):
        parser.feed(line)
    lines = _Writer(definitions).blocks(parser.finish().children, loose=True)
    return "".join(f"{line}\n" for line in lines)


class _Writer:
    """Writes blocks as lines."""

    def __init__(self, definitions: Mapping[str, Target]) -> None:
        self._definitions = definitions

    def blocks(self, blocks: list[Block], *, loose: bool, in_item: bool = False) -> list[str]:
        lines: list[str] = []
        for index, block in enumerate(blocks):
            if index and (loose or block.kind != "list"):
                lines.append("")
            lines += self._block(block, in_item=in_item and index == 0)
        return lines

    def _block(self, block: Block, *, in_item: bool) -> list[str]:
        write = {
            "heading": self._heading,
            "code": _fenced,
            "html": _html,
            "table": self._table,
            "list": self._list,
            "quote": self._quote,
            "rule": _rule,
        }.get(block.kind)
        return write(block) if write else self._paragraph(block, in_item=in_item)

    def _paragraph(self, block: Block, *, in_item: bool) -> list[str]:
        text = "\n".join(block.lines)
        task = _TASK.match(text) if in_item else None
        box = task[0] if task else ""
        return (box + self._text(text[len(box) :])).split("\n")

    def _heading(self, block: Block) -> list[str]:
        return [f"{'#' * block.level} {self._text(' '.join(block.lines))}"]

    def _quote(self, block: Block) -> list[str]:
        inner = self.blocks(block.children, loose=True)
        return [f"> {line}".rstrip() for line in inner or [""]]

    def _list(self, block: Block) -> list[str]:
        lines: list[str] = []
        for index, item in enumerate(block.children):
            number = "" if block.number is None else str(block.number + index)
            mark = f"{number}{block.marker} "
            if index and block.loose:
                lines.append("")
            inner = self.blocks(item.children, loose=block.loose, in_item=True) or [""]
            for row, line in enumerate(inner):
                lead = mark if row == 0 else " " * len(mark)
                lines.append(f"{lead}{line}" if line else lead.rstrip())
        return lines

    def _table(self, block: Block) -> list[str]:
        rows = [self._row(block.header), [_RULES[align] for align in block.aligns]]
        rows += [self._row(row)[: len(block.aligns)] for row in block.lines]
        return [f"| {' | '.join(row)} |" for row in rows]

    def _row(self, row: str) -> list[str]:
        return [self._text(cell, cell=True) for cell in tables.cells(row)]

    def _text(self, text: str, *, cell: bool = False) -> str:
        items = InlineParser(text.rstrip(" \t"), self._definitions, _Maker(), set()).parse()
        return _Line(cell=cell).written(items)


class _Maker:
    """Keeps formulas that draw and line breaks; other HTML is text."""

    def formula(self, formula: Formula) -> Element | None:
        tex = maths.without_names(formula.tex)
        drawn = Element("math" if maths.is_drawable(tex) else "code")
        drawn.text = tex
        drawn.set("display", "$$" if formula.display else "$")
        return drawn

    def html(self, tag: str) -> Element | None:
        return Element("br", {"end": "\n"}) if _BREAK_TAG.fullmatch(tag) else None


@dataclass
class _Line:
    """Writes the inline items of a leaf."""

    cell: bool
    pieces: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)

    def written(self, items: list[Item]) -> str:
        for item in items:
            if isinstance(item, str):
                self.pieces.append(_escaped(item))
            elif isinstance(item, DelimiterRun):
                self._run(item)
            elif isinstance(item, Bracket):
                self._bracket(item)
            elif isinstance(item, Close):
                self.pieces.append(self.ends.pop() if self.ends else "")
            else:
                self._element(item)
        return _line_starts("".join(self.pieces))

    def _run(self, run: DelimiterRun) -> None:
        self.pieces += [_TAGS[tag] for tag in run.closes]
        self.pieces.append(f"\\{run.mark}" * run.left)
        self.pieces += [_TAGS[tag] for tag in reversed(run.opens)]

    def _bracket(self, bracket: Bracket) -> None:
        target = bracket.target
        if target is None:
            self.pieces.append("\\![" if bracket.image else "[")
            return
        image = bracket.image and is_safe_image(target.url)
        linked = image or (is_safe_url(target.url) and not (bracket.image and any(self.ends)))
        if not linked:
            self.ends.append("")
            return
        title = f' "{_plain(target.title)}"' if target.title else ""
        self.pieces.append("![" if image else "[")
        self.ends.append(f"](<{_plain(target.url)}>{title})")

    def _element(self, element: Element) -> None:
        text = element.text or ""
        if element.tag == "br":
            self.pieces.append(" " if self.cell else "\\" + element.get("end", ""))
        elif element.tag == "math":
            mark = element.get("display", "$")
            tex = text.translate(_TEX)
            self.pieces.append(mark + (tex.replace("|", r"\vert ") if self.cell else tex) + mark)
        else:
            self.pieces.append(code_span(text.replace("|", "\\|") if self.cell else text))


def _escaped(text: str) -> str:
    # A closing bracket as a reference: "\\]" would end a formula.
    return _SPECIAL.sub(lambda found: _REFERENCES.get(found[0], f"\\{found[0]}"), text)


def _line_starts(text: str) -> str:
    """Escape what would make a line of text begin a block."""
    return _LINE_START.sub(
        lambda found: f"{found[1]}{found[3] or ''}\\{found[2] or found[4]}", text
    )


def _plain(text: str) -> str:
    return escape(" ".join(text.split())).replace("\\", "&#92;").replace("|", "&#124;")


def _rule(_: Block) -> list[str]:
    return ["* * *"]


def _html(block: Block) -> list[str]:
    return _escaped("\n".join(line.strip() for line in block.lines)).strip().split("\n")


def _fenced(block: Block) -> list[str]:
    language = block.language if _LANGUAGE.fullmatch(block.language) else ""
    return fenced(block.code(), language).split("\n")
