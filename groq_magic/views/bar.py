"""The line under a finished answer, as it is saved."""

from __future__ import annotations

from dataclasses import dataclass

from groq_magic.views.phrase import SEPARATOR, phrase_html, phrase_plain

__all__ = ["Bar"]


@dataclass(frozen=True)
class Bar:
    """What stays true of a finished answer: the line under it, as it is saved.

    Parameters
    ----------
    model : str
        The id of the model that answered, in full.
    tokens : int or None
        Tokens of the answer; None where the service reported none.
    included : tuple of (str, int)
        Names and characters of the values that the prompt included.
    sent : str
        Which turns were sent, "" when all were: "turns 4 to 9 of 9 sent".
    marks : tuple of str
        How it ended, where that needs a word: "interrupted", "practice".
        Text in backticks is code.
    """

    model: str
    tokens: int | None
    included: tuple[tuple[str, int], ...] = ()
    sent: str = ""
    marks: tuple[str, ...] = ()

    def html(self, slot: str) -> str:
        """Return the bar as HTML with its slots; the figures' slot holds static text.

        Parameters
        ----------
        slot : str
            The class by which the session finds this bar.

        Returns
        -------
        str
            Safe HTML. Without CSS and slots it reads as one line of text.
        """
        figures, rest = (
            "".join(f"{SEPARATOR}{phrase_html(phrase)}" for phrase in phrases)
            for phrases in (self._figures(), self._rest())
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
        phrases = (self.model, *self._figures(), *self._rest())
        return SEPARATOR.join(map(phrase_plain, phrases))

    def _figures(self) -> tuple[str, ...]:
        if self.tokens is None:
            return ()
        return (f"{self.tokens:,} token{'' if self.tokens == 1 else 's'}",)

    def _rest(self) -> tuple[str, ...]:
        phrases = (_included(self.included), self.sent, *self.marks)
        return tuple(filter(None, phrases))


def _included(values: tuple[tuple[str, int], ...]) -> str:
    """Return "Included: df (247 characters), weights (24)"; the first size names the unit."""
    if not values:
        return ""
    (name, size), *others = values
    first = f"{name} ({size:,} character{'s' * (size != 1)})"
    return ", ".join((f"Included: {first}", *(f"{name} ({size:,})" for name, size in others)))
