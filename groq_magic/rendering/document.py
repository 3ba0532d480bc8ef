"""Render a document's top-level blocks as safe HTML, whole or piece by piece.

A list's items, a quote's children, a table's rows and a code block's lines are the pieces:
each is sanitised alone, so that a stream can send them one by one and end with exactly the HTML
of the whole block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown

from groq_magic.rendering.characters import escape
from groq_magic.rendering.direction import mark_direction
from groq_magic.rendering.elements import add_code_block
from groq_magic.rendering.gfm import Gfm, Inline, Parser
from groq_magic.rendering.lines import lines_of
from groq_magic.rendering.page_blocks import Group, next_group
from groq_magic.rendering.sanitise import sanitised

if TYPE_CHECKING:
    from groq_magic.rendering.block_parser import BlockParser
    from groq_magic.rendering.block_tree import Block
    from groq_magic.rendering.links import Definitions
    from groq_magic.rendering.maths import Shape

__all__ = ["Frame", "Renderer", "to_html"]

_KINDS_WITH_PIECES = frozenset({"list", "quote", "table", "code"})
# Measured, in units of `Pace`: writing and sanitising one piece.
_WORK_OF_CALL = 300
_TABLE, _TABLE_END = "<table><tbody>", "</tbody></table>"


class Frame(NamedTuple):
    """The HTML before and after the pieces of a block."""

    head: str
    foot: str


class Renderer:
    """Renders blocks as safe HTML.

    Parameters
    ----------
    formulas : {"mathml", "tex"} or None
        How formulas are shown; None: they are read as text.

    Attributes
    ----------
    definitions : MutableMapping
        The link reference definitions by folded label.
    """

    def __init__(self, formulas: Shape | None) -> None:
        self._gfm = Gfm(formulas)
        self._markdown = Markdown(extensions=[self._gfm], output_format="html")
        parser, inline = self._markdown.parser, self._markdown.treeprocessors["inline"]
        if not isinstance(parser, Parser) or not isinstance(inline, Inline):
            raise TypeError("Python-Markdown did not keep the extension's processors")
        self._parser = parser
        self._builder = parser.builder()
        self._inline = inline
        self._work = 0
        self.definitions: Definitions = inline.definitions

    @property
    def work(self) -> int:
        """The cost of all rendering so far, in the units of `Pace`."""
        return self._work + self._inline.work + self._builder.work

    def parser(self) -> BlockParser:
        """Return a block parser that shares the definitions."""
        return self._parser.block_parser()

    def use_definitions(self, definitions: Definitions) -> None:
        """Look up labels in these definitions from now on."""
        self._inline.definitions = definitions

    def take_missing(self) -> frozenset[str]:
        """Return the labels looked up since the last call that have no definition."""
        missing = frozenset(self._inline.missing)
        self._inline.missing.clear()
        return missing

    def has_pieces(self, block: Block) -> bool:
        """Return whether a block has pieces."""
        return block.kind in _KINDS_WITH_PIECES

    def size(self, block: Block) -> int:
        """Return the number of pieces of a block that has them."""
        if block.kind == "code":
            return block.code_lines
        return len(block.lines if block.kind == "table" else block.children)

    def is_sent_in_pieces(self, group: Group) -> bool:
        """Return whether a group's HTML is that of its pieces; coloured code is rendered whole."""
        block = group.blocks[0]
        if len(group.blocks) > 1 or block.kind not in _KINDS_WITH_PIECES:
            return False
        if block.kind != "code":
            return True
        return not self._builder.highlighter.colours(block.code(), block.language)

    def document(self, markdown: str) -> str:
        """Return the HTML of a whole text."""
        parser = self.parser()
        for line in lines_of(markdown):
            parser.feed(line)
        blocks = parser.finish().children
        pieces: list[str] = []
        start = 0
        while start < len(blocks):
            group = next_group(blocks, start)
            pieces.append(self.html(group))
            start += len(group.blocks)
        return "".join(pieces)

    def html(self, group: Group) -> str:
        """Return a group's HTML."""
        first = group.blocks[0]
        if self.is_sent_in_pieces(group):
            frame = self.frame(first)
            return frame.head + self.pieces(first, 0, self.size(first)) + frame.foot
        root = Element("div")
        for block in group.blocks:
            self._builder.add(root, block)
        html = sanitised(self._serialised(root)).strip("\n")
        return f"{html}\n" if html else ""

    def frame(self, block: Block) -> Frame:
        """Return the HTML around the pieces of a block that has them."""
        if block.kind == "quote":
            return Frame("<blockquote>\n", "</blockquote>\n")
        if block.kind == "list":
            tag = "ul" if block.number is None else "ol"
            start = f' start="{block.number}"' if block.number not in (None, 1) else ""
            return Frame(f"<{tag}{start}>\n", f"</{tag}>\n")
        if block.kind == "code":
            root = Element("div")
            add_code_block(root, block)
            return Frame(
                sanitised(self._serialised(root)).removesuffix("</code></pre>"), "</code></pre>\n"
            )
        root = Element("div")
        self._builder.add_header(SubElement(root, "table"), block)
        head = sanitised(self._serialised(root)).removesuffix("</table>")
        return (
            Frame(head + "<tbody>\n", _TABLE_END + "\n")
            if block.has_rows
            else Frame(head, "</table>\n")
        )

    def pieces(self, block: Block, start: int, end: int) -> str:
        """Return the HTML of the pieces from `start` to `end`, of a block that has them."""
        if block.kind == "code":
            code = "".join(f"{line}\n" for line in block.lines[start:end])
            self._work += _WORK_OF_CALL + _size(code)
            return sanitised(escape(code))
        one = {"list": self._item, "quote": self._child, "table": self._row}[block.kind]
        return "".join(one(block, index) for index in range(start, end))

    def grown(self, block: Block, start: int, end: int) -> str:
        """Return `pieces` of a block that is still growing: code is coloured."""
        if block.kind == "code" and block.language:
            code = "".join(f"{line}\n" for line in block.lines[start:end])
            highlighter = self._builder.highlighter
            coloured = highlighter.grown(code, block.language, is_first=start == 0)
            if coloured is not None:
                self._work += _WORK_OF_CALL + _size(coloured)
                return sanitised(coloured)
        return self.pieces(block, start, end)

    def _item(self, block: Block, index: int) -> str:
        root = Element("div")
        self._builder.add_item(root, block.children[index], loose=block.loose)
        return sanitised(self._serialised(root)) + "\n"

    def _child(self, block: Block, index: int) -> str:
        root = Element("div")
        self._builder.add(root, block.children[index])
        return sanitised(self._serialised(root)).strip("\n") + "\n"

    def _row(self, block: Block, index: int) -> str:
        root = Element("div")
        self._builder.add_row(SubElement(SubElement(root, "table"), "tbody"), block, index)
        html = sanitised(self._serialised(root))
        return html.removeprefix(_TABLE).removesuffix(_TABLE_END) + "\n"

    def _serialised(self, root: Element) -> str:
        markdown = self._markdown
        self._inline.run(root)
        mark_direction(root)
        # A child's tail, the text after it, is written with it.
        html = "".join(markdown.serializer(child) for child in root)
        for processor in markdown.postprocessors:
            html = processor.run(html)
        markdown.htmlStash.reset()
        self._work += _WORK_OF_CALL + _size(html)
        return html


def _size(html: str) -> int:
    """Return the sanitiser's cost for text, in units of `Pace`: lines cost most."""
    return len(html) // 2 + 3 * html.count("\n")


def to_html(markdown: str) -> str:
    r"""Return a whole answer as safe, static HTML.

    Parameters
    ----------
    markdown : str
        GitHub-flavoured Markdown with formulas.

    Returns
    -------
    str
        Blocks one after the other. Formulas are TeX in
        ``<span class="mathjax_process tex2jax_process">\(…\)</span>``, code blocks
        ``<pre style="…"><code class="highlight language-x">``.
    """
    return Renderer("tex").document(markdown)
