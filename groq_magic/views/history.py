"""The conversation, turn by turn."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from groq_magic.views.phrase import phrase_html, phrase_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["history"]

_DELETED = "deleted"


def history(turns: Sequence[tuple[int | None, str, str, str]]) -> tuple[str, str]:
    """Return a conversation as HTML and as plain text.

    Parameters
    ----------
    turns : sequence of (int or None, str, str, str)
        Number, prompt, answer and note of each turn; a note is one line, or "".
        A turn without a number is one of a deleted cell.

    Returns
    -------
    html, plain : str
        Safe HTML (the prompt as text, the answer rendered) and plain text.
    """
    html = "".join(_turn_html(*turn) for turn in turns)
    plain = "\n\n".join(_turn_plain(*turn) for turn in turns)
    return (
        f'<div class="groq-answer groq-history mathjax_ignore tex2jax_ignore">{html}</div>',
        plain,
    )


def _turn_html(number: int | None, prompt: str, answer: str, note: str) -> str:
    from groq_magic.rendering import to_html

    said = f" <small>{phrase_html(note)}</small>" if note else ""
    return (
        f'<section><div class="groq-turn-head"><b>{number or _DELETED}</b>{said}</div>'
        f'<pre class="groq-prompt">{escape(prompt)}</pre>'
        f'<div class="groq-text" dir="auto">{to_html(answer)}</div></section>'
    )


def _turn_plain(number: int | None, prompt: str, answer: str, note: str) -> str:
    said = f" · {phrase_plain(note)}" if note else ""
    asked = "\n".join(f"> {line}" for line in prompt.splitlines())
    return f"[{number or _DELETED}]{said}\n{asked}\n\n{answer}"
