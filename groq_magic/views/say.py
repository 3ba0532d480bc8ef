"""A few lines of plain words."""

from __future__ import annotations

from groq_magic.views.phrase import phrase_html, phrase_plain
from groq_magic.views.show import show

__all__ = ["say"]


def say(text: str) -> None:
    """Display lines that may hold someone else's text; what is in backticks is code."""
    lines = text.splitlines()
    html = "".join(f"<div>{phrase_html(line)}</div>" for line in lines)
    show(
        f'<div class="mathjax_ignore tex2jax_ignore">{html}</div>',
        "\n".join(map(phrase_plain, lines)),
    )
