"""Build the messages of earlier turns: each value once, in its latest version."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip
from groq_magic.conversation.turn import messages_of
from groq_magic.prompt import NamedValue, Privacy, names_alone, with_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from groq_magic.conversation.turn import Turn

__all__ = ["LEFT_OUT", "SentMessages", "sent_messages"]

# Replaces an answer that may quote values that are no longer sent. Models paraphrase:
# a search for the values would not find all that an answer contains of them.
LEFT_OUT = "[This answer is left out: it may quote values that are private now.]"
_SHOWN = 40  # characters of the prompt, in a notice


@dataclass(frozen=True)
class SentMessages:
    """The messages of earlier turns.

    Parameters
    ----------
    messages : tuple of Mapping
        As the API takes them.
    values : tuple of NamedValue
        The values in them.
    left_out : tuple of str
        The names of values that may not be sent any more.
    answers_left_out : int
        The number of answers that may quote such values, and are not sent.
    seen : Privacy or None
        The limits on their data; None without data.
    """

    messages: tuple[Mapping[str, Any], ...] = field(repr=False)
    values: tuple[NamedValue, ...]
    left_out: tuple[str, ...]
    answers_left_out: int
    seen: Privacy | None


def sent_messages(turns: Sequence[Turn], named: Iterable[str], privacy: Privacy) -> SentMessages:
    """Return the messages of turns, each value with the last message that names it.

    Parameters
    ----------
    turns : sequence of Turn
        In order.
    named : iterable of str
        The keys of the values that the prompt itself names: they are sent with it.
    privacy : Privacy
        The present limits; values made under looser ones are left out.
    """
    named_later, left_out = set(named), dict[str, None]()
    messages: list[Mapping[str, Any]] = []
    values: list[NamedValue] = []
    answers_left_out, seen = 0, None
    for turn in reversed(turns):
        latest = [value for value in turn.data.values if value.key not in named_later]
        named_later |= {value.key for value in latest}
        sent = [value for value in latest if privacy.allows(value.privacy)]
        left_out |= dict.fromkeys(value.name for value in latest if value not in sent)
        own = [*turn.messages]
        if _may_send(turn.data.privacy, privacy):
            seen = _joined(seen, turn.data.privacy)
        else:
            own = [*messages_of(names_alone(turn.typed, turn.data.names), turn.answer)]
            left_out[clip(turn.typed.partition("\n")[0], _SHOWN)] = None
        if _may_send(turn.data.seen, privacy):
            seen = _joined(seen, turn.data.seen)
        else:
            # Results of tools are data, and calls may quote it.
            own = [m for m in own if m["role"] == "user"]
            own.append({"role": "assistant", "content": LEFT_OUT})
            answers_left_out += 1
        for value in sent:
            seen = _joined(seen, value.privacy)
        messages = [*_with_data(own, turn.data.images, sent), *messages]
        values = [*sent, *values]
    return SentMessages(tuple(messages), tuple(values), tuple(left_out), answers_left_out, seen)


def _may_send(made_under: Privacy | None, privacy: Privacy) -> bool:
    return made_under is None or privacy.allows(made_under)


def _joined(one: Privacy | None, other: Privacy | None) -> Privacy | None:
    return one if other is None else other.joined(one)


def _with_data(
    messages: Sequence[Mapping[str, Any]], images: Sequence[str], values: Sequence[NamedValue]
) -> list[Mapping[str, Any]]:
    """Return messages with values, and placeholders for images, below the user's first text."""
    found = list(messages)
    place = next((n for n, each in enumerate(found) if each["role"] == "user"), None)
    if not (values or images) or place is None:
        return found

    def with_data(text: str) -> str:
        return with_values("\n\n".join((text, *images)), values)

    content = found[place]["content"]
    if isinstance(content, list):  # there are images beside the text
        at = next((n for n, part in enumerate(content) if part["type"] == "text"), None)
        if at is not None:
            text = {**content[at], "text": with_data(content[at]["text"])}
            content = [*content[:at], text, *content[at + 1 :]]
    else:
        content = with_data(content or "")
    found[place] = {**found[place], "content": content}
    return found
