"""Ready one-line phrases as HTML and as plain text."""

from __future__ import annotations

import re
from html import escape

__all__ = ["SEPARATOR", "phrase_html", "phrase_plain"]

SEPARATOR = " · "

_CODE = re.compile(r"`([^`\n]+)`")


def phrase_html(phrase: str) -> str:
    """Return a phrase as safe HTML: everything escaped, backticks as ``<code>``."""
    return _CODE.sub(r"<code>\1</code>", escape(phrase))


def phrase_plain(phrase: str) -> str:
    """Return a phrase as plain text, without its backticks."""
    return _CODE.sub(r"\1", phrase)
