"""A part of an output, as HTML, plain text and Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from groq_magic.clipping import clip
from groq_magic.views.phrase import phrase_html, phrase_plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groq_magic.views.table import Table

__all__ = ["Part", "heading", "joined", "line", "of_table"]

_LONGEST_NAME, _LONGEST_FACTS = 80, 200


@dataclass(frozen=True)
class Part:
    """A part of an output.

    Parameters
    ----------
    html : str
        Safe HTML.
    plain, markdown : str
        The same as plain text, and as safe Markdown.
    """

    html: str
    plain: str
    markdown: str


def line(phrase: str) -> Part:
    """Return a phrase of our own; text in backticks is code."""
    return Part(f"<div>{phrase_html(phrase)}</div>", phrase_plain(phrase), _markdown(phrase))


def heading(name: str, facts: str = "") -> Part:
    """Return a heading: a name and facts, both escaped and clipped."""
    name, facts = clip(name, _LONGEST_NAME), clip(facts, _LONGEST_FACTS)
    small = f' <small dir="auto">{escape(facts)}</small>' if facts else ""
    return Part(
        f'<div class="groq-part"><b dir="auto">{escape(name)}</b>{small}</div>',
        f"{name}: {facts}" if facts else name,
        f"**{_escaped(name)}**" + (f" {_escaped(facts)}" if facts else ""),
    )


def of_table(table: Table) -> Part:
    """Return a verbatim table."""
    return Part(table.html(), table.plain(), table.markdown())


def joined(parts: Iterable[Part], start: str = "", end: str = "") -> Part:
    """Return parts one below the other, between two pieces of HTML."""
    found = list(parts)
    return Part(
        f"{start}{''.join(part.html for part in found)}{end}",
        "\n\n".join(part.plain for part in found if part.plain),
        "\n\n".join(part.markdown for part in found if part.markdown),
    )


def _markdown(phrase: str) -> str:
    # Rendering imports markdown, and importing views must stay light.
    from groq_magic.rendering.safe_text import line_starts

    # The text between pieces of code is escaped.
    pieces = phrase.split("`")
    if len(pieces) % 2 == 0:
        return line_starts(_escaped(phrase))
    shown = (f"`{text}`" if at % 2 else _escaped(text) for at, text in enumerate(pieces))
    return line_starts("".join(shown))


def _escaped(text: str) -> str:
    from groq_magic.rendering.safe_text import escaped

    return escaped(text.replace("\n", " "), hides_commands=True)
