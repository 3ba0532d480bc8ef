"""HTML that `to_html` once wrote, sanitised again: the file that it is from may be anyone's."""

from __future__ import annotations

import html
import re

from groq_magic.rendering import maths
from groq_magic.rendering.sanitise import sanitised_again

__all__ = ["resanitised"]

# Tags that never close take the sanitiser quadratic time: seconds, from here on.
_LONGEST = 100_000
_FORMULA = re.compile(r"<span>(\\\(([^<]*)\\\)|\\\[([^<]*)\\\])</span>")


def resanitised(source: str) -> str | None:
    """Return HTML from a saved file as safe HTML.

    Parameters
    ----------
    source : str
        Anyone's HTML. What `to_html` wrote comes back the same.

    Returns
    -------
    str or None
        None where it is too long to be sanitised in a moment.
    """
    if len(source) > _LONGEST:
        return None
    return _FORMULA.sub(_formula, sanitised_again(source))


def _formula(found: re.Match[str]) -> str:
    """Return a formula as `to_html` writes it, if it is one that only draws."""
    tex = html.unescape(found[2] or found[3] or "")
    if not maths.is_drawable(tex) or maths.without_names(tex) != tex:
        return found[0]
    return f'<span class="mathjax_process tex2jax_process">{found[1]}</span>'
