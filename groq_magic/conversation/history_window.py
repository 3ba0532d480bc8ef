"""Choose the earlier turns that fit into a request."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from groq_magic.conversation.turn import Turn

__all__ = ["TOKENS_AROUND_A_MESSAGE", "Budget", "HistoryWindow", "estimate", "fit"]

# A chat format wraps each message in its role and delimiters.
TOKENS_AROUND_A_MESSAGE = 4


@dataclass(frozen=True)
class Budget:
    """How many tokens a request may take.

    Parameters
    ----------
    tokens_per_minute : int or None
        The limit that the service last reported (`x-ratelimit-limit-tokens`).
    context_window : int or None
        Of the model, in tokens.
    reply_tokens : int or None
        `max_completion_tokens`, where it is sent: the service counts it.
    share : float
        The part of the tokens a minute that history may take.
    tokens_per_character : float
        A quarter is usual for English; the last request's usage is a better measure.
    """

    tokens_per_minute: int | None = None
    context_window: int | None = None
    reply_tokens: int | None = None
    share: float = 0.4
    tokens_per_character: float = 0.25

    def for_history(self, other_tokens: int) -> float:
        """Return the tokens left for history beside `other_tokens` of system and prompt."""
        taken = other_tokens + (self.reply_tokens or 0)
        room = math.inf
        if self.context_window is not None:
            room = self.context_window - taken
        if self.tokens_per_minute is not None:
            limit = self.tokens_per_minute
            room = min(room, limit * self.share, limit - taken)
        return room


@dataclass(frozen=True)
class HistoryWindow:
    """The earlier turns that are sent.

    Parameters
    ----------
    turns : tuple of Turn
        The latest that fit, in order.
    first : int
        The number of the first of them, from 1; `total` + 1 where none fits.
    total : int
        How many turns there are before the ask.
    """

    turns: tuple[Turn, ...]
    first: int
    total: int

    @property
    def note(self) -> str:
        """The turns that are sent, in words for the bar; "" if all are."""
        if self.first == 1:
            return ""
        if not self.turns:
            return f"none of {self.total} turn{'s' * (self.total > 1)} sent"
        if self.first == self.total:
            return f"turn {self.total} of {self.total} sent"
        return f"turns {self.first}–{self.total} of {self.total} sent"  # noqa: RUF001 - a range


def estimate(text: str, tokens_per_character: float = 0.25) -> int:
    """Return about how many tokens a message with `text` takes."""
    return math.ceil(len(text) * tokens_per_character) + TOKENS_AROUND_A_MESSAGE


def fit(
    turns: Sequence[Turn],
    *,
    prompt_tokens: int,
    system_tokens: int,
    budget: Budget,
    named: Iterable[str] = (),
) -> HistoryWindow:
    """Leave out the oldest turns until the rest fits.

    Parameters
    ----------
    turns : sequence of Turn
        The turns above the ask, in order.
    prompt_tokens, system_tokens : int
        Of the prompt and the system prompt (see `estimate`).
    budget : Budget
        The limits: a share of the tokens a minute for history; all of them, and the
        model's window, for the whole request.
    named : iterable of str
        The keys of the values that the prompt names: no earlier version of them is sent.
    """
    seen = set(named)
    room = budget.for_history(prompt_tokens + system_tokens)
    first = len(turns)
    while first > 0:
        turn = turns[first - 1]
        values = [value.text for value in turn.data.values if value.key not in seen]
        texts = (*turn.texts, *values, *turn.data.images)
        room -= sum(estimate(text, budget.tokens_per_character) for text in texts)
        if room < 0:
            break
        first -= 1
        seen |= {value.key for value in turn.data.values}
    return HistoryWindow(tuple(turns[first:]), first + 1, len(turns))
