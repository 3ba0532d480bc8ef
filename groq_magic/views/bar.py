"""The line under a finished answer, as it is saved."""

from __future__ import annotations

from dataclasses import dataclass

from groq_magic.views.phrase import SEPARATOR, phrase_html, phrase_plain

__all__ = ["Bar"]

# Hidden where controls stand between the phrases: the style sheet has its own there.
_SEPARATOR = f'<span class="groq-separator">{SEPARATOR}</span>'


@dataclass(frozen=True)
class Bar:
    """What stays true of a finished answer: the line under it, as it is saved.

    Parameters
    ----------
    model : str
        The model that answered.
    tokens : int or None
        Tokens of the answer; None when the service did not say.
    inserted : tuple of str
        What was put into the prompt: "df put in (787 characters)".
    sent : str
        Which turns were sent, "" when all were: "turns 4 to 9 of 9 sent".
    marks : tuple of str
        How it ended, where that needs saying: "interrupted", "practice".
        Text in backticks is code.
    """

    model: str
    tokens: int | None
    inserted: tuple[str, ...] = ()
    sent: str = ""
    marks: tuple[str, ...] = ()

    def html(self, slot: str) -> str:
        """Return the bar as HTML whose slots hold its static text.

        Parameters
        ----------
        slot : str
            The class by which the session finds this bar.

        Returns
        -------
        str
            Safe HTML. Without CSS and slots it reads as one line of text.
        """
        figures = phrase_html(self._figures())
        rest = SEPARATOR.join(phrase_html(phrase) for phrase in self._rest())
        return (
            f'<div class="groq-bar {phrase_html(slot)}"><small>'
            f'<span class="groq-slot-picker">{phrase_html(self.model)}</span>'
            '<span class="groq-slot-copy"></span>'
            f"{_SEPARATOR if figures or rest else ''}"
            f'<span class="groq-facts"><span class="groq-slot-figures">{figures}</span>'
            f"{_SEPARATOR if figures and rest else ''}"
            f'<span class="groq-rest">{rest}</span></span>'
            '<span class="groq-slot-quota"></span>'
            '</small><div class="groq-slot-stale"></div></div>'
        )

    def plain(self) -> str:
        """Return the bar as one line of plain text."""
        phrases = (self.model, self._figures(), *self._rest())
        return SEPARATOR.join(phrase_plain(phrase) for phrase in phrases if phrase)

    def _figures(self) -> str:
        if self.tokens is None:
            return ""
        return f"{self.tokens:,} token{'' if self.tokens == 1 else 's'}"

    def _rest(self) -> tuple[str, ...]:
        return tuple(phrase for phrase in (*self.inserted, self.sent, *self.marks) if phrase)
