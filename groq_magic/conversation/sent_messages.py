"""The messages of earlier turns as they are sent: each value once, in its latest version."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip
from groq_magic.conversation.turn import messages_of
from groq_magic.prompt import NamedValue, Privacy, with_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from groq_magic.conversation.turn import Turn

__all__ = ["SentMessages", "sent_messages"]

_SHOWN = 40  # characters of what was typed, in a notice


@dataclass(frozen=True)
class SentMessages:
    """The messages of earlier turns.

    Parameters
    ----------
    messages : tuple of Mapping
        As the API takes them.
    values : tuple of NamedValue
        Those that they contain.
    left_out : tuple of str
        The names of values that may not be sent any more.
    """

    messages: tuple[Mapping[str, Any], ...] = field(repr=False)
    values: tuple[NamedValue, ...]
    left_out: tuple[str, ...]


def sent_messages(turns: Sequence[Turn], named: Iterable[str], privacy: Privacy) -> SentMessages:
    """Return the messages of turns, each value with the last message that names it.

    Parameters
    ----------
    turns : sequence of Turn
        In order.
    named : iterable of str
        The values that the prompt itself names: they are sent with it.
    privacy : Privacy
        The present one; values that were made under a looser one are left out.
    """
    seen, left_out = set(named), dict[str, None]()
    messages: list[Mapping[str, Any]] = []
    values: list[NamedValue] = []
    for turn in reversed(turns):
        latest = [value for value in turn.data.values if value.name not in seen]
        seen |= {value.name for value in latest}
        sent = [value for value in latest if privacy.allows(value.privacy)]
        left_out |= dict.fromkeys(value.name for value in latest if value not in sent)
        own, composed_under = turn.messages, turn.data.privacy
        if composed_under is not None and not privacy.allows(composed_under):
            own = messages_of(turn.typed, turn.answer)
            left_out[clip(turn.typed.partition("\n")[0], _SHOWN)] = None
        messages = [*_with_values(own, sent), *messages]
        values = [*sent, *values]
    return SentMessages(tuple(messages), tuple(values), tuple(left_out))


def _with_values(
    messages: Sequence[Mapping[str, Any]], values: Sequence[NamedValue]
) -> list[Mapping[str, Any]]:
    """Return messages with values below the first text of the user."""
    found = list(messages)
    place = next((n for n, each in enumerate(found) if each["role"] == "user"), None)
    if not values or place is None:
        return found
    content = found[place]["content"]
    if isinstance(content, list):  # there are images beside the text
        at = next((n for n, part in enumerate(content) if part["type"] == "text"), None)
        if at is not None:
            text = {**content[at], "text": with_values(content[at]["text"], values)}
            content = [*content[:at], text, *content[at + 1 :]]
    else:
        content = with_values(content or "", values)
    found[place] = {**found[place], "content": content}
    return found
