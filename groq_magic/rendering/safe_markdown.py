"""An answer as Markdown that is safe wherever Markdown is drawn.

Renderers disagree on hostile Markdown, so the source is not passed on: the document is written
again from our parser's blocks, with every special character of its text escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from groq_magic.rendering import tables
from groq_magic.rendering.block_parser import BlockParser
from groq_magic.rendering.fences import fenced
from groq_magic.rendering.lines import lines_of
from groq_magic.rendering.safe_text import Raw, escaped, leaf_markdown, line_starts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.rendering.block_tree import Block
    from groq_magic.rendering.links import Target

__all__ = ["safe_markdown"]

_LANGUAGE = re.compile(r"[\w+#.-]{1,40}", re.ASCII)
# Languages whose code some renderers draw, with links and images from the network.
_DRAWN = frozenset(
    {"mermaid", "math", "geojson", "topojson", "stl", "plantuml", "vega", "vega-lite"}
)
_RULES = {"": "---", "left": ":--", "center": ":-:", "right": "--:"}
_TASK = re.compile(r"\[[ xX]\][ \t]")
# Line ends for some Markdown parsers, but not for all.
_ODD_LINE_END = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def safe_markdown(markdown: str) -> str:
    """Return the same answer as Markdown that is safe in a ``text/markdown`` sink.

    Parameters
    ----------
    markdown : str
        The answer.

    Returns
    -------
    str
        Raw HTML is escaped, images from the network become links, and links become text unless
        they lead to the web, a mailbox or this page.
    """
    definitions: dict[str, Target] = {}
    parser = BlockParser(definitions, frozenset())
    for line in lines_of(_ODD_LINE_END.sub(" ", markdown)):
        parser.feed(line)
    blocks = parser.finish().children
    writer = _Writer(definitions, Raw())
    lines = writer.blocks(blocks, loose=True)
    if writer.seen.live and (writer.seen.maths or writer.seen.block_maths):
        lines = _Writer(definitions, writer.seen).blocks(blocks, loose=True)
    return "".join(f"{line}\n" for line in lines)


class _Writer:
    """Writes blocks as lines.

    Parameters
    ----------
    definitions : Mapping
        The link reference definitions.
    known : Raw
        Facts about the whole document, empty in a first pass.

    Attributes
    ----------
    seen : Raw
        The same facts, collected while writing.
    """

    def __init__(self, definitions: Mapping[str, Target], known: Raw) -> None:
        self._definitions = definitions
        self._known = known
        self.seen = Raw()
        self._depth = 0

    def blocks(self, blocks: list[Block], *, loose: bool, in_item: bool = False) -> list[str]:
        lines: list[str] = []
        for index, block in enumerate(blocks):
            if index and (loose or not _interrupts(block)):
                lines.append("")
            lines += self._block(block, in_item=in_item and index == 0)
        return lines

    def _block(self, block: Block, *, in_item: bool) -> list[str]:
        write = {
            "heading": self._heading,
            "code": self._code,
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
        return [f"{'#' * block.level} {self._text(' '.join(block.lines), one_line=True)}"]

    def _code(self, block: Block) -> list[str]:
        code, is_block = block.code(), not self._depth
        if self._known.may_be_misread(code, is_block=is_block):
            return _as_text(code)
        self.seen.note(code, is_block=is_block)
        language = block.language
        is_shown = _LANGUAGE.fullmatch(language) and language.lower() not in _DRAWN
        return fenced(code, language if is_shown else "").split("\n")

    def _quote(self, block: Block) -> list[str]:
        self._depth += 1
        inner = self.blocks(block.children, loose=True)
        self._depth -= 1
        return [f"> {line}".rstrip() for line in inner or [""]]

    def _list(self, block: Block) -> list[str]:
        lines: list[str] = []
        self._depth += 1
        for index, item in enumerate(block.children):
            number = "" if block.number is None else str(block.number + index)
            mark = f"{number}{block.marker} "
            if index and block.loose:
                lines.append("")
            inner = self.blocks(item.children, loose=block.loose, in_item=True) or [""]
            for row, line in enumerate(inner):
                lead = mark if row == 0 else " " * len(mark)
                lines.append(f"{lead}{line}" if line else lead.rstrip())
        self._depth -= 1
        return lines

    def _table(self, block: Block) -> list[str]:
        rows = [self._row(block.header), [_RULES[align] for align in block.aligns]]
        rows += [self._row(row)[: len(block.aligns)] for row in block.lines]
        return [f"| {' | '.join(row)} |" for row in rows]

    def _row(self, row: str) -> list[str]:
        return [self._text(cell, one_line=True) for cell in tables.cells(row)]

    def _text(self, text: str, *, one_line: bool = False) -> str:
        return leaf_markdown(
            text, self._definitions, known=self._known, seen=self.seen, one_line=one_line
        )


def _interrupts(block: Block) -> bool:
    """Return whether every parser reads a block right below text as a list."""
    return (
        block.kind == "list"
        and block.number in (None, 1)
        and bool(block.children[0].children)
        and block.children[0].children[0].kind == "paragraph"
    )


def _rule(_: Block) -> list[str]:
    return ["* * *"]


def _html(block: Block) -> list[str]:
    text = escaped("\n".join(line.strip() for line in block.lines), hides_commands=True)
    return line_starts(text).strip().split("\n")


def _as_text(code: str) -> list[str]:
    """Return code as a paragraph with the same line ends."""
    shown = [_text_line(line.expandtabs(4)) for line in code.removesuffix("\n").split("\n")]
    return [*(f"{line}\\" for line in shown[:-1]), shown[-1]]


def _text_line(line: str) -> str:
    text = line.lstrip(" ")
    indent = "&#160;" * (len(line) - len(text) if text else 1)
    return indent + line_starts(escaped(text, hides_commands=True))
