"""Turn inline tokens into the elements of a tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement

from groq_magic.rendering.inline_tokens import Bracket, Close, DelimiterRun, Token
from groq_magic.rendering.links import EMAIL, email
from groq_magic.rendering.sanitise import is_safe_image

if TYPE_CHECKING:
    from groq_magic.rendering.links import Target

__all__ = ["add_text", "fill", "serialisable"]

# Nested elements in a leaf; deeper marks are text.
_MAX_DEPTH = 64
# Characters of an address that are not quoted, as in cmark.
_URL_SAFE = "-_.+!*'(),%#@?=;:/&$~"
_NOT_SHOWN = "(image not shown: not a PNG, JPEG, GIF or WebP in base64, or too large)"
# A placeholder of Python-Markdown's stash, for HTML and not for text.
_STASHED = re.compile("\x02[^\x03]*\x03")


def serialisable(text: str) -> str:
    """Escape `&` in text: Python-Markdown's serialiser leaves entities unescaped."""
    return text.replace("&", "&amp;") if "&" in text else text


def add_text(parent: Element, text: str) -> None:
    """Append text to an element."""
    if not text:
        return
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def fill(element: Element, tokens: list[Token]) -> None:
    """Append a leaf's inline tokens to its element.

    Parameters
    ----------
    element : Element
        Receives text and children.
    tokens : list of Token
        From the inline parser.

    Notes
    -----
    Images from the network become links.
    """
    _InlineBuilder(element).fill(tokens)


class _InlineBuilder:
    """Appends tokens to an element; keeps the elements that are open."""

    def __init__(self, element: Element) -> None:
        self._open: list[tuple[Element, str]] = [(element, "")]
        self._text: list[str] = []
        self._links = 0

    def fill(self, tokens: list[Token]) -> None:
        skip_to = 0
        for index, token in enumerate(tokens):
            if index < skip_to:
                continue
            if isinstance(token, str):
                self._text.append(token)
            elif isinstance(token, DelimiterRun):
                self._add_run(token)
            elif isinstance(token, Bracket):
                if token.image and token.target is not None:
                    alt, skip_to = _plain(tokens, index + 1)
                    self._add_image(token.target, alt)
                else:
                    self._add_bracket(token)
            elif isinstance(token, Close):
                self._end("a")
            else:
                self._add_element(token)
        self._flush()

    def _flush(self) -> None:
        text = "".join(self._text)
        self._text.clear()
        parent = self._open[-1][0]
        position = 0
        if "@" in text and not self._links:
            for found in EMAIL.finditer(text):
                address = email(text, found)
                if not address:
                    continue
                add_text(parent, serialisable(text[position : found.start()]))
                url = address if address.startswith("mailto:") else f"mailto:{address}"
                link = SubElement(parent, "a", href=url)
                link.text = address
                position = found.start() + len(address)
        add_text(parent, serialisable(text[position:]))

    def _add_element(self, element: Element) -> None:
        self._flush()
        if element.tag == "code":
            element.text = serialisable(element.text or "")
        self._open[-1][0].append(element)

    def _begin(self, tag: str, literal: str, attributes: dict[str, str]) -> None:
        self._flush()
        if len(self._open) > _MAX_DEPTH:
            self._text.append(literal)
            self._open.append((self._open[-1][0], literal))
            return
        self._open.append((SubElement(self._open[-1][0], tag, attributes), ""))

    def _end(self, tag: str) -> None:
        self._flush()
        self._links -= tag == "a"
        while len(self._open) > 1:
            element, literal = self._open.pop()
            if literal:
                self._text.append(literal)
                return
            if element.tag == tag:
                return

    def _add_run(self, run: DelimiterRun) -> None:
        for tag in run.closes:
            self._end(tag)
        if run.left:
            self._text.append(run.mark * run.left)
        for tag in reversed(run.opens):
            self._begin(tag, run.mark * (1 if tag == "em" else 2), {})

    def _add_bracket(self, bracket: Bracket) -> None:
        if bracket.target is None:
            mark = "![" if bracket.image else "["
            self._text.append("" if bracket.hidden else mark)
            return
        self._begin("a", "[", _attributes("href", bracket.target))
        self._links += 1

    def _add_image(self, target: Target, alt: str) -> None:
        if is_safe_image(target.url):
            attributes = _attributes("src", target) | {"alt": serialisable(alt)}
            self._add_element(Element("img", attributes))
        elif target.url.startswith("data:"):
            self._text.append(f"{alt or 'Image'} {_NOT_SHOWN}")
        elif self._links:
            self._text.append(alt)
        else:
            link = Element("a", _attributes("href", target))
            link.text = serialisable(alt or target.url)
            self._add_element(link)


def _plain(tokens: list[Token], start: int) -> tuple[str, int]:
    """Return the text of an image's description, and the index after its end."""
    texts: list[str] = []
    depth = 1
    for index in range(start, len(tokens)):
        token = tokens[index]
        if isinstance(token, str):
            texts.append(token)
        elif isinstance(token, DelimiterRun):
            texts.append(token.mark * token.left)
        elif isinstance(token, Bracket):
            if token.target is not None:
                depth += 1
            else:
                texts.append("![" if token.image else "[")
        elif isinstance(token, Close):
            depth -= 1
            if not depth:
                return _STASHED.sub("", "".join(texts)), index + 1
        else:
            texts.append(" " if token.tag == "br" else "".join(token.itertext()))
    return _STASHED.sub("", "".join(texts)), len(tokens)


def _attributes(name: str, target: Target) -> dict[str, str]:
    attributes = {name: serialisable(quote(target.url, safe=_URL_SAFE))}
    if target.title:
        attributes["title"] = serialisable(target.title)
    return attributes
