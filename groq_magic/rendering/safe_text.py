"""Write the text of one leaf as Markdown that every renderer reads alike."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree.ElementTree import Element

from groq_magic.rendering import maths
from groq_magic.rendering.fences import code_span
from groq_magic.rendering.inline_parser import InlineParser
from groq_magic.rendering.inline_tokens import Bracket, Close, DelimiterRun, Token
from groq_magic.rendering.sanitise import is_safe_image, is_safe_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.rendering.links import Target
    from groq_magic.rendering.maths import Formula

__all__ = ["Raw", "escaped", "leaf_markdown", "line_starts"]

_SPECIAL = re.compile(r"[\\`*_|~$#!&<>\]{]")
_LINE_START = re.compile(r"(?m)^([^\S\n]*+)(?:([-+=:])|(\d{1,9})([.)]))")
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAGS = MappingProxyType({"em": "*", "strong": "**", "del": "~~"})
# References instead of backslashes: renderers that look for maths before they parse Markdown
# would find "\]", "\\(" or "\$".
_REFERENCES = MappingProxyType(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        "]": "&#93;",
        "$": "&#36;",
        "\\": "&#92;",
    }
)
_TEX = str.maketrans({"<": r"\lt ", ">": r"\gt ", "\n": " "})
# TeX that renderers without maths read as code, a link or an attribute.
_MARKDOWN_IN_TEX = re.compile(r"`|\]\s*[(\[:]|!\s*\[|\bon\w+\s*=", re.IGNORECASE)
# Code that would become active if a renderer did not read it as code.
_LIVE = re.compile(r"<[A-Za-z/!?]|\]\s?\(")
_MATHS = re.compile(r"\$|\\[(\[]|\\begin\b")
_BLOCK_MATHS = re.compile(r"\$\$|\\\[|\\begin\b")
# MathJax searches the finished page for dollars, and reads commands in the text between them.
_COMMAND = re.compile(r"\\([A-Za-z]+)")


@dataclass(slots=True)
class Raw:
    """Facts about the unescaped parts of a document, which may be misread.

    Attributes
    ----------
    live : bool
        Whether there is code that would become active if its beginning were missed.
    maths : bool
        Whether there is maths, or code that looks like it: a renderer that reads maths first
        may miss the beginning of inline code, and of code in lists and quotes.
    block_maths : bool
        The same for all fenced code.
    """

    live: bool = False
    maths: bool = False
    block_maths: bool = False

    def note(self, code: str, *, is_block: bool = False) -> None:
        """Record unescaped code; `is_block` if it is in fences at the margin."""
        self.live = self.live or _LIVE.search(code) is not None
        self.maths = self.maths or (not is_block and _MATHS.search(code) is not None)
        self.block_maths = self.block_maths or _BLOCK_MATHS.search(code) is not None

    def may_be_misread(self, code: str, *, is_block: bool = False) -> bool:
        """Return whether code of this document must be written as escaped text."""
        if self.block_maths or (self.maths and not is_block):
            return _LIVE.search(code) is not None
        return False


def leaf_markdown(
    text: str, definitions: Mapping[str, Target], *, known: Raw, seen: Raw, one_line: bool
) -> str:
    """Return a leaf's text, its special characters escaped.

    Parameters
    ----------
    text : str
        The leaf's source.
    definitions : Mapping
        The link reference definitions.
    known : Raw
        Facts about the whole document.
    seen : Raw
        Receives the facts about this leaf.
    one_line : bool
        Whether it must not contain a line end, as in a table's cell or a heading.
    """
    tokens = InlineParser(text.rstrip(" \t"), definitions, _Maker(), set()).parse()
    return _Leaf(one_line, known, seen, hides=_MATHS.search(text) is not None).written(tokens)


def escaped(text: str, *, hides_commands: bool = False) -> str:
    """Return plain text as Markdown; `line_starts` escapes the starts of its lines."""
    parts: list[str] = []
    position = 0
    for found in _COMMAND.finditer(text) if hides_commands else ():
        if not maths.draws(found[1]):
            parts += [_escape(text[position : found.start()]), "`\\`"]
            position = found.start() + 1
    return "".join((*parts, _escape(text[position:])))


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda found: _REFERENCES.get(found[0], f"\\{found[0]}"), text)


def line_starts(text: str) -> str:
    """Escape the characters that would begin a block at the start of a line."""
    return _LINE_START.sub(
        lambda found: f"{found[1]}{found[3] or ''}\\{found[2] or found[4]}", text
    )


class _Maker:
    """Keeps drawable formulas and line breaks; other HTML becomes text."""

    def formula(self, formula: Formula) -> Element | None:
        tex = maths.without_names(formula.tex)
        is_kept = maths.is_drawable(tex) and not _MARKDOWN_IN_TEX.search(tex)
        drawn = Element("math" if is_kept else "code")
        drawn.text = tex.replace("\n", " ")
        drawn.set("display", "$$" if formula.display else "$")
        return drawn

    def html(self, tag: str) -> Element | None:
        return Element("br", {"end": "\n"}) if _BREAK_TAG.fullmatch(tag) else None


@dataclass
class _Leaf:
    """Writes the inline tokens of a leaf."""

    one_line: bool
    known: Raw
    seen: Raw
    hides: bool
    pieces: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def written(self, tokens: list[Token]) -> str:
        for token in tokens:
            if isinstance(token, str):
                self.text.append(token)
                continue
            self._end_text()
            if isinstance(token, DelimiterRun):
                self._run(token)
            elif isinstance(token, Bracket):
                self._bracket(token)
            elif isinstance(token, Close):
                self.pieces.append(self.ends.pop() if self.ends else "")
            else:
                self._element(token)
        self._end_text()
        return line_starts("".join(self.pieces))

    def _end_text(self) -> None:
        text = "".join(self.text)
        self.text.clear()
        if self.one_line:
            text = text.replace("\n", " ")
        self.pieces.append(escaped(text, hides_commands=self.hides))

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
        title = f' "{_title(target.title)}"' if target.title else ""
        self.pieces.append("![" if image else "[")
        self.ends.append(f"]({_address(target.url)}{title})")

    def _element(self, element: Element) -> None:
        text = element.text or ""
        if element.tag == "br":
            self.pieces.append(" " if self.one_line else "\\" + element.get("end", ""))
        elif element.tag == "math":
            self.seen.maths = True
            mark = element.get("display", "$")
            tex = text.translate(_TEX)
            self.pieces.append(
                mark + (tex.replace("|", r"\vert ") if self.one_line else tex) + mark
            )
        else:
            self._code(text)

    def _code(self, code: str) -> None:
        is_split = self.one_line and "|" in code and _LIVE.search(code) is not None
        if is_split or self.known.may_be_misread(code):
            self.pieces.append(escaped(code, hides_commands=True))
            return
        self.seen.note(code)
        self.pieces.append(code_span(code.replace("|", "\\|") if self.one_line else code))


def _address(url: str) -> str:
    """Return an address that can't end the code, formula, link or cell around it."""
    return quote(url, safe="-_.+!%#@?=;:/&,").replace("&", "&amp;")


def _title(text: str) -> str:
    return re.sub(r"[!-/:-@\[-`{-~]", lambda found: f"&#{ord(found[0])};", " ".join(text.split()))
