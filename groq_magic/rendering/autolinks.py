"""Bare links in text: GFM's autolinks extension (spec section 6.9)."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["BARE_LINK", "EMAIL", "BareLink", "bare_link", "email"]

BARE_LINK = r"(?:https?|ftp)://|www\."
EMAIL = re.compile(r"(?:mailto:)?[A-Za-z0-9.+_-]{1,64}@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
# Longer ones are not read to their end: at each "www." of them, that would be quadratic.
_DOMAIN = re.compile(r"[^\s<>/?#:()*~\"'`]{1,255}")
_LINK_TEXT = re.compile(r"[^\s<\x00-\x20]*")
_TRAILING = "?!.,:*_~'\""
_TRAILING_ENTITY = re.compile(r"&[A-Za-z0-9]+;$")
_MAX_LINK = 4096
# More than a name may have: what is longer is none, and is not read to its end at each "www.".
_MAX_DOMAIN = 256


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
    """Return the address that a match of `EMAIL` holds, or nothing if it is none."""
    address = found[0].rstrip(".")
    if not (address[-1].isascii() and address[-1].isalpha()):
        return ""
    following = text[found.end() : found.end() + 1]
    return "" if following in ("@", "/") and following else address
