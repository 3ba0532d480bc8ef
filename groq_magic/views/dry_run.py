"""The request that an ask would send: readable messages, included values, an estimate."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from groq_magic.clipping import count_of
from groq_magic.views.phrase import SEPARATOR, first_words, phrase_html, phrase_plain
from groq_magic.views.static import notices_html

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DryRun", "Message"]

_SHOWN = 90  # characters of a message in its line; the page cuts what doesn't fit


@dataclass(frozen=True)
class Message:
    """One message of a request.

    Parameters
    ----------
    role : str
        The API's `system`, `user`, `assistant`.
    text : str
    tokens : int
        Estimated tokens.
    preview : str
        What its line shows; "" for the beginning of the text.
    """

    role: str
    text: str
    tokens: int
    preview: str = ""

    @property
    def size(self) -> str:
        """The estimate in words."""
        return f"about {count_of(self.tokens, 'token')}"


@dataclass(frozen=True)
class DryRun:
    """A request that is shown instead of being sent.

    Parameters
    ----------
    heading : str
        A phrase that names the destination.
    messages : tuple of Message
        In the order in which they would be sent.
    facts : tuple of str
        Phrases below the messages: included values, options, the estimate.
    notices : tuple of str
        Phrases above the messages.
    unfolded : int
        The index of the message that is shown unfolded.
    """

    heading: str
    messages: Sequence[Message]
    facts: tuple[str, ...]
    notices: tuple[str, ...]
    unfolded: int = -1

    def html(self) -> str:
        """Return the request as safe HTML: a list of native folds, one for each message."""
        unfolded = self.unfolded % max(1, len(self.messages))
        folds = "".join(
            _fold(message, is_open=at == unfolded) for at, message in enumerate(self.messages)
        )
        facts = "".join(f"<div>{phrase_html(fact)}</div>" for fact in self.facts)
        return (
            '<div class="groq-answer groq-history mathjax_ignore tex2jax_ignore">'
            f"{notices_html(self.notices)}<div>{phrase_html(self.heading)}</div>"
            f'{folds}<div class="groq-note"><small>{facts}</small></div></div>'
        )

    def plain(self) -> str:
        """Return the request as plain text."""
        messages = (f"{each.role}{SEPARATOR}{each.size}\n{each.text}" for each in self.messages)
        above = "\n".join(map(phrase_plain, (*self.notices, self.heading)))
        return "\n\n".join((above, *messages, "\n".join(map(phrase_plain, self.facts))))


def _fold(message: Message, *, is_open: bool) -> str:
    line = first_words(message.preview or message.text, _SHOWN)
    return (
        f'<details class="groq-turn"{" open" * is_open}><summary><span class="groq-turn-line">'
        f'<b>{message.role}</b> <span dir="auto">{escape(line)}</span>'
        f" <small>{message.size}</small></span></summary>"
        f'<pre class="groq-prompt" dir="auto">{escape(message.text)}</pre></details>'
    )
