"""The panel as it is saved: text, with a slot for the live one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.views.phrase import phrase_html, phrase_plain
from groq_magic.views.token import slot_classes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from groq_magic.options import Option

__all__ = ["option_rows", "panel_text", "value_text"]


def option_rows(settings: Any, options: Iterable[Option]) -> list[tuple[str, str]]:
    """Return labels and values of the options that the panel shows, where these are set.

    Parameters
    ----------
    settings : Settings
    options : iterable of Option
    """
    shown = [each for each in options if each.panel and each.name not in {"model", "system"}]
    values = [(each.panel, getattr(settings, each.name)) for each in shown]
    return [(label, value_text(value)) for label, value in values if value not in (None, "")]


def value_text(value: object) -> str:
    """Return a setting's value as the panel shows it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def panel_text(model: str, options: Sequence[tuple[str, str]], system: str) -> tuple[str, str]:
    """Return the panel as HTML, with a slot for the live one, and as plain text.

    Parameters
    ----------
    model : str
        The model in use.
    options : sequence of (str, str)
        Names and values of the options that differ from the model's defaults.
    system : str
        The system prompt, or "".

    Returns
    -------
    html, plain : str
        Safe HTML and plain text.
    """
    rows = [("Model", model), *options, ("System prompt", system or "none")]
    lines = "".join(f"<div>{phrase_html(name)}: {phrase_html(value)}</div>" for name, value in rows)
    html = (
        '<div class="groq-panel-text mathjax_ignore tex2jax_ignore">'
        f'<div class="{slot_classes("groq-slot-panel")}">{lines}</div></div>'
    )
    width = max(len(name) for name, _ in rows)
    plain = "\n".join(f"{name:<{width}}  {phrase_plain(value)}" for name, value in rows)
    return html, plain
