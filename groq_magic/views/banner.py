"""The line that `%load_ext groq_magic` prints."""

from __future__ import annotations

from groq_magic.views.phrase import SEPARATOR, phrase_html, phrase_plain
from groq_magic.views.token import slot_classes

__all__ = ["banner"]


def banner(model: str, key_state: str) -> tuple[str, str]:
    """Return the line of `%load_ext` as HTML, with a picker's slot, and as plain text.

    Parameters
    ----------
    model : str
        The model in use.
    key_state : str
        "key from GROQ_API_KEY", or what to do about a missing one.

    Returns
    -------
    html, plain : str
        Safe HTML and plain text, one line each.
    """
    phrases = (phrase_html(key_state), "<code>%groq_help</code>")
    html = (
        '<div class="groq-load mathjax_ignore tex2jax_ignore">groq_magic'
        f'{SEPARATOR}<span class="{slot_classes("groq-slot-picker")}">{phrase_html(model)}</span>'
        f"{SEPARATOR}{SEPARATOR.join(phrases)}</div>"
    )
    plain = SEPARATOR.join(("groq_magic", model, phrase_plain(key_state), "%groq_help"))
    return html, plain
