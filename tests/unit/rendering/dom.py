"""A small model of a page: HTML as trees that can be compared, and patches applied to it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from lxml import etree, html

from groq_magic.rendering.sanitise import CODE_STYLE

Tree = list[Any]

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "br",
    ]
)
_KEPT = ("href", "src", "start", "checked", "alt", "title")
_SPACE = re.compile(r"\s+")


def _parse(source: str) -> Any:
    return html.fragment_fromstring(source, create_parent="div")


def _align(element: Any) -> str:
    style = element.get("style") or ""
    found = re.search(r"text-align:\s*(\w+)", style)
    align = found[1] if found else element.get("align") or ""
    return "" if align == "start" else align


def _attributes(element: Any) -> tuple[tuple[str, str], ...]:
    found = {name: element.get(name) for name in _KEPT if element.get(name) is not None}
    if align := _align(element):
        found["align"] = align
    if element.tag == "ol" and found.get("start") == "1":
        del found["start"]
    if language := re.search(r"language-\S+", element.get("class") or ""):
        found["language"] = language[0]
    for name in ("href", "src"):
        if name in found:
            found[name] = quote(found[name], safe="%/:=&?~#+!$,;'@()*")
    if element.tag == "input":
        found.pop("title", None)  # ours, for screen readers
    if "checked" in found:
        found["checked"] = ""
    return tuple(sorted(found.items()))


def _nodes(element: Any, *, exact: bool) -> Tree:
    nodes: Tree = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            nodes.append(_tree(child, exact=exact))
        nodes.append(child.tail or "")
    merged: Tree = []
    for node in nodes:
        if isinstance(node, str) and merged and isinstance(merged[-1], str):
            merged[-1] += node
        elif node != "":
            merged.append(node)
    if exact:
        return merged
    return _trimmed([_SPACE.sub(" ", n) if isinstance(n, str) else n for n in merged])


def _is_block(node: Any) -> bool:
    return isinstance(node, tuple) and node[0] in _BLOCKS


def _trimmed(nodes: Tree) -> Tree:
    """Leave out the white space that a page does not show: beside blocks."""
    out: Tree = []
    for index, node in enumerate(nodes):
        shown = node
        if isinstance(node, str):
            if index == 0 or _is_block(nodes[index - 1]):
                shown = shown.lstrip()
            if index == len(nodes) - 1 or _is_block(nodes[index + 1]):
                shown = shown.rstrip()
        if shown != "":
            out.append(shown)
    return out


def _tree(element: Any, *, exact: bool = False) -> tuple[Any, ...]:
    exact = exact or element.tag in ("pre", "code")
    return (element.tag, _attributes(element), _nodes(element, exact=exact))


def normal(source: str) -> Tree:
    """Return HTML as a tree: tags, what matters of their attributes, white space as shown."""
    if not source.strip():
        return []
    root = _parse(source)
    _flat_code(root)
    return list(_tree(root)[2])


def _flat_code(element: Any) -> None:
    for code in element.iter("code"):
        if len(code) and code.getparent().tag == "pre":
            code.text, text = "", "".join(code.itertext())
            for child in list(code):
                code.remove(child)
            code.text = text


def comparable(source: str) -> Tree:
    """Return HTML as a tree, what sanitising changes by design left out.

    Images from the network are links, links that lead nowhere safe lose their address, and
    colours of code are no difference.
    """
    if not source.strip():
        return []
    root = _parse(source)
    _flat_code(root)
    for image in list(root.iter("img")):
        if not (image.get("src") or "").startswith("data:"):
            image.tag = "a"
            image.set("href", image.get("src") or "")
            image.text = image.get("alt") or image.get("src")
            for name in ("src", "alt"):
                image.attrib.pop(name, None)
    for link in root.iter("a"):
        href = link.get("href") or ""
        if not re.match(r"(?i)https?://|mailto:|#", href):
            link.attrib.pop("href", None)
    return list(_tree(root)[2])


def text_of(source: str) -> str:
    """Return the text of HTML without white space."""
    return _SPACE.sub("", "".join(_parse(source).itertext())) if source.strip() else ""


def loses_text(source: str, rendered: str) -> bool:
    """Return whether a word of the source is missing from what is shown of it."""
    words = re.findall(
        r"[^\W_]{3,}", re.sub(r"(?s)<!--.*?-->|<[^>]*>|\]\([^)]*\)|&#?\w+;", " ", source)
    )
    shown = "".join(_parse(rendered).itertext()) if rendered.strip() else ""
    return any(word not in shown and word not in rendered for word in words)


def first_difference(ours: Any, theirs: Any, path: str = "") -> str:
    """Say where two trees part."""
    if isinstance(ours, tuple) and isinstance(theirs, tuple) and ours[:2] == theirs[:2]:
        return first_difference(ours[2], theirs[2], f"{path}/{ours[0]}")
    if isinstance(ours, list) and isinstance(theirs, list):
        for index in range(max(len(ours), len(theirs))):
            mine = ours[index] if index < len(ours) else None
            other = theirs[index] if index < len(theirs) else None
            if mine != other:
                return first_difference(mine, other, f"{path}[{index}]")
    return f"{path}\nours:   {str(ours)[:300]}\ntheirs: {str(theirs)[:300]}"


def serialised(source: str) -> str:
    """Return HTML as lxml writes it, for exact comparison."""
    return etree.tostring(_parse(source), encoding="unicode") if source.strip() else ""


def with_styles(source: str) -> str:
    """Return expected HTML with the styles of code blocks, and of cells without an alignment."""
    source = re.sub(r"<pre( dir=[^>]*)?>", rf'<pre\1 style="{CODE_STYLE}">', source)
    return re.sub(r"<(t[dh])>", r'<\1 style="text-align: start">', source)
