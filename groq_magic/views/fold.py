"""A text that is there to be looked at when wanted, folded away."""

from __future__ import annotations

from html import escape

from groq_magic.views.show import show

__all__ = ["show_folded"]

_MOST = 20_000


def show_folded(summary: str, text: str) -> None:
    """Display a text under a heading that opens it, with nothing of it interpreted.

    Parameters
    ----------
    summary : str
        The heading, plain text.
    text : str
        Of anyone: it is escaped, and cut at 20,000 characters.
    """
    shown = text if len(text) <= _MOST else f"{text[:_MOST]}…"
    html = (
        '<details class="groq-folded mathjax_ignore tex2jax_ignore">'
        f"<summary>{escape(summary)}</summary><pre>{escape(shown)}</pre></details>"
    )
    show(html, f"{summary}:\n{shown}")
