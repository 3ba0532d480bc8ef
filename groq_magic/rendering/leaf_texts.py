"""The text of a tree's leaves, read by the inline parser and put in its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from groq_magic.rendering import maths
from groq_magic.rendering.inline_parser import InlineParser
from groq_magic.rendering.inline_tree import fill
from groq_magic.rendering.raw_html import RawTags
from groq_magic.rendering.sanitise import balanced, ours

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.rendering.links import Definitions
    from groq_magic.rendering.maths import Formula, Shape
    from groq_magic.rendering.serialise import Serialiser

__all__ = ["LeafReader", "LeafText", "leaf_text"]

# Formulas whose MathML is kept: while a block streams, its formulas are drawn at each frame.
_MAX_REMEMBERED = 1024
# Measured, in units of `Pace`: an element, a leaf of text, a token in it, a formula as MathML.
_WORK_OF_ELEMENT = 15
_WORK_OF_LEAF = 60
_WORK_OF_TOKEN = 16
_WORK_OF_FORMULA = 1500


class LeafText(str):
    """Text that the inline parser is still to read.

    Attributes
    ----------
    growing : bool
        Whether more of it may follow.
    cell : bool
        Whether it is a table's cell, which its HTML must not break out of.
    """

    __slots__ = ("cell", "growing")
    growing: bool
    cell: bool


def leaf_text(text: str, *, growing: bool = False, cell: bool = False) -> LeafText:
    """Return text for the inline parser."""
    leaf = LeafText(text)
    leaf.growing, leaf.cell = growing, cell
    return leaf


class LeafReader:
    """Reads the text of a tree's leaves.

    Parameters
    ----------
    serialiser : Serialiser
        Keeps formulas and raw HTML.
    formulas : {"mathml", "tex", "source"} or None
        What formulas are shown as; None: there are none.
    trusted : bool
        Whether raw HTML and images pass as they are.

    Attributes
    ----------
    definitions : MutableMapping
        Link reference definitions by folded label.
    missing : set of str
        Labels looked up in vain since it was last emptied.
    work : int
        What it has done, in the units of `Pace`.
    """

    def __init__(self, serialiser: Serialiser, formulas: Shape | None, *, trusted: bool) -> None:
        self.definitions: Definitions = {}
        self.missing: set[str] = set()
        self.work = 0
        self._serialiser = serialiser
        self._formulas = formulas
        self._trusted = trusted
        self._drawn: dict[tuple[str, bool], str | None] = {}

    def read(self, root: Element) -> None:
        """Replace each leaf's text by what it means."""
        elements = list(root.iter())
        self.work += _WORK_OF_ELEMENT * len(elements)
        for element in elements:
            text = element.text
            if isinstance(text, LeafText):
                element.text = None
                self._read(element, text)

    def _read(self, element: Element, text: LeafText) -> None:
        maker = _Maker(self._serialiser.keep, self._formulas, self._mathml, self._trusted)
        parser = InlineParser(text, self.definitions, maker, self.missing, growing=text.growing)
        tokens = parser.parse()
        fill(element, tokens, images=self._trusted)
        self.work += _WORK_OF_LEAF + len(text) + _WORK_OF_TOKEN * len(tokens)
        if text.cell and maker.made_html and not self._trusted:
            inner = self._serialiser.children(element)
            element[:] = []
            element.text = self._serialiser.keep(balanced(inner))

    def _mathml(self, formula: Formula) -> str | None:
        key = (formula.tex, formula.display)
        if key not in self._drawn:
            if len(self._drawn) >= _MAX_REMEMBERED:
                self._drawn.clear()
            self._drawn[key] = maths.to_mathml(formula)
            self.work += _WORK_OF_FORMULA
        return self._drawn[key]


@dataclass(slots=True)
class _Maker:
    """Makes formulas and raw HTML for one leaf."""

    keep: Callable[[str], str]
    formulas: Shape | None
    mathml: Callable[[Formula], str | None]
    trusted: bool
    tags: RawTags = field(default_factory=RawTags)
    made_html: bool = False

    def formula(self, formula: Formula) -> Element | str | None:
        if self.formulas is None:
            return None
        formula = formula._replace(tex=maths.without_names(formula.tex))
        if maths.is_drawable(formula.tex):
            if self.formulas == "mathml" and (drawn := self.mathml(formula)):
                return self.keep(drawn)
            if self.formulas == "tex":
                span = Element("span", {"class": ours("mathjax_process tex2jax_process")})
                span.text = maths.with_delimiters(formula)
                return span
        source = Element("code")
        source.text = formula.tex
        return source

    def html(self, tag: str) -> str | None:
        kept = tag if self.trusted else self.tags.kept(tag)
        if kept is None:
            return None
        self.made_html = True
        return self.keep(kept)
