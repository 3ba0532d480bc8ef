"""The conversation as a list: one line for each turn, which unfolds to prompt and answer."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from groq_magic.views.phrase import SEPARATOR, first_words, phrase_html, phrase_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["HistoryRow", "history"]

_SHOWN = 90  # characters of the prompt; the page cuts what doesn't fit


@dataclass(frozen=True)
class HistoryRow:
    """One turn of the list.

    Parameters
    ----------
    number : int or None
        The turn's number; None for one of a deleted cell.
    cell : int or None
        The number in brackets beside the cell that shows the answer, None if unknown.
    prompt : str
        The prompt as typed.
    answer : str
        Markdown.
    note : str
        One line, or "".
    """

    number: int | None
    cell: int | None
    prompt: str
    answer: str
    note: str = ""

    @property
    def title(self) -> str:
        """The turn's name: ``Turn 2``."""
        return f"Turn {self.number}" if self.number is not None else "Deleted"

    @property
    def cell_name(self) -> str:
        """The cell's name: ``Cell 5``; "" if its number is unknown."""
        return f"Cell {self.cell}" if self.cell is not None else ""


def history(heading: str, rows: Sequence[HistoryRow]) -> tuple[str, str]:
    """Return a conversation as HTML and as plain text.

    Parameters
    ----------
    heading : str
        A phrase that names the conversation.
    rows : sequence of HistoryRow

    Returns
    -------
    html, plain : str
        Safe HTML (a list of native folds: the prompt as text, the answer
        rendered) and plain text, which has all of it.
    """
    folds = "".join(map(_html, rows))
    html = f"<div>{phrase_html(heading)}</div>{folds}"
    return (
        f'<div class="groq-answer groq-history mathjax_ignore tex2jax_ignore">{html}</div>',
        "\n\n".join((phrase_plain(heading), *map(_plain, rows))),
    )


def _html(row: HistoryRow) -> str:
    from groq_magic.rendering import to_html

    cell = f'<span class="groq-turn-cell">{row.cell_name}</span> ' if row.cell_name else ""
    facts = f" <small>{phrase_html(row.note)}</small>" if row.note else ""
    return (
        '<details class="groq-turn"><summary><span class="groq-turn-line">'
        f"<b>{row.title}</b> {cell}"
        f'<span dir="auto">{escape(first_words(row.prompt, _SHOWN))}</span>{facts}</span></summary>'
        f'<pre class="groq-prompt" dir="auto">{escape(row.prompt)}</pre>'
        f'<div class="groq-text" dir="auto">{to_html(row.answer)}</div></details>'
    )


def _plain(row: HistoryRow) -> str:
    head = SEPARATOR.join(filter(None, (row.title, row.cell_name, phrase_plain(row.note))))
    asked = "\n".join(f"> {line}" for line in row.prompt.splitlines())
    return f"{head}\n{asked}\n\n{row.answer}"
