"""One request, sent until an answer comes or trying again can't help.

It blocks in the caller's thread, which may be any, and needs neither session nor view.
"""

from __future__ import annotations

import contextlib
import random
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from groq_magic.api.durations import in_words
from groq_magic.api.exchange import Exchange
from groq_magic.api.fault import FaultContext
from groq_magic.api.reply_reader import Outcome, ReplyReader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.api.client import Client

__all__ = ["Outcome", "Wait", "backoff", "send"]

# A service that asks for no pause, or hardly any, must not be hammered.
_SHORTEST_WAIT = 0.25
_FIRST, _FACTOR, _LONGEST = 1.0, 2.0, 20.0


@dataclass(frozen=True)
class Wait:
    """A pause before a request is sent.

    Parameters
    ----------
    reason : str
        A sentence: `The model is over capacity (503).`
    until : float
        When it ends, on the clock of `time.monotonic`.
    next_try, tries : int
        Which try follows, of how many at most.
    """

    reason: str
    until: float
    next_try: int
    tries: int

    @property
    def line(self) -> str:
        """Why it waits, how long yet, and which try comes next."""
        left = in_words(max(0.0, self.until - time.monotonic()))
        again = "Trying again" if self.next_try > 1 else "Trying"
        return f"{self.reason} {again} in {left} (try {self.next_try} of {self.tries}). ■ stops."


def send(  # noqa: PLR0913 - a request, who is called back, and the bounds of its waits
    request: Mapping[str, Any],
    *,
    client: Client,
    cancel: Exchange | None = None,
    on_delta: Callable[[str, str], object] = lambda _text, _reasoning: None,
    on_wait: Callable[[Wait | None], object] = lambda _wait: None,
    nearest: Callable[[str], str] = str,
    timeout: float = 60.0,
    tries: int = 4,
    max_wait: float = 60.0,
) -> Outcome:
    """Send a request until an answer comes; return how it ended.

    A fault that may pass is tried again, but never once text has come.

    Parameters
    ----------
    request : mapping
        As the API takes it.
    client : Client
    cancel : Exchange, optional
        Its `cancel()`, called in any thread, ends the running request or the wait at once:
        then the outcome has neither a finish_reason nor a fault.
    on_delta : callable
        Takes text and reasoning as they come, either may be empty, in this thread.
    on_wait : callable
        Takes a Wait when one begins, None when it is over, in this thread.
    nearest : callable
        From a refused model's id to the one to use instead.
    timeout : float
        Seconds without a byte.
    tries : int
        How often it is sent at most.
    max_wait : float
        Seconds of waiting in all, what failed tries took included.

    Returns
    -------
    Outcome
    """
    exchange, started = cancel or Exchange(), time.monotonic()
    key = client.key
    context = FaultContext(
        str(request.get("model", "")), nearest, timeout, client.base_url, key.value, key.source
    )
    number = 0
    while True:
        number += 1
        reader = ReplyReader(context, exchange)
        with contextlib.closing(reader.deltas(client, request)) as deltas:
            for text, reasoning in deltas:
                on_delta(text, reasoning)
        outcome = replace(reader.outcome, tries=number)
        fault = outcome.fault
        if fault is None or not fault.retry or reader.has_begun or number >= tries:
            return outcome
        # A pause of 0 is not followed: it would flood the service.
        seconds = max(_SHORTEST_WAIT, fault.wait or backoff(number))
        now = time.monotonic()
        if now - started + seconds > max_wait:
            return outcome
        wait = Wait(fault.reason, now + seconds, number + 1, tries)
        if not _pause(wait, seconds, exchange, on_wait):
            return replace(outcome, fault=None)


def backoff(tried: int) -> float:
    """Return the seconds before the next try: doubling, with jitter, 20 s at the most."""
    longest = min(_LONGEST, _FIRST * _FACTOR ** (tried - 1))
    return longest * random.uniform(0.75, 1.0)  # noqa: S311 - spreads tries, guards nothing


def _pause(
    wait: Wait, seconds: float, exchange: Exchange, on_wait: Callable[[Wait | None], object]
) -> bool:
    """Wait; return whether nobody cancelled meanwhile."""
    on_wait(wait)
    cancelled = exchange.cancelled.wait(seconds)
    on_wait(None)
    return not cancelled
