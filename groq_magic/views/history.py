"""The conversation as a list: one line a turn, which unfolds to its prompt and answer."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from groq_magic.views.phrase import first_words, phrase_html, phrase_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["history"]

_DELETED = "deleted"
_SHOWN = 90  # characters of the prompt; the page cuts what doesn't fit


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
        Safe HTML (a list of native folds: the prompt as text, the answer
        rendered) and plain text, which has all of it.
    """
    html = "".join(_turn_html(*turn) for turn in turns)
    plain = "\n\n".join(_turn_plain(*turn) for turn in turns)
    return (
        f'<div class="groq-answer groq-history mathjax_ignore tex2jax_ignore">{html}</div>',
        plain,
    )


def _turn_html(number: int | None, prompt: str, answer: str, note: str) -> str:
    from groq_magic.rendering import to_html

    facts = f" <small>{phrase_html(note)}</small>" if note else ""
    return (
        '<details class="groq-turn"><summary><span class="groq-turn-line">'
        f"<b>{number or _DELETED}</b> "
        f'<span dir="auto">{escape(first_words(prompt, _SHOWN))}</span>{facts}</span></summary>'
        f'<pre class="groq-prompt" dir="auto">{escape(prompt)}</pre>'
        f'<div class="groq-text" dir="auto">{to_html(answer)}</div></details>'
    )


def _turn_plain(number: int | None, prompt: str, answer: str, note: str) -> str:
    said = f" · {phrase_plain(note)}" if note else ""
    asked = "\n".join(f"> {line}" for line in prompt.splitlines())
    return f"[{number or _DELETED}]{said}\n{asked}\n\n{answer}"
