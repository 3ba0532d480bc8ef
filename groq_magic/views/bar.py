"""The line under a finished answer, as it is saved."""

from __future__ import annotations

from dataclasses import dataclass

from groq_magic.clipping import count_of
from groq_magic.views.phrase import SEPARATOR, phrase_html, phrase_plain

__all__ = ["Bar", "included_phrases"]


@dataclass(frozen=True)
class Bar:
    """The line under a finished answer, as it is saved.

    Parameters
    ----------
    model : str
        The id of the model that answered, in full.
    tokens : str
        The tokens sent and received, in words; "" if unknown.
    included : tuple of (str, int or str)
        The names and sizes of the values that the prompt included: characters, for an image
        a text.
    sent : str
        The turns that were sent, "" for all: "turns 4 to 9 of 9 sent".
    marks : tuple of str
        Words about the answer: "interrupted", "practice". Text in backticks is code.
    earlier : tuple of (str, int or str)
        The names and sizes of the values that were sent with earlier turns.
    """

    model: str
    tokens: str
    included: tuple[tuple[str, int | str], ...] = ()
    sent: str = ""
    marks: tuple[str, ...] = ()
    earlier: tuple[tuple[str, int | str], ...] = ()

    def html(self, slot: str) -> str:
        """Return the bar as HTML with its slots; the figures' slot contains static text.

        Parameters
        ----------
        slot : str
            The classes by which the session finds this bar; that of the ask is the last one.

        Returns
        -------
        str
            Safe HTML. Without CSS and slots it reads as one line of text.
        """
        figures, rest = (
            "".join(f"{SEPARATOR}{phrase_html(phrase)}" for phrase in phrases)
            for phrases in ((self.tokens,) if self.tokens else (), self._rest())
        )
        return (
            f'<div class="groq-bar {phrase_html(slot)}"><small>'
            '<span class="groq-slot-copy"></span>'
            f'<span class="groq-facts">{phrase_html(self.model)}'
            f'<span class="groq-slot-figures">{figures}</span>{rest}</span>'
            '<span class="groq-next"><span class="groq-slot-picker"></span>'
            '<span class="groq-slot-quota"></span></span></small></div>'
        )

    def plain(self) -> str:
        """Return the bar as one line of plain text."""
        phrases = filter(None, (self.model, self.tokens, *self._rest()))
        return SEPARATOR.join(map(phrase_plain, phrases))

    def _rest(self) -> tuple[str, ...]:
        phrases = (*included_phrases(self.included, self.earlier), self.sent, *self.marks)
        return tuple(filter(None, phrases))


def included_phrases(
    named: tuple[tuple[str, int | str], ...], earlier: tuple[tuple[str, int | str], ...]
) -> tuple[str, ...]:
    """Return which values are sent: "Included: df (247 characters)", "From earlier turns: …".

    Parameters
    ----------
    named, earlier : tuple of (str, int or str)
        Names and sizes of values: of the prompt, and of earlier turns.
    """
    parts = (("Included", named), ("From earlier turns", earlier))
    return tuple(f"{what}: {', '.join(map(_with_size, named))}" for what, named in parts if named)


def _with_size(value: tuple[str, int | str]) -> str:
    name, size = value
    return f"{name} ({size if isinstance(size, str) else count_of(size, 'character')})"
