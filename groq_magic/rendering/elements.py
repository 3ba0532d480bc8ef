"""Turn blocks into the element tree that Python-Markdown serialises."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from groq_magic.rendering import tables
from groq_magic.rendering.highlight import Highlighter
from groq_magic.rendering.incomplete import trimmed
from groq_magic.rendering.inline_tree import serialisable
from groq_magic.rendering.raw_html import shown_html
from groq_magic.rendering.sanitise import CODE_STYLE, ours

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.rendering.block_tree import Block

__all__ = ["LeafText", "TreeBuilder", "add_code_block"]

_TASK = re.compile(r"\[([ xX])\][ \t]")
# Characters; a longer cell gets more room.
_LONG = 30
# Empty cells that are added to short rows, in a whole table.
_MAX_FILLED = 10_000
# Measured, in units of `Pace`: a tag of raw HTML.
_WORK_OF_TAG = 40


class LeafText(str):
    """Text for the inline parser.

    Attributes
    ----------
    growing : bool
        Whether more of it may follow.
    cell : bool
        Whether it is in a table's cell: unbalanced tags must not end the cell.
    """

    __slots__ = ("cell", "growing")
    growing: bool
    cell: bool


def leaf_text(text: str, *, growing: bool, cell: bool = False) -> LeafText:
    """Return text for the inline parser."""
    leaf = LeafText(text)
    leaf.growing, leaf.cell = growing, cell
    return leaf


class TreeBuilder:
    """Builds elements from blocks.

    Parameters
    ----------
    stash : callable
        Returns a placeholder for a string of HTML in an element's text.
    """

    def __init__(self, stash: Callable[[str], str]) -> None:
        self._stash = stash
        self.highlighter = Highlighter()
        self._work = 0

    @property
    def work(self) -> int:
        """The cost of its work so far, in the units of `Pace`."""
        return self._work + self.highlighter.work

    def add(self, parent: Element, block: Block, *, tight: bool = False) -> None:
        """Append a block to an element; in a tight list a paragraph has no tags."""
        kind = block.kind
        if kind == "paragraph":
            self._add_text(parent, block, None if tight else "p")
        elif kind == "heading":
            self._add_text(parent, block, f"h{block.level}")
        elif kind == "code":
            self._add_code(parent, block)
        elif kind == "html":
            source = "\n".join(block.lines)
            self._work += len(source) + _WORK_OF_TAG * source.count("<")
            html = shown_html(trimmed(source) if block.incomplete else source)
            _group(parent).text = self._stash(f"{html}\n" if html else "")
        elif kind == "rule":
            SubElement(parent, "hr")
        elif kind == "table":
            self._add_table(parent, block)
        elif kind == "list":
            self._add_list(parent, block)
        else:
            element = SubElement(parent, "blockquote") if kind == "quote" else parent
            for child in block.children:
                self.add(element, child)

    def add_item(self, parent: Element, item: Block, *, loose: bool) -> None:
        """Append a list's item."""
        element = SubElement(parent, "li")
        children = item.children
        first = children[0] if children else None
        task = _TASK.match("\n".join(first.lines)) if first and first.kind == "paragraph" else None
        if first is not None and task:
            holder = SubElement(element, "p") if loose else element
            self._add_task(holder, first, task)
            children = children[1:]
        for child in children:
            self.add(element, child, tight=not loose)

    def _add_task(self, parent: Element, paragraph: Block, task: re.Match[str]) -> None:
        attributes = {"type": "checkbox", "disabled": ""}
        is_done = task[1] != " "
        if is_done:
            attributes["checked"] = ""
        # JupyterLab removes the label from a notebook that nobody trusts; the title stays.
        attributes["aria-label"] = attributes["title"] = "done" if is_done else "to do"
        SubElement(parent, "input", attributes).tail = " "
        text = "\n".join(paragraph.lines)[task.end() :]
        _group(parent).text = leaf_text(text, growing=paragraph.incomplete)

    def _add_text(self, parent: Element, block: Block, tag: str | None) -> None:
        text = "\n".join(block.lines).rstrip(" \t")
        element = SubElement(parent, tag) if tag else _group(parent)
        element.text = leaf_text(text, growing=block.incomplete)

    def _add_list(self, parent: Element, block: Block) -> None:
        element = SubElement(parent, "ul" if block.number is None else "ol")
        if block.number not in (None, 1):
            element.set("start", str(block.number))
        for item in block.children:
            self.add_item(element, item, loose=block.loose)

    def _add_code(self, parent: Element, block: Block) -> None:
        code = add_code_block(parent, block)
        text = block.code()
        coloured = None
        if block.language and not block.cut_short:
            coloured = self.highlighter.html(text, block.language)
        code.text = serialisable(text) if coloured is None else self._stash(coloured)

    def _add_table(self, parent: Element, block: Block) -> None:
        table = SubElement(parent, "table")
        self.add_header(table, block)
        if block.lines:
            body = SubElement(table, "tbody")
            for row in range(len(block.lines)):
                self.add_row(body, block, row)

    def add_header(self, table: Element, block: Block) -> None:
        """Append a table's head."""
        head = SubElement(table, "thead")
        _add_cells(head, "th", block.header, block, growing=block.incomplete and not block.lines)

    def add_row(self, body: Element, block: Block, row: int) -> None:
        """Append a row of a table, by its index."""
        growing = block.incomplete and row == len(block.lines) - 1
        _add_cells(body, "td", block.lines[row], block, growing=growing)


def add_code_block(parent: Element, block: Block) -> Element:
    """Append a code block without its text; return its ``code`` element."""
    code = SubElement(SubElement(parent, "pre", {"style": CODE_STYLE}), "code")
    if block.language:
        # Pages without our CSS, such as nbconvert's HTML, colour code in such elements.
        code.set("class", ours(serialisable(f"highlight language-{block.language}")))
    return code


def _group(parent: Element) -> Element:
    """Append an element that is serialised without a tag."""
    group = Element("")
    group.tag = None  # type: ignore[assignment]  # the serialiser writes its content alone
    parent.append(group)
    return group


def _add_cells(parent: Element, tag: str, row: str, block: Block, *, growing: bool) -> None:
    element = SubElement(parent, "tr")
    texts = tables.cells(row)[: len(block.aligns)]
    missing = len(block.aligns) - len(texts)
    if missing * len(block.lines) <= _MAX_FILLED:
        texts += [""] * missing
    last = len(texts) - missing - 1
    for column, text in enumerate(texts):
        cell = SubElement(element, tag)
        # Without a style Jupyter's pages align texts to the right, as numbers.
        cell.set("style", f"text-align: {block.aligns[column] or 'start'}")
        if len(text) >= _LONG:
            cell.set("class", ours("groq-long"))
        cell.text = leaf_text(text, growing=growing and column == last, cell=True)
