"""Slots of static outputs: their classes, and the static text of banner and panel."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any

from IPython import get_ipython

from groq_magic.page.cell import TOKEN
from groq_magic.page.front_end import front_end
from groq_magic.views.phrase import SEPARATOR, phrase_html, phrase_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from groq_magic.conversation import TurnKey
    from groq_magic.option import Option

__all__ = [
    "MARK",
    "TOKEN",
    "TOKEN_CLASS",
    "answer_class",
    "banner",
    "key_slot",
    "model_end",
    "option_rows",
    "panel_text",
    "slot_classes",
    "slot_of",
    "speed_slot",
    "value_text",
]

# By the session's token a page distinguishes this kernel's outputs from forged ones.
TOKEN_CLASS = f"groq-token-{TOKEN}"
# Marks the model in use in the list of models.
MARK = "\N{CHECK MARK}"
_NOT_IN_A_CLASS = re.compile(r"[^A-Za-z0-9_-]")


def slot_of(key: TurnKey) -> str:
    """Return the class of an ask's bar."""
    return f"groq-turn-{_NOT_IN_A_CLASS.sub('-', key.cell or 'none')}-{key.ask}"


def answer_class(text: str) -> str:
    """Return the class that bars of an answer have, the same whenever it is shown.

    It depends on the answer alone: the prompt may contain values that must not be saved.
    """
    return f"groq-answer-{zlib.crc32(text.encode('utf-8', 'replace')):08x}"


def speed_slot(model: str) -> str:
    """Return the class of a model's slot in `%groq_models`."""
    return f"groq-model-{_NOT_IN_A_CLASS.sub('-', model)}"


def model_end(model: str, *, is_current: bool) -> tuple[str, str]:
    """Return the end of a model's row in `%groq_models`, as HTML and as plain text.

    The page moves the mark when another model is chosen, and adds the speed.
    """
    mark = f" {MARK}" if is_current else ""
    slot = speed_slot(model)
    html = (
        f'<span class="groq-slot-mark {slot}">{mark}</span>'
        f'<span class="groq-slot-speed {slot}"></span>'
    )
    return html, mark


def slot_classes(name: str) -> str:
    """Return the classes of a slot with a control.

    The token is among them only if a page can fill the slot: else the same
    output has the same text in every run.
    """
    has_page = front_end(get_ipython()) == "widgets"
    return f"{name} {TOKEN_CLASS}" if has_page else name


def banner(model: str, state: str, *, note: str = "", is_of_key: bool = False) -> tuple[str, str]:
    """Return the line of `%load_ext` as HTML, with a picker's slot, and as plain text.

    Parameters
    ----------
    model : str
        The model in use.
    state : str
        "key from GROQ_API_KEY", or the remedy for a missing key.
    note : str
        A recent change, shown before the state.
    is_of_key : bool
        Whether the state is the key's: then a page keeps it up to date.

    Returns
    -------
    html, plain : str
        Safe HTML and plain text, one line each.
    """
    shown = key_slot(state) if is_of_key else phrase_html(state)
    phrases = (*filter(None, (phrase_html(note),)), shown, "<code>%groq_help</code>")
    html = (
        '<div class="groq-load mathjax_ignore tex2jax_ignore">groq_magic'
        f'{SEPARATOR}<span class="{slot_classes("groq-slot-picker")}">{phrase_html(model)}</span>'
        f"{SEPARATOR}{SEPARATOR.join(phrases)}</div>"
    )
    states = map(phrase_plain, filter(None, (note, state)))
    plain = SEPARATOR.join(("groq_magic", model, *states, "%groq_help"))
    return html, plain


def key_slot(state: str) -> str:
    """Return the state of the key as HTML, with a slot for the live one."""
    return f'<span class="{slot_classes("groq-slot-key")}">{phrase_html(state)}</span>'


def option_rows(settings: Any, options: Iterable[Option]) -> list[tuple[str, str]]:
    """Return labels and values of the panel's options that are set.

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


def panel_text(
    model: str,
    options: Sequence[tuple[str, str]],
    system: str,
    facts: Sequence[tuple[str, str]] = (),
    limits: Sequence[tuple[str, str]] = (),
) -> tuple[str, str]:
    """Return the panel as HTML, with a slot for the live one, and as plain text.

    Parameters
    ----------
    model : str
        The model in use.
    options : sequence of (str, str)
        Names and values of the options that differ from the model's defaults.
    system : str
        The system prompt, or "".
    facts, limits : sequence of (str, str)
        More rows. Limits change by the clock: only the plain text, for terminals, has them.

    Returns
    -------
    html, plain : str
        Safe HTML and plain text.
    """
    rows = [("Model", model), *options, ("System prompt", system or "none"), *facts]
    lines = "".join(f"<div>{phrase_html(name)}: {phrase_html(value)}</div>" for name, value in rows)
    html = (
        '<div class="groq-panel-text mathjax_ignore tex2jax_ignore">'
        f'<div class="{slot_classes("groq-slot-panel")}">{lines}</div></div>'
    )
    rows += limits
    width = max(len(name) for name, _ in rows)
    plain = "\n".join(f"{name:<{width}}  {phrase_plain(value)}" for name, value in rows)
    return html, plain
