"""Links: labels, destinations, titles and definitions; bare links in text (GFM 6.9)."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import NamedTuple

from groq_magic.rendering.characters import unescape

__all__ = [
    "BARE_LINK",
    "EMAIL",
    "LABEL",
    "Definitions",
    "Target",
    "bare_link",
    "email",
    "inline_target",
    "label_key",
    "take_definitions",
]

LABEL = re.compile(r"\[((?:[^\\\[\]]|\\.){0,1000}+)\]", re.DOTALL)
_ANGLED = re.compile(r"<((?:[^<>\n\\]|\\.)*+)>")
_BLANKS = re.compile(r"[ \t]*(?:\n[ \t]*)?")
_SPACES = re.compile(r"[ \t\n]*")
_TITLE = re.compile(
    r'"((?:[^"\\]|\\.)*+)"'
    r"|'((?:[^'\\]|\\.)*+)'"
    r"|\(((?:[^()\\]|\\.)*+)\)",
    re.DOTALL,
)
_BARE = re.compile(r"[^\x00-\x20\x7f()\\]+|\\.|\\|[()]")
_LINE_REST = re.compile(r"[ \t]*(?:\n|\Z)")
_MAX_LABEL = 999
_MAX_PARENTHESES = 32
BARE_LINK = r"(?:https?|ftp)://|www\."
EMAIL = re.compile(r"(?:mailto:)?[A-Za-z0-9.+_-]{1,64}@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
# Bounded: reading to the end at each "www." would take quadratic time.
_DOMAIN = re.compile(r"[^\s<>/?#:()*~\"'`]{1,255}")
_LINK_TEXT = re.compile(r"[^\s<\x00-\x20]*")
_TRAILING = "?!.,:*_~'\""
_TRAILING_ENTITY = re.compile(r"&[A-Za-z0-9]+;$")
_MAX_LINK = 4096
# One more than a domain may have, so that a longer one is recognised.
_MAX_DOMAIN = 256


class Target(NamedTuple):
    """Where a link or image points."""

    url: str
    title: str


Definitions = MutableMapping[str, Target]


def label_key(label: str) -> str:
    """Return a label as it is compared (folded case, single spaces), "" if it is too long."""
    if len(label) > _MAX_LABEL:
        return ""
    return " ".join(label.split()).casefold()


def _destination(text: str, position: int) -> tuple[str, int] | None:
    if text.startswith("<", position):
        angled = _ANGLED.match(text, position)
        return (unescape(angled[1]), angled.end()) if angled else None
    depth, start = 0, position
    while found := _BARE.match(text, position):
        piece = found[0]
        if piece == "(":
            depth += 1
            if depth > _MAX_PARENTHESES:
                return None
        elif piece == ")":
            if not depth:
                break
            depth -= 1
        position = found.end()
    if depth:
        return None
    return unescape(text[start:position]), position


def _title(text: str, position: int) -> tuple[str, int] | None:
    found = _TITLE.match(text, position)
    if not found:
        return None
    title = next(group for group in found.groups() if group is not None)
    return unescape(title), found.end()


def _skip(text: str, position: int, blanks: re.Pattern[str] = _BLANKS) -> int:
    found = blanks.match(text, position)
    return found.end() if found else position


def inline_target(text: str, position: int) -> tuple[Target, int] | None:
    """Read ``(destination "title")``.

    Parameters
    ----------
    text : str
        The leaf's text.
    position : int
        Where the parenthesis should open.

    Returns
    -------
    tuple of Target and int, or None
        The target and the position after the closing parenthesis.
    """
    # Without this search, a text of opening marks alone would be read again at each of them.
    if not text.startswith("(", position) or text.find(")", position) < 0:
        return None
    position = _skip(text, position + 1, _SPACES)
    read = _destination(text, position)
    if read is None:
        return None
    url, position = read
    after = _skip(text, position, _SPACES)
    title = ""
    if after > position and (titled := _title(text, after)):
        title, after = titled
        after = _skip(text, after, _SPACES)
    return (Target(url, title), after + 1) if text.startswith(")", after) else None


def _definition(text: str, position: int) -> tuple[str, Target, int] | None:
    label = LABEL.match(text, position)
    if not label or not text.startswith(":", label.end()):
        return None
    key = label_key(label[1])
    start = _skip(text, label.end() + 1)
    read = _destination(text, start)
    if not key or read is None or read[1] == start:
        return None
    url, after_url = read
    after = _skip(text, after_url)
    titled = _title(text, after) if after > after_url else None
    if titled and (ended := _LINE_REST.match(text, titled[1])):
        return key, Target(url, titled[0]), ended.end()
    ended = _LINE_REST.match(text, after_url)
    return (key, Target(url, ""), ended.end()) if ended else None


def take_definitions(text: str, definitions: Definitions) -> str:
    """Read the link reference definitions at the start of a paragraph.

    Parameters
    ----------
    text : str
        The paragraph's text.
    definitions : MutableMapping
        Receives the new ones; of one label the first counts.

    Returns
    -------
    str
        The rest of the paragraph.
    """
    position = 0
    while text.startswith("[", position) and (read := _definition(text, position)):
        key, target, position = read
        if key not in definitions:
            definitions[key] = target
    return text[position:]


class BareLink(NamedTuple):
    """A link found in text: its address and where it ends."""

    url: str
    end: int


def bare_link(text: str, start: int) -> BareLink | None:
    """Read the link that begins with a scheme or ``www.`` at a position.

    Parameters
    ----------
    text : str
        The leaf's text.
    start : int
        Where `BARE_LINK` matched.
    """
    before = text[start - 1] if start else ""
    is_www = text.startswith("www.", start)
    if is_www:
        if before and not before.isspace() and before not in "*_~(":
            return None
        domain_start = start
    else:
        if before.isascii() and before.isalpha():
            return None
        domain_start = text.index("://", start) + len("://")
    domain = _DOMAIN.match(text, domain_start, domain_start + _MAX_DOMAIN)
    if domain is None or len(domain[0]) == _MAX_DOMAIN:
        return None
    if not _is_domain(domain[0], needs_dot=is_www):
        return None
    found = _LINK_TEXT.match(text, start, start + _MAX_LINK)
    link = _trimmed(found[0]) if found else ""
    if start + len(link) <= domain_start:
        return None
    return BareLink(f"http://{link}" if is_www else link, start + len(link))


def _is_domain(domain: str, *, needs_dot: bool) -> bool:
    parts = domain.split(".")
    if not domain[0].isalnum() or any("_" in part for part in parts[-2:]):
        return False
    return not needs_dot or len(parts) > 1


def _trimmed(link: str) -> str:
    surplus = link.count(")") - link.count("(")
    while link:
        last = link[-1]
        if last == ")" and surplus > 0:
            surplus -= 1
            link = link[:-1]
        elif last in _TRAILING:
            link = link.rstrip(_TRAILING)
        elif last == ";":
            reference = _TRAILING_ENTITY.search(link[-40:])
            link = link[: -len(reference[0])] if reference else link[:-1]
        else:
            break
    return link


def email(text: str, found: re.Match[str]) -> str:
    """Return the address in a match of `EMAIL`, "" if it isn't a valid one."""
    address = found[0].rstrip(".")
    if not (address[-1].isascii() and address[-1].isalpha()):
        return ""
    following = text[found.end() : found.end() + 1]
    return "" if following in ("@", "/") and following else address
