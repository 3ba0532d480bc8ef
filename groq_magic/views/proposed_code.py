"""Show the code that a model proposes, before the user approves it."""

from __future__ import annotations

from html import escape

from groq_magic.views.phrase import phrase_html, phrase_plain
from groq_magic.views.show import show

__all__ = ["show_proposed"]

# Inline, for notebooks that are read without our style sheet. Long lines wrap, so that all of
# the code is visible.
_LINES = "white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere"
_LINE = "display: flex"
_NUMBER = "flex: none; width: 2.6em; opacity: 0.6; user-select: none"
_CODE = "flex: 1; min-width: 0"


def show_proposed(title: str, code: str) -> None:
    """Display code with the numbers of its lines.

    Parameters
    ----------
    title : str
        The line above the code.
    code : str
    """
    from groq_magic.rendering import coloured_lines

    coloured = coloured_lines(code, "python")
    if "\n".join("".join(text for _, text in line) for line in coloured) != code:
        # A lexer may change the text, but exactly this code has to be shown.
        coloured = [[("", line)] for line in code.split("\n")]
    lines = "".join(_line_html(number, pieces) for number, pieces in enumerate(coloured, 1))
    html = (
        '<div class="groq-answer groq-proposed mathjax_ignore tex2jax_ignore">'
        f'<div class="groq-proposed-head">{phrase_html(title)}</div>'
        f'<pre class="groq-proposed-code" style="{_LINES}"><code>{lines}</code></pre></div>'
    )
    numbered = "\n".join(f"{number:>3}  {line}" for number, line in enumerate(code.split("\n"), 1))
    show(html, f"{phrase_plain(title)}\n{numbered}")


def _line_html(number: int, pieces: list[tuple[str, str]]) -> str:
    code = "".join(
        f'<span class="{name}">{escape(text)}</span>' if name else escape(text)
        for name, text in pieces
    )
    return (
        f'<span style="{_LINE}"><span style="{_NUMBER}">{number}</span>'
        f'<span style="{_CODE}">{code}\n</span></span>'
    )
