"""One static output: a MIME bundle, HTML with plain text, lines, a folded text."""

from __future__ import annotations

import sys
from html import escape
from typing import TYPE_CHECKING, Any

from groq_magic.printable import SURROGATE, encodable, printable
from groq_magic.views.phrase import phrase_html, phrase_plain

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["publish", "show", "show_folded", "show_lines"]

_MOST = 20_000


def publish(data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None) -> None:
    """Display a MIME bundle as it is.

    Parameters
    ----------
    data : mapping
        Content by MIME type; characters that can't be encoded are replaced.
    metadata : mapping, optional
        The output's metadata.
    """
    from IPython.display import display

    texts = {
        kind: SURROGATE.sub("\ufffd", content) if isinstance(content, str) else content
        for kind, content in data.items()
    }
    if "text/plain" in texts:
        # A terminal prints it.
        texts["text/plain"] = encodable(texts["text/plain"], getattr(sys.stdout, "encoding", None))
    display(  # type: ignore[no-untyped-call]  # IPython has no types for it
        texts, raw=True, metadata=dict(metadata or {})
    )


def show(html: str, plain: str) -> None:
    """Display one static output.

    Parameters
    ----------
    html : str
        Safe HTML.
    plain : str
        The same as plain text, for terminals and diffs; its control characters are left out.
    """
    publish({"text/html": html, "text/plain": printable(plain)})


def show_lines(text: str) -> None:
    """Display lines of text, escaped; text in backticks is code."""
    lines = text.splitlines()
    html = "".join(f"<div>{phrase_html(line)}</div>" for line in lines)
    show(
        f'<div class="mathjax_ignore tex2jax_ignore">{html}</div>',
        "\n".join(map(phrase_plain, lines)),
    )


def show_folded(summary: str, text: str, *, whole: bool = False) -> None:
    """Display a text in a fold.

    Parameters
    ----------
    summary : str
        The heading, plain text.
    text : str
        Any text: it is escaped, and cut at 20,000 characters.
    whole : bool
        Whether it is shown uncut, because the user has to approve all of it.
    """
    shown = text if whole or len(text) <= _MOST else f"{text[:_MOST]}…"
    html = (
        '<details class="groq-folded mathjax_ignore tex2jax_ignore">'
        f"<summary>{escape(summary)}</summary><pre>{escape(shown)}</pre></details>"
    )
    show(html, f"{summary}:\n{shown}")
