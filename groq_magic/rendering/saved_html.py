"""Sanitise the HTML of saved answers again: the file may be forged."""

from __future__ import annotations

import html
import re

from groq_magic.rendering import maths
from groq_magic.rendering.sanitise import sanitise_saved

__all__ = ["sanitise_saved_html"]

# Unclosed tags take the sanitiser quadratic time: seconds, for longer HTML.
_LONGEST = 100_000
_FORMULA = re.compile(r"<span>(\\\(([^<]*)\\\)|\\\[([^<]*)\\\])</span>")


def sanitise_saved_html(source: str) -> str | None:
    """Return HTML from a saved file as safe HTML.

    Parameters
    ----------
    source : str
        Any HTML; that of `to_html` is returned unchanged.

    Returns
    -------
    str or None
        None where it is too long.
    """
    if len(source) > _LONGEST:
        return None
    return _FORMULA.sub(_formula, sanitise_saved(source))


def _formula(found: re.Match[str]) -> str:
    """Return a formula as `to_html` writes it, if it is drawable."""
    tex = html.unescape(found[2] or found[3] or "")
    if not maths.is_drawable(tex) or maths.without_names(tex) != tex:
        return found[0]
    return f'<span class="mathjax_process tex2jax_process">{found[1]}</span>'
