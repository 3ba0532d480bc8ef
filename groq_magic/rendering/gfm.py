"""GitHub-flavoured Markdown as an extension of Python-Markdown.

Its block parser replaces `md.parser`, its inline parser the inline tree processor.
Python-Markdown provides the rest: the registry, the tree, the serialiser and the stash for raw
HTML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ElementTree

from markdown.blockparser import BlockParser as PythonMarkdownParser
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

from groq_magic.rendering import maths
from groq_magic.rendering.block_parser import BlockParser
from groq_magic.rendering.elements import LeafText, TreeBuilder
from groq_magic.rendering.inline_parser import InlineParser
from groq_magic.rendering.inline_tree import fill, serialisable
from groq_magic.rendering.lines import lines_of
from groq_magic.rendering.raw_html import RawTags
from groq_magic.rendering.sanitise import balanced, ours

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown import Markdown

    from groq_magic.rendering.links import Definitions
    from groq_magic.rendering.maths import Formula, Shape

__all__ = ["Gfm", "Inline"]


# Formulas whose MathML is kept: while a block streams, its formulas are drawn at each frame.
_MAX_REMEMBERED = 1024
# Measured, in units of `Pace`: an element, a leaf of text, a token in it, a formula as MathML.
_WORK_OF_ELEMENT = 15
_WORK_OF_LEAF = 60
_WORK_OF_TOKEN = 16
_WORK_OF_FORMULA = 1500


class Gfm(Extension):
    """The extension: ``markdown.Markdown(extensions=[Gfm(...)])``.

    Parameters
    ----------
    formulas : {"mathml", "tex"} or None
        How formulas are shown; None: they are read as text.

    Notes
    -----
    Its HTML is not sanitised: that of `groq_magic.rendering.to_html` is.
    """

    def __init__(self, formulas: Shape | None) -> None:
        super().__init__()
        self._formulas = formulas

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Replace the parser, the inline processor and the postprocessors."""
        for name in ("normalize_whitespace", "html_block"):
            md.preprocessors.deregister(name)
        for name in ("prettify", "unescape", "inline"):
            md.treeprocessors.deregister(name)
        for name in ("raw_html", "amp_substitute"):
            md.postprocessors.deregister(name)
        md.parser = Parser(md, formulas=self._formulas is not None)
        md.treeprocessors.register(Inline(md, self._formulas), "inline", 20)
        md.postprocessors.register(RawHtml(md), "raw_html", 30)


class Parser(PythonMarkdownParser):
    """Our block parser with the interface of Python-Markdown's."""

    def __init__(self, md: Markdown, *, formulas: bool) -> None:
        super().__init__(md)
        self._formulas = formulas

    def parseDocument(self, lines: list[str]) -> ElementTree:  # type: ignore[override]  # noqa: N802 - Python-Markdown's name
        """Return the tree of a document."""
        parser = self.block_parser()
        for line in lines_of("\n".join(lines)):
            parser.feed(line)
        root = Element(self.md.doc_tag)
        builder = self.builder()
        for block in parser.finish().children:
            builder.add(root, block)
        return ElementTree(root)

    def block_parser(self) -> BlockParser:
        """Return a new block parser; its definitions are Python-Markdown's references."""
        definitions: Definitions = self.md.references  # type: ignore[assignment]  # its values are pairs, like ours
        return BlockParser(definitions, formulas=self._formulas)

    def builder(self) -> TreeBuilder:
        """Return a new builder of elements."""
        return TreeBuilder(self.md.htmlStash.store)


class Inline(Treeprocessor):
    """Reads the text of a tree's leaves.

    Attributes
    ----------
    definitions : MutableMapping
        Link reference definitions by folded label.
    missing : set of str
        Labels without a definition that were looked up since the set was last emptied.
    work : int
        The cost of its work so far, in the units of `Pace`.
    """

    def __init__(self, md: Markdown, formulas: Shape | None) -> None:
        super().__init__(md)
        self._formulas = formulas
        self.definitions: Definitions = md.references  # type: ignore[assignment]  # its values are pairs, like ours
        self.missing: set[str] = set()
        self.work = 0
        self._drawn: dict[tuple[str, bool], str | None] = {}

    def run(self, root: Element) -> None:
        """Replace each leaf's text by elements."""
        elements = list(root.iter())
        self.work += _WORK_OF_ELEMENT * len(elements)
        for element in elements:
            text = element.text
            if isinstance(text, LeafText):
                element.text = None
                self._read(element, text)

    def _read(self, element: Element, text: LeafText) -> None:
        maker = _Maker(self.md, self._formulas, self._mathml)
        parser = InlineParser(text, self.definitions, maker, self.missing, growing=text.growing)
        tokens = parser.parse()
        fill(element, tokens)
        self.work += _WORK_OF_LEAF + len(text) + _WORK_OF_TOKEN * len(tokens)
        if text.cell and maker.made_html:
            self._balance(element)

    def _mathml(self, formula: Formula) -> str | None:
        key = (formula.tex, formula.display)
        if key not in self._drawn:
            if len(self._drawn) >= _MAX_REMEMBERED:
                self._drawn.clear()
            self._drawn[key] = maths.to_mathml(formula)
            self.work += _WORK_OF_FORMULA
        return self._drawn[key]

    def _balance(self, cell: Element) -> None:
        style = cell.attrib.pop("style", None)
        html = self.md.postprocessors["raw_html"].run(self.md.serializer(cell))
        inner = html[html.index(">") + 1 : html.rindex("<")]
        cell[:] = []
        cell.text = self.md.htmlStash.store(balanced(inner))
        if style:
            cell.set("style", style)


@dataclass(slots=True)
class _Maker:
    """Makes formulas and raw HTML for one leaf."""

    md: Markdown
    shape: Shape | None
    mathml: Callable[[Formula], str | None]
    tags: RawTags = field(default_factory=RawTags)
    made_html: bool = False

    def formula(self, formula: Formula) -> Element | str | None:
        if self.shape is None:
            return None
        formula = formula._replace(tex=maths.without_names(formula.tex))
        if maths.is_drawable(formula.tex):
            if self.shape == "mathml" and (drawn := self.mathml(formula)):
                return self.md.htmlStash.store(drawn)
            if self.shape == "tex":
                span = Element("span", {"class": ours("mathjax_process tex2jax_process")})
                span.text = serialisable(maths.with_delimiters(formula))
                return span
        source = Element("code")
        source.text = formula.tex
        return source

    def html(self, tag: str) -> str | None:
        kept = self.tags.kept(tag)
        if kept is None:
            return None
        self.made_html = True
        return self.md.htmlStash.store(kept)


class RawHtml(Postprocessor):
    """Replaces placeholders by the stashed HTML."""

    def run(self, text: str) -> str:
        """Return the text with its HTML."""
        stash = self.md.htmlStash
        if not stash.html_counter:
            return text
        return HTML_PLACEHOLDER_RE.sub(lambda found: str(stash.rawHtmlBlocks[int(found[1])]), text)
