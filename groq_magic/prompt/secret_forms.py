"""The forms in which a secret may stand in a text: as it is, quoted, escaped, encoded."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["forms_of"]

_SHORTEST_FORM = 4
_SHORTEST_CORE = 8
# Of a secret in several lines each long line counts; short ones and the frame are no secrets.
_SHORTEST_LINE = 16
_ESCAPED_TWICE = 2
# What JavaScript's encodeURIComponent leaves as it is.
_SAFE_IN_JAVASCRIPT = "!*'()~"
_HEX = re.compile("%[0-9A-F]{2}")


def forms_of(value: str) -> tuple[str, ...]:
    """Return every form of a secret that is looked for, the longest first.

    Python's and JSON's escapes (once and within another text), HTML, CSV,
    URLs, base64 (within a longer text too) and hexadecimal digits; of a
    secret in several lines also each line.
    """
    found: dict[str, None] = {}
    for base in _bases(value):
        escaped = {base}
        for _ in range(_ESCAPED_TWICE):
            escaped |= {form for text in escaped for form in _escaped(text)}
        found |= dict.fromkeys((*escaped, *_encoded(base)))
    return tuple(sorted((f for f in found if len(f) >= _SHORTEST_FORM), key=len, reverse=True))


def _bases(value: str) -> Iterator[str]:
    yield value.strip()
    # As a summary shows it on one line.
    yield " ".join(value.split())
    lines = [line.strip() for line in value.splitlines()]
    if len(lines) > 1:
        yield from (
            line for line in lines if len(line) >= _SHORTEST_LINE and not line.startswith("-----")
        )


def _escaped(text: str) -> Iterator[str]:
    yield repr(text)[1:-1]
    yield ascii(text)[1:-1]
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    # Which quotes are escaped depends on the text around.
    plain = repr(text + "\"'")[1:-4].replace("\\'", "'")
    yield plain
    yield plain.replace("'", "\\'")
    yield plain.replace('"', '\\"')
    yield plain.replace("'", "\\'").replace('"', '\\"')
    yield html.escape(text)
    yield html.escape(text, quote=False)
    yield text.replace('"', '""')


def _encoded(text: str) -> Iterator[str]:
    raw = text.encode("utf-8", "surrogateescape")
    urls = (quote(raw, safe=""), quote(raw), quote(raw, safe=_SAFE_IN_JAVASCRIPT), quote_plus(raw))
    for url in urls:
        yield url
        yield _HEX.sub(lambda found: found[0].lower(), url)
    yield raw.hex()
    yield raw.hex().upper()
    yield repr(raw)[2:-1]
    for before in range(3):
        core = _core(raw, before)
        if len(core) >= _SHORTEST_CORE:
            yield core
            yield core.replace("+", "-").replace("/", "_")


def _core(raw: bytes, before: int) -> str:
    """Return the base64 digits that these bytes alone decide, with some bytes before them."""
    digits = base64.b64encode(b"\0" * before + raw).decode()
    bits = 8 * before, 8 * (before + len(raw))
    return digits[-(-bits[0] // 6) : bits[1] // 6]
